package api

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// checkText refuses a JSON body with what is no text: bytes that are not UTF-8,
// and halves of surrogate pairs. Reading it as JSON would put U+FFFD in their
// place, and what was stored would not be what was sent.
func checkText(body []byte) *Problem {
	at, what := brokenText(body)
	if at < 0 {
		return nil
	}
	return misplaced(placeAt(body, at), fmt.Sprintf("%s at byte %d", what, at))
}

// placeAt names the field that a byte belongs to; in a body that stops being
// JSON before, the last one.
func placeAt(body []byte, at int) string {
	w := newWalker(body)
	for w.step() && w.decoder.InputOffset() <= int64(at) {
		w.settle()
	}
	return w.place()
}

// brokenText returns where a body stops being text and why, or -1.
func brokenText(body []byte) (at int, what string) {
	if !utf8.Valid(body) {
		return len(body) - len(afterValid(body)), "is not valid UTF-8"
	}
	for i := 0; i < len(body); i++ {
		next := bytes.IndexByte(body[i:], '\\')
		if next < 0 {
			break
		}
		i += next
		unit, ok := escapedUnit(body[i:])
		switch {
		case !ok || !utf16.IsSurrogate(unit):
			i++ // over the backslash and what it escapes
		case isPair(unit, body[i+escapeLength:]):
			i += 2*escapeLength - 1
		default:
			return i, fmt.Sprintf(`has half of a surrogate pair, \u%04x,`, unit)
		}
	}
	return -1, ""
}

// afterValid returns what is left of b from its first byte that is not UTF-8.
func afterValid(b []byte) []byte {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			break
		}
		b = b[size:]
	}
	return b
}

// escapeLength is the length of \uXXXX.
const escapeLength = 6

// escapedUnit reads the UTF-16 unit that b begins with as \uXXXX.
func escapedUnit(b []byte) (rune, bool) {
	if len(b) < escapeLength || b[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(b[2:escapeLength]), 16, 16)
	return rune(unit), err == nil
}

// isPair reports whether a surrogate and the escape behind it are one character.
func isPair(first rune, rest []byte) bool {
	if len(rest) == 0 || rest[0] != '\\' {
		return false
	}
	second, ok := escapedUnit(rest)
	return ok && utf16.DecodeRune(first, second) != utf8.RuneError
}
