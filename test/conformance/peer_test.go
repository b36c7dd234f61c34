package conformance

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// patience is how long a case waits for the server.
const patience = time.Minute

// frame is a frame as the cases write it down. Zero fields make a final text
// frame.
type frame struct {
	op      wire.Opcode
	payload []byte
	notFin  bool
	rsv     byte // the three reserved bits, as a number from 0 to 7
}

// encode masks the frame, as a client must.
func (f frame) encode() []byte {
	first := byte(f.op) | f.rsv<<4
	if !f.notFin {
		first |= 0x80
	}
	b := []byte{first}
	switch n := len(f.payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b = append(b, mask[:]...)
	start := len(b)
	b = append(b, f.payload...)
	wire.Unmask(b[start:], mask, 0)
	return b
}

func text(s string) frame     { return frame{op: wire.OpText, payload: []byte(s)} }
func binaryOf(b []byte) frame { return frame{op: wire.OpBinary, payload: b} }
func ping(s string) frame     { return frame{op: wire.OpPing, payload: []byte(s)} }
func pong(s string) frame     { return frame{op: wire.OpPong, payload: []byte(s)} }
func more(f frame) frame      { f.notFin = true; return f }
func cont(s string) frame     { return frame{op: wire.OpContinuation, payload: []byte(s)} }
func closing(code int, reason string) frame {
	return frame{op: wire.OpClose, payload: append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)}
}

// peer is the suite's end of a connection.
type peer struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

// connect opens a connection to the server and upgrades it.
func connect(t *testing.T, server *httptest.Server) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t, conn, bufio.NewReaderSize(conn, 1<<16)}
	accepted := false
	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		accepted = accepted || line == "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" // RFC 6455, section 1.3
		if line == "\r\n" {
			break
		}
	}
	if !accepted {
		t.Fatal("the handshake was not answered as RFC 6455 demands")
	}
	return p
}

// write sends bytes, in pieces of chop bytes each unless chop is 0. It stops
// when the server has closed.
func (p *peer) write(b []byte, chop int) {
	if chop == 0 {
		chop = max(1, len(b))
	}
	for len(b) > 0 {
		n := min(chop, len(b))
		if _, err := p.conn.Write(b[:n]); err != nil {
			return
		}
		b = b[n:]
	}
}

// read returns the server's next frame, or io.EOF.
func (p *peer) read() (frame, error) {
	first, err := p.in.ReadByte()
	if err != nil {
		return frame{}, err
	}
	second, err := p.in.ReadByte()
	if err != nil {
		return frame{}, err
	}
	if second&0x80 != 0 {
		return frame{}, errors.New("the server masks its frames")
	}
	n := uint64(second)
	if extra := map[byte]int{126: 2, 127: 8}[second]; extra > 0 {
		var length [8]byte
		if _, err := io.ReadFull(p.in, length[8-extra:]); err != nil {
			return frame{}, err
		}
		n = binary.BigEndian.Uint64(length[:])
	}
	f := frame{op: wire.Opcode(first & 0x0f), notFin: first&0x80 == 0, rsv: first >> 4 & 7, payload: make([]byte, n)}
	_, err = io.ReadFull(p.in, f.payload)
	return f, err
}

// code returns the code of a close frame; 1005 when it has none.
func (f frame) code() int {
	if len(f.payload) < 2 {
		return 1005
	}
	return int(binary.BigEndian.Uint16(f.payload))
}
