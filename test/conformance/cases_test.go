package conformance

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/familygifting/tidings/realtime/wire"
)

// testCase is one case of the list.
type testCase struct {
	id   string
	send []frame
	// chop is the size of the pieces in which the bytes are sent; 0 sends them
	// frame by frame.
	chop int
	// want are the frames that come back, a close frame aside.
	want []frame
	// fail are the codes that the server may close with; when there are none the
	// suite says goodbye itself, and the server must answer it.
	fail []int
	// roundTrips makes the suite wait for each answer before it sends on.
	roundTrips bool
	// closes says that the frames hold the suite's own close, and what code the
	// server answers it with.
	closes int
	// size is that of the largest message.
	size int
}

var (
	protocolError = []int{1002}
	notUTF8       = []int{1007}
)

// allCases returns the list.
func allCases() (all []testCase) {
	for _, group := range [][]testCase{
		framing(), pings(), reservedBits(), opcodes(), fragmentation(), utf8Messages(), utf8Sequences(), closeHandling(), limits(), autoFragmentation(),
	} {
		all = append(all, group...)
	}
	return all
}

func numbered(group string, cases []testCase) []testCase {
	for i := range cases {
		cases[i].id = fmt.Sprintf("%s.%d", group, i+1)
	}
	return cases
}

// framing is group 1: messages of every kind of length.
func framing() (all []testCase) {
	for g, op := range []wire.Opcode{wire.OpText, wire.OpBinary} {
		var cases []testCase
		for _, n := range []int{0, 125, 126, 127, 128, 65535, 65536, 65536} {
			f := frame{op: op, payload: bytes.Repeat([]byte{'*'}, n)}
			cases = append(cases, testCase{send: []frame{f}, want: []frame{f}, size: n})
		}
		cases[7].chop = 997
		all = append(all, numbered(fmt.Sprintf("1.%d", g+1), cases)...)
	}
	return all
}

// pings is group 2.
func pings() []testCase {
	var ten, tenPongs []frame
	for i := range 10 {
		ten = append(ten, ping(fmt.Sprintf("payload-%d", i)))
		tenPongs = append(tenPongs, pong(fmt.Sprintf("payload-%d", i)))
	}
	bytesOf := "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
	long := strings.Repeat("\xfe", 125)
	return numbered("2", []testCase{
		{send: []frame{ping("")}, want: []frame{pong("")}},
		{send: []frame{ping("Hello, world!")}, want: []frame{pong("Hello, world!")}},
		{send: []frame{ping(bytesOf)}, want: []frame{pong(bytesOf)}},
		{send: []frame{ping(long)}, want: []frame{pong(long)}},
		{send: []frame{ping(long + "\xfe")}, fail: protocolError},
		{send: []frame{ping(long)}, want: []frame{pong(long)}, chop: 1},
		{send: []frame{pong("")}},
		{send: []frame{pong("unsolicited pong payload")}},
		{send: []frame{pong("unsolicited pong payload"), ping("ping payload")}, want: []frame{pong("ping payload")}},
		{send: ten, want: tenPongs},
		{send: ten, want: tenPongs, chop: 1},
	})
}

// reservedBits is group 3.
func reservedBits() []testCase {
	hello := text("Hello, world!")
	with := func(f frame, rsv byte) frame { f.rsv = rsv; return f }
	return numbered("3", []testCase{
		{send: []frame{with(hello, 1)}, fail: protocolError},
		{send: []frame{hello, with(hello, 2), ping("")}, want: []frame{hello}, fail: protocolError},
		{send: []frame{hello, with(hello, 3), ping("")}, want: []frame{hello}, fail: protocolError},
		{send: []frame{hello, with(hello, 4), ping("")}, want: []frame{hello}, fail: protocolError, chop: 1},
		{send: []frame{with(binaryOf([]byte("\x00\xff\xfe\xfd\xfc\xfb\x00\xff")), 5)}, fail: protocolError},
		{send: []frame{with(ping("Hello, world!"), 6)}, fail: protocolError},
		{send: []frame{with(closing(1000, ""), 7)}, fail: protocolError},
	})
}

