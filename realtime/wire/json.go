package wire

import (
	"bytes"
	"encoding/json"
)

// The helpers here walk JSON that is known to be valid. encoding/json is too
// kind for a protocol: it takes {"ACTION":…}, a field twice, and a field it
// does not know without saying where.

// eachMember calls visit for every member of the object in raw, in order, and
// stops at its first error.
func eachMember(raw []byte, visit func(name string, value []byte) error) error {
	rest := raw[1:]
	for {
		rest = skipTo(rest, '"', '}')
		if rest[0] == '}' {
			return nil
		}
		name, after := cutValue(rest)
		value, after := cutValue(skipTo(after, ':')[1:])
		text, _ := textOf(name) // a member's name is always a string
		if err := visit(text, value); err != nil {
			return err
		}
		rest = after
	}
}

// eachElement calls visit for every element of the array in raw.
func eachElement(raw []byte, visit func(i int, value []byte) error) error {
	rest := bytes.TrimLeft(raw[1:], " \t\r\n")
	for i := 0; rest[0] != ']'; i++ {
		value, after := cutValue(rest)
		if err := visit(i, value); err != nil {
			return err
		}
		rest = skipTo(after, ',', ']')
		if rest[0] == ',' {
			rest = rest[1:]
		}
	}
	return nil
}

// skipTo returns b from the first of the two bytes on. It is called where only
// space and commas can stand in between.
func skipTo(b []byte, stops ...byte) []byte {
	return b[bytes.IndexAny(b, string(stops)):]
}

// cutValue splits b behind the value it starts with, leading space aside.
func cutValue(b []byte) (value, rest []byte) {
	b = bytes.TrimLeft(b, " \t\r\n")
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = endOfString(b, i)
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		case ' ', '\t', '\r', '\n', ',', ':':
			continue
		default: // a number or a word
			for i+1 < len(b) && bytes.IndexByte([]byte(" \t\r\n,]}"), b[i+1]) < 0 {
				i++
			}
		}
		if depth == 0 {
			return b[:i+1], b[i+1:]
		}
	}
	return b, nil
}

// endOfString returns where the string that opens at start closes.
func endOfString(b []byte, start int) int {
	for i := start + 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
}

// textOf returns the string in raw, and whether it is one.
func textOf(raw []byte) (string, bool) {
	if raw[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), true
	}
	var s string
	return s, json.Unmarshal(raw, &s) == nil
}
