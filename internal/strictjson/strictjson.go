// Package strictjson is the one place where JSON from outside is read.
//
// encoding/json is too lenient for input from outside: it takes {"TOPIC":…} for a topic, the last of
// two members, U+FFFD for bytes that are no text, and nesting without an end. What is
// checked here and what is stored elsewhere would then be two things. A document
// passes [Check] only if every reader reads the same in it:
//
//   - one JSON value (RFC 8259), in UTF-8, without halves of surrogate pairs;
//   - no object has two members of one name, however the name is escaped;
//   - nothing lies deeper than [MaxDepth].
//
// [Unmarshal] also holds the members to a Go type: their exact names, and no others.
// Every failure is an [*Error], which names the field and stays small whatever the
// document is.
//
// The package stands on jsontext, the parser that the standard library has as
// encoding/json/jsontext from Go 1.27 on.
package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is how deep objects and arrays may lie inside each other.
const MaxDepth = 32

// Rules are what a caller asks for beyond what [Check] asks of every document. The zero
// value asks for nothing more.
type Rules struct {
	// WholeNumbers refuses numbers with a fraction or an exponent.
	WholeNumbers bool
}

// Check refuses a document that two readers could read differently.
func Check(doc []byte) error { return Rules{}.Check(doc) }

// Check is [Check], with the rules.
func (rules Rules) Check(doc []byte) error {
	r := borrow(doc)
	defer r.giveBack()
	for {
		token, err := r.ReadToken()
		switch {
		case err != nil:
			return r.syntaxError(err, doc)
		case r.StackDepth() > MaxDepth:
			return &Error{Kind: Deep, Field: r.place(r.StackPointer()), Problem: fmt.Sprintf("nested more than %d levels deep", MaxDepth)}
		case rules.WholeNumbers && token.Kind() == jsontext.KindNumber && strings.ContainsAny(token.String(), ".eE"):
			return &Error{Kind: Unfit, Field: r.place(r.StackPointer()), Problem: "must be a whole number, in digits alone"}
		case r.StackDepth() == 0:
			return r.end()
		}
	}
}

// end refuses what follows the value.
func (r *reader) end() error {
	if _, err := r.ReadToken(); !errors.Is(err, io.EOF) {
		return &Error{Kind: Malformed, Problem: "not JSON: unexpected data after the value"}
	}
	return nil
}

// reader is a decoder that is used again, since one is needed for every message of
// every socket.
type reader struct {
	jsontext.Decoder
	source bytes.Buffer
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// maxKept is the longest document whose reader is used again; what a reader knows
// of the names in a longer one would be kept for nothing.
const maxKept = 64 << 10

func borrow(doc []byte, options ...jsontext.Options) *reader {
	r := readers.Get().(*reader)
	r.source = *bytes.NewBuffer(doc)
	r.Reset(&r.source, options...)
	return r
}

func (r *reader) giveBack() {
	size := r.source.Cap()
	r.source = bytes.Buffer{}
	r.Reset(&r.source) // it must not hold on to the document
	if size <= maxKept {
		readers.Put(r)
	}
}