// opcodes is group 4: those that RFC 6455 reserves.
func opcodes() (all []testCase) {
	hello := text("Hello, world!")
	for g, first := range []wire.Opcode{3, 11} {
		of := func(n wire.Opcode, payload string) frame { return frame{op: first + n, payload: []byte(payload)} }
		all = append(all, numbered(fmt.Sprintf("4.%d", g+1), []testCase{
			{send: []frame{of(0, "")}, fail: protocolError},
			{send: []frame{of(1, "reserved opcode payload")}, fail: protocolError},
			{send: []frame{hello, of(2, ""), ping("")}, want: []frame{hello}, fail: protocolError},
			{send: []frame{hello, of(3, "reserved opcode payload"), ping("")}, want: []frame{hello}, fail: protocolError},
			{send: []frame{hello, of(4, "reserved opcode payload"), ping("")}, want: []frame{hello}, fail: protocolError, chop: 1},
		})...)
	}
	return all
}

// fragmentation is group 5.
func fragmentation() []testCase {
	whole := text("fragment1fragment2")
	halves := []frame{more(text("fragment1")), cont("fragment2")}
	between := []frame{more(text("fragment1")), ping("ping payload"), cont("fragment2")}
	betweenWant := []frame{pong("ping payload"), whole}
	stray := []frame{cont("non-continuation payload"), text("Hello, world!")}
	strayMore := []frame{more(cont("non-continuation payload")), text("Hello, world!")}
	five := []frame{
		more(text("fragment1")), more(cont("fragment2")), ping("pongme 1!"),
		more(cont("fragment3")), more(cont("fragment4")), ping("pongme 2!"), cont("fragment5"),
	}
	fiveWant := []frame{pong("pongme 1!"), pong("pongme 2!"), text("fragment1fragment2fragment3fragment4fragment5")}
	return numbered("5", []testCase{
		{send: []frame{more(ping("fragment1")), cont("fragment2")}, fail: protocolError},
		{send: []frame{more(pong("fragment1")), cont("fragment2")}, fail: protocolError},
		{send: halves, want: []frame{whole}},
		{send: halves, want: []frame{whole}, chop: 9},
		{send: halves, want: []frame{whole}, chop: 1},
		{send: between, want: betweenWant},
		{send: between, want: betweenWant, chop: 9},
		{send: between, want: betweenWant, chop: 1},
		{send: stray, fail: protocolError},
		{send: stray, fail: protocolError, chop: 9},
		{send: stray, fail: protocolError, chop: 1},
		{send: strayMore, fail: protocolError},
		{send: strayMore, fail: protocolError, chop: 9},
		{send: strayMore, fail: protocolError, chop: 1},
		{
			send: append(append([]frame(nil), halves...), more(cont("fragment3")), text("fragment4")),
			want: []frame{whole}, fail: protocolError,
		},
		{
			send: []frame{more(cont("fragment1")), more(text("fragment2")), cont("fragment3"), more(cont("fragment4")), more(text("fragment5")), cont("fragment6")},
			fail: protocolError,
		},
		{
			send: []frame{cont("fragment1"), more(text("fragment2")), cont("fragment3"), cont("fragment4"), more(text("fragment5")), cont("fragment6")},
			fail: protocolError,
		},
		{send: []frame{more(text("fragment1")), text("fragment2")}, fail: protocolError},
		{send: five, want: fiveWant},
		{send: five, want: fiveWant, chop: 1},
	})
}

