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

// UpgradeListener returns a listener for an [http.Server] that serves the handler at
// path. The listener upgrades a connection that starts with a valid handshake for path
// itself, without the server. Other requests, handshakes that arrive in pieces and
// handshakes to be refused are left to the server. docs/adr/0014-upgrade-listener.md has
// what that saves.
//
// It is opt-in: middleware does not see the handshakes that the listener upgrades, so
// use it only where there is none before the handler, and where the server speaks plain
// HTTP. On systems other than Linux, and for listeners other than TCP, it returns l.
//
// The kernel hands over connections once they have sent something, or after a second
// (TCP_DEFER_ACCEPT).
func (h *Handler) UpgradeListener(l net.Listener, path string) (net.Listener, error) {
	return h.newUpgradeListener(l, path)
}

// prefixConn is a connection whose first bytes have been read already. It does not embed
// the TCPConn, whose other methods that read would skip these bytes.
type prefixConn struct {
	net.Conn // tcp
	tcp      *net.TCPConn
	prefix   []byte
}

func newPrefixConn(tcp *net.TCPConn, prefix []byte) *prefixConn {
	return &prefixConn{Conn: tcp, tcp: tcp, prefix: prefix}
}

// ReadFrom implements [io.ReaderFrom], so that the server can send files.
func (c *prefixConn) ReadFrom(r io.Reader) (int64, error) { return c.tcp.ReadFrom(r) }

// CloseWrite lets the server close the writing half first.
func (c *prefixConn) CloseWrite() error { return c.tcp.CloseWrite() }

// Read implements [net.Conn].
func (c *prefixConn) Read(b []byte) (int, error) {
	if len(c.prefix) == 0 {
		return c.tcp.Read(b)
	}
	n := copy(b, c.prefix)
	c.prefix = c.prefix[n:]
	return n, nil
}

var requestReaders = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// parseHandshake parses the request that b starts with, and returns what comes behind
// it. It returns nil unless b starts with start and an http.Server would accept the
// request: it is stricter than the server, never more lenient.
func parseHandshake(b []byte, start string) (r *http.Request, early []byte) {
	head, early, whole := bytes.Cut(b, []byte("\r\n\r\n"))
	if !whole || !isPlainText(head) {
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
	if err != nil || r.Proto != "HTTP/1.1" || r.Host == "" || !consistsOf(r.Host, hostPunctuation) || !hasPlainNames(r.Header) ||
		r.ContentLength != 0 || r.TransferEncoding != nil || r.Header["Expect"] != nil {
		return nil, nil
	}
	return r, bytes.Clone(early)
}

// isPlainText reports whether b is printable ASCII with CRLF line ends.
func isPlainText(b []byte) bool {
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

// The characters of a host, and of a header's name, besides letters and digits.
const (
	hostPunctuation = ".-_:[]"
	namePunctuation = "-_"
)

// consistsOf reports whether s has only letters, digits and characters of punctuation.
func consistsOf(s, punctuation string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(punctuation, c) >= 0) {
			return false
		}
	}
	return true
}

// hasPlainNames reports whether all names of headers have only usual characters.
func hasPlainNames(h http.Header) bool {
	for name := range h {
		if !consistsOf(name, namePunctuation) {
			return false
		}
	}
	return true
}
