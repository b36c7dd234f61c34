package strictjson

import (
	"errors"
	"reflect"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Unmarshal reads a document into v as [encoding/json] would, but strictly: the
// document passes [Check], and every member of it is one of v's, under its exact name.
func Unmarshal(doc []byte, v any) error { return unmarshal(doc, v, json.RejectUnknownMembers(true)) }

// UnmarshalOpen is [Unmarshal] for documents that others may add members to, such as
// tokens: what v does not have is passed over.
func UnmarshalOpen(doc []byte, v any) error { return unmarshal(doc, v) }

func unmarshal(doc []byte, v any, options ...json.Options) error {
	if err := Check(doc); err != nil {
		return err
	}
	r := borrow(doc)
	defer r.giveBack()
	if r.PeekKind() == jsontext.KindNull { // which would leave v as it is
		return &Error{Kind: Unfit, Problem: "must be " + kindOf(reflect.TypeOf(v))}
	}
	err := json.UnmarshalDecode(&r.Decoder, v, options...)
	var found *json.SemanticError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &found):
		return &Error{Kind: Unfit, Problem: Clip(err.Error(), MaxPlace)}
	case errors.Is(found.Err, json.ErrUnknownName):
		return &Error{Kind: Unknown, Field: r.place(found.JSONPointer), Problem: "unknown field " + quote(found.JSONPointer.LastToken())}
	}
	var own *Error
	if errors.As(found.Err, &own) { // from an UnmarshalJSON of the type's
		return &Error{Kind: own.Kind, Field: join(r.place(found.JSONPointer), own.Field), Problem: own.Problem}
	}
	return &Error{Kind: Unfit, Field: r.place(found.JSONPointer), Problem: "must be " + kindOf(found.GoType)}
}

// join names a field inside of another.
func join(place, field string) string {
	if place == "" || field == "" {
		return place + field
	}
	return Clip(place+"."+field, MaxPlace)
}

// kindOf says what JSON a Go type is read from.
func kindOf(t reflect.Type) string {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nil:
		return "of another kind"
	case t == reflect.TypeFor[time.Time]():
		return "a time, such as 2026-12-24T18:00:00Z"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	default:
		return "a whole number in range"
	}
}
