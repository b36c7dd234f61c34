package strictjson

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Members calls visit for every member of an object, in order, and stops at its
// first error. It returns false for what is no object. The values are parts of the
// document. Of what [Check] finds, only what is no JSON in UTF-8 is found here.
func Members(object []byte, visit func(name string, value []byte) error) (bool, error) {
	return walk(object, jsontext.KindBeginObject, func(r *reader) error {
		name, err := r.ReadToken()
		if err != nil {
			return r.syntaxError(err, object)
		}
		text := name.String() // before the next read ends its life
		value, err := r.part(object)
		if err != nil {
			return err
		}
		return visit(text, value)
	})
}

// Elements calls visit for every element of an array, as [Members] does for an object.
func Elements(array []byte, visit func(i int, value []byte) error) (bool, error) {
	i := -1
	return walk(array, jsontext.KindBeginArray, func(r *reader) error {
		i++
		value, err := r.part(array)
		if err != nil {
			return err
		}
		return visit(i, value)
	})
}

// closes reports whether a token ends an object or an array.
func closes(k jsontext.Kind) bool {
	return k == jsontext.KindEndObject || k == jsontext.KindEndArray
}

// walk calls each until what begins with the kind has ended.
func walk(value []byte, begin jsontext.Kind, each func(*reader) error) (bool, error) {
	r := borrow(value, jsontext.AllowDuplicateNames(true))
	defer r.giveBack()
	if r.PeekKind() != begin {
		return false, nil
	}
	if _, err := r.ReadToken(); err != nil {
		return true, r.syntaxError(err, value)
	}
	for !closes(r.PeekKind()) {
		if err := each(r); err != nil {
			return true, err
		}
	}
	if _, err := r.ReadToken(); err != nil {
		return true, r.syntaxError(err, value)
	}
	return true, r.end()
}

// part returns the next value as a part of the document.
func (r *reader) part(doc []byte) ([]byte, error) {
	value, err := r.ReadValue()
	if err != nil {
		return nil, r.syntaxError(err, doc)
	}
	end := int(r.InputOffset())
	return doc[end-len(value) : end : end], nil
}

// String returns the string that a value is, and whether it is one. The value must be
// part of a document that [Check] has let through.
func String(value []byte) (string, bool) {
	if len(value) == 0 || value[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1]), true
	}
	text, err := jsontext.AppendUnquote(nil, value)
	return string(text), err == nil
}
