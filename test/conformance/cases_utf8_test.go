package conformance

import (
	"fmt"
	"strings"

	"github.com/familygifting/tidings/realtime/wire"
)

// kosme is a word with characters of two and three bytes.
const kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"

// surrogate is not UTF-8, and cannot become it.
const surrogate = "\xed\xa0\x80"

// octets cuts a text into frames of one byte.
func octets(s string) []frame { return fragments(text(s), 1) }

// utf8Messages is the first part of group 6: how text may be cut.
func utf8Messages() (all []testCase) {
	hello := "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!"
	all = append(all, numbered("6.1", []testCase{
		{send: []frame{text("")}, want: []frame{text("")}},
		{send: []frame{more(text("")), more(cont("")), cont("")}, want: []frame{text("")}},
		{send: []frame{more(text("")), more(cont("middle frame payload")), cont("")}, want: []frame{text("middle frame payload")}},
	})...)
	all = append(all, numbered("6.2", []testCase{
		{send: []frame{text(hello)}, want: []frame{text(hello)}},
		{send: []frame{more(text(hello[:12])), cont(hello[12:])}, want: []frame{text(hello)}},
		{send: octets(hello), want: []frame{text(hello)}},
		{send: octets(kosme), want: []frame{text(kosme)}},
	})...)
	bad := kosme + surrogate + "edited"
	all = append(all, numbered("6.3", []testCase{
		{send: []frame{text(bad)}, fail: notUTF8},
		{send: octets(bad), fail: notUTF8},
	})...)
	// Fail fast: the end of the message is never sent, so a server that waits for it
	// waits for ever.
	beyond := kosme + "\xf4\x90" // more than the largest character, at its second byte
	all = append(all, numbered("6.4", []testCase{
		{send: []frame{more(text(kosme)), more(cont("\xf4\x90\x80\x80"))}, fail: notUTF8},
		{send: []frame{more(text(kosme + "\xf4")), more(cont("\x90"))}, fail: notUTF8},
		{send: []frame{{op: wire.OpText, payload: []byte(beyond)}}, fail: notUTF8, chop: 1},
		{send: []frame{more(text(beyond))}, fail: notUTF8, chop: 1},
	})...)
	return all
}

// sequence is a text, and whether it is UTF-8.
type sequence struct {
	text  string
	valid bool
}

func valid(texts ...string) (all []sequence) {
	for _, t := range texts {
		all = append(all, sequence{t, true})
	}
	return all
}

func invalid(texts ...string) (all []sequence) {
	for _, t := range texts {
		all = append(all, sequence{t, false})
	}
	return all
}

// spaced returns the bytes from first to last, each with a space behind it.
func spaced(first, last byte) string {
	var b strings.Builder
	for c := int(first); c <= int(last); c++ {
		b.WriteByte(byte(c))
		b.WriteByte(' ')
	}
	return b.String()
}

// utf8Sequences is the second part of group 6: Markus Kuhn's stress test.
func utf8Sequences() (all []testCase) {
	var prefixes []sequence
	whole := map[int]bool{2: true, 5: true, 7: true, 9: true, 11: true}
	for n := 1; n <= len(kosme); n++ {
		prefixes = append(prefixes, sequence{kosme[:n], whole[n]})
	}
	var continuations strings.Builder
	for c := 0x80; c < 0xc0; c++ {
		continuations.WriteByte(byte(c))
	}
	incomplete := []string{
		"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80",
		"\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf",
	}
	nonCharacters := []string{"\xef\xbf\xbe", "\xef\xbf\xbf"}
	for plane := rune(1); plane <= 16; plane++ {
		nonCharacters = append(nonCharacters, string(plane<<16|0xfffe), string(plane<<16|0xffff))
	}
	for i, sequences := range [][]sequence{
		/* 6.5 */ valid("hello\x24world", "hello\xc2\xa2world", "hello\xe2\x82\xacworld", "hello\xf0\xa4\xad\xa2world", kosme),
		/* 6.6 */ prefixes,
		/* 6.7 first of each length */ valid("\x00", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"),
		/* 6.8 */ invalid("\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"),
		/* 6.9 last of each length */ valid("\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"),
		/* 6.10 */ invalid("\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"),
		/* 6.11 other bounds */ append(valid("\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf"), invalid("\xf4\x90\x80\x80")...),
		/* 6.12 stray continuations */ invalid("\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf", "\x80\xbf\x80\xbf\x80",
			"\x80\xbf\x80\xbf\x80\xbf", continuations.String()),
		/* 6.13 lonely starts */ invalid(spaced(0xc0, 0xdf), spaced(0xe0, 0xef), spaced(0xf0, 0xf7), spaced(0xf8, 0xfb), spaced(0xfc, 0xfd)),
		/* 6.14 */ invalid(incomplete...),
		/* 6.15 */ invalid(strings.Join(incomplete, "")),
		/* 6.16 impossible bytes */ invalid("\xfe", "\xff", "\xfe\xfe\xff\xff"),
		/* 6.17 overlong slash */ invalid("\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf"),
		/* 6.18 largest overlong */ invalid("\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf"),
		/* 6.19 overlong NUL */ invalid("\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80"),
		/* 6.20 surrogates */ invalid(surrogate, "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf"),
		/* 6.21 pairs of them */ invalid("\xed\xa0\x80\xed\xb0\x80", "\xed\xa0\x80\xed\xbf\xbf", "\xed\xad\xbf\xed\xb0\x80", "\xed\xad\xbf\xed\xbf\xbf",
			"\xed\xae\x80\xed\xb0\x80", "\xed\xae\x80\xed\xbf\xbf", "\xed\xaf\xbf\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf"),
		/* 6.22 */ valid(nonCharacters...),
		/* 6.23 specials */ valid("\xef\xbf\xb9", "\xef\xbf\xba", "\xef\xbf\xbb", "\xef\xbf\xbc", "\xef\xbf\xbd", "\xef\xbf\xbe", "\xef\xbf\xbf"),
	} {
		var cases []testCase
		for _, s := range sequences {
			c := testCase{send: []frame{text(s.text)}}
			if s.valid {
				c.want = c.send
			} else {
				c.fail = notUTF8
			}
			cases = append(cases, c)
		}
		all = append(all, numbered(fmt.Sprintf("6.%d", i+5), cases)...)
	}
	return all
}
