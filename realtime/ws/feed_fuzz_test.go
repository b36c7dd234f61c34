package ws

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// fuzzLimit is the longest message of the connections below.
const fuzzLimit = 200

// paper is a socket that keeps what is written to it.
type paper struct{ written []byte }

func (s *paper) write(b []byte) (int, error) { s.written = append(s.written, b...); return len(b), nil }
func (s *paper) shutdown()                   {}
func (s *paper) close()                      {}
func (s *paper) start([]byte)                {}

// listener is an endpoint that notes what it is told.
type listener struct {
	t     *testing.T
	heard []string
}

func (l *listener) Message(op wire.Opcode, message []byte) {
	if len(message) > fuzzLimit || op == wire.OpText && !utf8.Valid(message) {
		l.t.Errorf("the message %d %q came through", op, message)
	}
	l.heard = append(l.heard, fmt.Sprintf("%d %x", op, message))
}

func (*listener) Closed(realtime.CloseCode) {}

// listen feeds the bytes to a fresh connection, cut into pieces, and returns
// the messages that came of them, and what was answered.
func listen(t *testing.T, b []byte, piece int) (heard []string, answered []byte) {
	l, s := &listener{t: t}, &paper{}
	c := &Conn{limits: Limits{MaxMessage: fuzzLimit, QueueBytes: 1 << 20}, end: l, socket: s}
	for b = bytes.Clone(b); len(b) > 0; {
		n := min(piece, len(b))
		c.feed(b[:n])
		b = b[n:]
		if p := c.reader.partial; p != nil && cap(p.message) > 4*fuzzLimit+64 {
			t.Fatalf("%d bytes are held for a message of at most %d", cap(p.message), fuzzLimit)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closeTimer != nil {
		c.closeTimer.Stop()
	}
	return l.heard, s.written
}

// However the network cuts a stream of frames, the same comes of it, and
// nothing that breaks a limit.
// Guarantees: A34
func FuzzFeed(f *testing.F) {
	frame := func(first byte, payload string) []byte {
		b := []byte{first, 0x80 | byte(len(payload)), 1, 2, 3, 4}
		if len(payload) > 125 {
			b = append(binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(len(payload))), 1, 2, 3, 4)
		}
		start := len(b)
		b = append(b, payload...)
		wire.Unmask(b[start:], [4]byte{1, 2, 3, 4}, 0)
		return b
	}
	long := string(bytes.Repeat([]byte("é"), fuzzLimit/2))
	f.Add(frame(0x81, `{"action":"ping"}`), uint8(3))
	f.Add(slicesOf(frame(0x01, "Zo\xc3"), frame(0x89, "ping"), frame(0x80, "\xab")), uint8(1))
	f.Add(slicesOf(frame(0x81, long), frame(0x82, long), frame(0x88, "\x03\xe8bye")), uint8(7))
	f.Add(slicesOf(frame(0x01, long), frame(0x80, "x")), uint8(5))
	f.Add(frame(0x81, "\xed\xa0\x80"), uint8(2))
	f.Add([]byte{0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4}, uint8(4))
	f.Add([]byte{0x81, 0x05, 'h', 'e', 'l', 'l', 'o'}, uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		heard, answered := listen(t, b, max(1, len(b)))
		again, answeredAgain := listen(t, b, int(piece)+1)
		if fmt.Sprint(heard) != fmt.Sprint(again) {
			t.Errorf("whole %v, in pieces of %d %v", heard, piece+1, again)
		}
		if !bytes.Equal(answered, answeredAgain) {
			t.Errorf("answered %x, in pieces of %d %x", answered, piece+1, answeredAgain)
		}
	})
}

func slicesOf(frames ...[]byte) []byte { return bytes.Join(frames, nil) }
