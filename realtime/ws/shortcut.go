package ws

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Shortcut returns a listener for an [http.Server] which has the handler at
// path. Where a connection begins with a flawless handshake for it, the
// listener answers at once and the server never hears of it, which spares about
// half of what a connection costs. Everything else is left to the server: other
// requests, handshakes that come in pieces, and those to be refused.
//
// Use it where nothing stands between the server and the handler, since
// middleware is not asked for such a handshake, and where the server speaks
// plain HTTP. On other systems than Linux, and over other listeners than TCP,
// it does nothing.
//
// The listener is handed the connections that have said something, or said
// nothing for about a second.
func (h *Handler) Shortcut(l net.Listener, path string) (net.Listener, error) {
	return h.shortcut(l, path)
}

// begunConn is a connection whose first bytes have been read already. What it
// shares with a TCPConn besides net.Conn is named one by one: whatever else
// reads from one would pass these bytes over.
type begunConn struct {
	net.Conn // tcp
	tcp      *net.TCPConn
	begun    []byte
}

func newBegunConn(tcp *net.TCPConn, begun []byte) *begunConn {
	return &begunConn{Conn: tcp, tcp: tcp, begun: begun}
}

// ReadFrom implements [io.ReaderFrom], so that the server can send files.
func (c *begunConn) ReadFrom(r io.Reader) (int64, error) { return c.tcp.ReadFrom(r) }

// CloseWrite lets the server end what it sends before what it hears.
func (c *begunConn) CloseWrite() error { return c.tcp.CloseWrite() }

// Read implements [net.Conn].
func (c *begunConn) Read(b []byte) (int, error) {
	if len(c.begun) == 0 {
		return c.tcp.Read(b)
	}
	n := copy(b, c.begun)
	c.begun = c.begun[n:]
	return n, nil
}

var requestReaders = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// cutHandshake reads the request that b begins with, and returns what comes
// behind it. It returns nil unless b begins as start says, and an http.Server
// would take the request: it is stricter than one, not kinder.
func cutHandshake(b []byte, start string) (r *http.Request, early []byte) {
	head, early, whole := bytes.Cut(b, []byte("\r\n\r\n"))
	if !whole || !plain(head) {
		return nil, nil
	}
	rest, ours := bytes.CutPrefix(head, []byte(start))
	if !ours || len(rest) == 0 || rest[0] != ' ' && rest[0] != '?' {
		return nil, nil
	}
	buf := requestReaders.Get().(*bufio.Reader)
	defer func() {
		buf.Reset(nil)
		requestReaders.Put(buf)
	}()
	buf.Reset(bytes.NewReader(b[:len(head)+4]))
	r, err := http.ReadRequest(buf)
	if err != nil || r.Proto != "HTTP/1.1" || r.Host == "" || !made(r.Host, hostMarks) || !plainNames(r.Header) ||
		r.ContentLength != 0 || r.TransferEncoding != nil || r.Header["Expect"] != nil {
		return nil, nil
	}
	return r, bytes.Clone(early)
}

// plain tells whether b is made of printable ASCII and whole line ends.
func plain(b []byte) bool {
	for i, c := range b {
		switch {
		case c >= ' ' && c <= '~':
		case c == '\r' && i+1 < len(b) && b[i+1] == '\n':
		case c == '\n' && i > 0 && b[i-1] == '\r':
		default:
			return false
		}
	}
	return true
}

// What a host, and the name of a header, may have besides letters and digits.
const (
	hostMarks = ".-_:[]"
	nameMarks = "-_"
)

// made tells whether s has nothing but letters, digits and marks.
func made(s, marks string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(marks, c) >= 0) {
			return false
		}
	}
	return true
}

// plainNames tells whether all names of headers are plain ones.
func plainNames(h http.Header) bool {
	for name := range h {
		if !made(name, nameMarks) {
			return false
		}
	}
	return true
}
