package strictjson

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"
)

// Kind says in what way a document is wrong, for programs.
type Kind int

// The kinds.
const (
	// Malformed is not JSON, or not one value.
	Malformed Kind = iota
	// Text holds bytes that are not UTF-8, or half of a surrogate pair.
	Text
	// Deep is nested too deep.
	Deep
	// Duplicate is a member that was given before.
	Duplicate
	// Unknown is a member that the type does not have.
	Unknown
	// Unfit is a value of the wrong kind, or out of range.
	Unfit
)

// Error says what is wrong with a document.
type Error struct {
	Kind Kind
	// Field is the place, such as topics[3].since.seq, cut off at [MaxPlace]; empty
	// for the document as a whole.
	Field string
	// Problem is what is wrong there, for people.
	Problem string
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Problem
	}
	return e.Field + ": " + e.Problem
}

// Lengths of what an answer repeats of a document, in bytes.
const (
	// MaxName is the most of a member's name.
	MaxName = 64
	// MaxPlace is the most of a place in the document.
	MaxPlace = 128
)

// Clip shortens a text that is repeated to its sender, at a character.
func Clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// syntaxError says what the parser found.
func (r *reader) syntaxError(err error, doc []byte) error {
	var found *jsontext.SyntacticError
	if !errors.As(err, &found) { // the document has no first token
		return &Error{Kind: Malformed, Problem: "not JSON: the document is empty"}
	}
	e := &Error{Field: r.place(found.JSONPointer)}
	at := min(int(found.ByteOffset), len(doc))
	unit, isSurrogate := surrogate(doc[at:])
	switch {
	case errors.Is(found.Err, jsontext.ErrDuplicateName):
		e.Kind, e.Problem = Duplicate, "duplicate field "+quote(found.JSONPointer.LastToken())
	case errors.Is(found.Err, io.ErrUnexpectedEOF):
		e.Problem = "not JSON: unexpected end"
	case isSurrogate:
		e.Kind, e.Problem = Text, fmt.Sprintf(`half of a surrogate pair, \u%04x, at byte %d`, unit, at)
	case strings.HasSuffix(found.Err.Error(), "invalid UTF-8"):
		e.Kind, e.Problem = Text, fmt.Sprintf("not valid UTF-8 at byte %d", at)
	default:
		e.Problem = Clip(fmt.Sprintf("not JSON: %v at byte %d", found.Err, at), MaxPlace)
	}
	return e
}

// quote puts a name between quotes.
func quote(name string) string { return strconv.Quote(Clip(name, MaxName)) }

// surrogate returns the UTF-16 unit that b begins with as \uXXXX, if it is half of a
// pair. The parser stops at one only where its other half is missing.
func surrogate(b []byte) (rune, bool) {
	const escapeLength = 6
	if len(b) < escapeLength || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(b[2:escapeLength]), 16, 16)
	return rune(unit), err == nil && utf16.IsSurrogate(rune(unit))
}

// place writes a pointer into the document as people do: topics[3].since.seq. The
// pointer reaches at most one level deeper than the parser is.
func (r *reader) place(pointer jsontext.Pointer) string {
	var b strings.Builder
	level := 0
	for name := range pointer.Tokens() {
		level++
		inArray := false
		if level <= r.StackDepth() {
			kind, _ := r.StackIndex(level)
			inArray = kind == jsontext.KindBeginArray
		}
		switch {
		case inArray:
			b.WriteString("[" + name + "]")
		case b.Len() > 0:
			b.WriteString("." + Clip(name, MaxName))
		default:
			b.WriteString(Clip(name, MaxName))
		}
		if b.Len() > MaxPlace {
			break
		}
	}
	return Clip(b.String(), MaxPlace)
}