// closeHandling is group 7.
func closeHandling() (all []testCase) {
	hello := text("Hello World!")
	bye := closing(1000, "")
	big := text(strings.Repeat("*", 256<<10))
	all = append(all, numbered("7.1", []testCase{
		{send: []frame{hello, bye}, want: []frame{hello}, closes: 1000},
		{send: []frame{bye, bye}, closes: 1000},
		{send: []frame{bye, ping("")}, closes: 1000},
		{send: []frame{bye, hello}, closes: 1000},
		{send: []frame{more(text("fragment1")), bye, cont("fragment2")}, closes: 1000},
		{send: []frame{big, hello, bye, ping("")}, want: []frame{big, hello}, closes: 1000, size: 256 << 10},
	})...)
	long := strings.Repeat("*", 123)
	all = append(all, numbered("7.3", []testCase{
		{send: []frame{{op: wire.OpClose}}, closes: 1005},
		{send: []frame{{op: wire.OpClose, payload: []byte("a")}}, fail: protocolError},
		{send: []frame{bye}, closes: 1000},
		{send: []frame{closing(1000, "Hello World!")}, closes: 1000},
		{send: []frame{closing(1000, long)}, closes: 1000},
		{send: []frame{closing(1000, long+"*")}, fail: protocolError},
	})...)
	all = append(all, numbered("7.5", []testCase{{send: []frame{closing(1000, "\xce\xba\xed\xa0\x80edited")}, fail: notUTF8}})...)
	for group, codes := range map[string][]int{
		"7.7": {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999},
	} {
		var cases []testCase
		for _, code := range codes {
			cases = append(cases, testCase{send: []frame{closing(code, "")}, closes: code})
		}
		all = append(all, numbered(group, cases)...)
	}
	for _, group := range []struct {
		id    string
		codes []int
	}{{"7.9", []int{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999}}, {"7.13", []int{5000, 65535}}} {
		var cases []testCase
		for _, code := range group.codes {
			cases = append(cases, testCase{send: []frame{closing(code, "")}, fail: protocolError})
		}
		all = append(all, numbered(group.id, cases)...)
	}
	return all
}

// fragments cuts a message into frames of n bytes.
func fragments(f frame, n int) (parts []frame) {
	op := f.op
	for rest := f.payload; ; {
		cut := min(n, len(rest))
		part := frame{op: op, payload: rest[:cut], notFin: cut < len(rest)}
		parts, rest, op = append(parts, part), rest[cut:], wire.OpContinuation
		if !part.notFin {
			return parts
		}
	}
}

// limits is group 9: large messages, many fragments, many small pieces, and a
// thousand messages there and back.
func limits() (all []testCase) {
	const m = 1 << 20
	ops := []wire.Opcode{wire.OpText, wire.OpBinary}
	of := func(op wire.Opcode, n int) frame {
		return frame{op: op, payload: bytes.Repeat([]byte("BAsd7&jh23"), n/10+1)[:n]}
	}
	for g, op := range ops {
		var cases []testCase
		for _, n := range []int{64 << 10, 256 << 10, m, 4 * m, 8 * m, 16 * m} {
			f := of(op, n)
			cases = append(cases, testCase{send: []frame{f}, want: []frame{f}, size: n})
		}
		all = append(all, numbered(fmt.Sprintf("9.%d", 1+g), cases)...)
	}
	for g, op := range ops {
		var cases []testCase
		f := of(op, 4*m)
		for _, n := range []int{64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, m, 4 * m} {
			cases = append(cases, testCase{send: fragments(f, n), want: []frame{f}, size: 4 * m})
		}
		all = append(all, numbered(fmt.Sprintf("9.%d", 3+g), cases)...)
	}
	for g, op := range ops {
		var cases []testCase
		f := of(op, m)
		for _, chop := range []int{64, 128, 256, 512, 1024, 2048} {
			cases = append(cases, testCase{send: []frame{f}, want: []frame{f}, chop: chop, size: m})
		}
		all = append(all, numbered(fmt.Sprintf("9.%d", 5+g), cases)...)
	}
	for g, op := range ops {
		var cases []testCase
		for _, n := range []int{0, 16, 64, 256, 1024, 4096} {
			c := testCase{roundTrips: true, size: n}
			for range 1000 {
				c.send = append(c.send, of(op, n))
			}
			c.want = c.send
			cases = append(cases, c)
		}
		all = append(all, numbered(fmt.Sprintf("9.%d", 7+g), cases)...)
	}
	return all
}

// autoFragmentation is group 10.
func autoFragmentation() []testCase {
	f := text(strings.Repeat("*", 65536))
	return numbered("10.1", []testCase{{send: fragments(f, 1300), want: []frame{f}, size: 65536}})
}
