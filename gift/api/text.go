package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/familygifting/tidings/gift"
)

// checkText refuses a JSON body with what is no text: bytes that are not UTF-8,
// and halves of surrogate pairs. Reading it as JSON would put U+FFFD in their
// place, and what was stored would not be what was sent.
func checkText(body []byte) *Problem {
	at, what := brokenText(body)
	if at < 0 {
		return nil
	}
	place := placeIn(body, at)
	p := newProblem(gift.EINVALID, fmt.Sprintf("%s: %s at byte %d", place, what, at))
	p.Errors = []Detail{{Location: place, Message: what}}
	return p
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

// level is an object or an array that a place is inside of.
type level struct {
	array bool
	// index counts the elements of an array, key names the member of an object
	// whose value comes next, if hasKey.
	index  int
	key    string
	hasKey bool
}

// placeIn names the field of a body that a byte belongs to, such as
// body.gift.name; in a body that stops being JSON before, the last one.
func placeIn(body []byte, at int) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	levels := []level{{}} // the outermost stands for the body itself
	for {
		token, err := decoder.Token()
		top := &levels[len(levels)-1]
		isKey := len(levels) > 1 && !top.array && !top.hasKey
		if key, ok := token.(string); ok && isKey {
			top.key, top.hasKey = key, true
		}
		if err != nil || decoder.InputOffset() > int64(at) {
			return placeOf(levels)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			levels = append(levels, level{array: token == json.Delim('[')})
			continue
		case json.Delim('}'), json.Delim(']'):
			levels = levels[:len(levels)-1]
		default:
			if isKey {
				continue
			}
		}
		// A value has ended.
		top = &levels[len(levels)-1]
		top.index, top.hasKey = top.index+1, false
	}
}

func placeOf(levels []level) string {
	place := strings.Builder{}
	place.WriteString("body")
	for _, l := range levels[1:] {
		switch {
		case l.array:
			fmt.Fprintf(&place, "[%d]", l.index)
		case l.hasKey:
			place.WriteString("." + l.key)
		}
	}
	return place.String()
}
