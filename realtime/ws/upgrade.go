package ws

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // RFC 6455 demands it; nothing secret depends on it
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/familygifting/tidings/internal/problem"
)

// handshakeGUID is part of the hash that answers a handshake (RFC 6455, 1.3).
const handshakeGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// refusal is the answer to a request that does not become a connection.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string { return r.message }

// retryAfter is when a client that is refused for now may try again, in seconds.
const retryAfter = "1"

// answer writes the refusal, and ends the connection: to a proxy that takes it for
// upgraded already, what follows is no request.
func (r *refusal) answer(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	switch r.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodGet)
	case http.StatusUpgradeRequired:
		w.Header().Add("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Sec-WebSocket-Version", "13")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", retryAfter)
	}
	problem.Answer(w, r.status, r.code, "", r.message)
}

// Accept answers the handshake and serves the connection. It calls endpoint with the
// connection, for what receives its messages. If the request is not a valid handshake,
// Accept answers with an error and returns it.
//
// It is the bare transport, and checks neither origin nor user. A [Handler] does.
func Accept(w http.ResponseWriter, r *http.Request, limits Limits, endpoint func(*Conn) Endpoint) error {
	return accept(w, r, limits, endpoint, func() {})
}

// accept calls attach before anything is read.
func accept(w http.ResponseWriter, r *http.Request, limits Limits, endpoint func(*Conn) Endpoint, attach func()) error {
	if no := checkHandshake(r); no != nil {
		no.answer(w)
		return no
	}
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		no := &refusal{http.StatusHTTPVersionNotSupported, "http_version", "HTTP version not supported: connect with HTTP/1.1"}
		no.answer(w)
		return fmt.Errorf("hijacking: %w: %w", no, err)
	}
	_ = nc.SetDeadline(time.Time{}) // the server's deadlines are for requests
	early := leftover(rw.Reader)
	c := newConn(limits, newUpgradeAnswer(r.Header.Get("Sec-WebSocket-Key")))
	if err := c.setSocket(nc); err != nil {
		_ = nc.Close() // out of descriptors
		return fmt.Errorf("taking over the connection: %w", err)
	}
	c.end = endpoint(c)
	attach()
	c.start(early)
	return nil
}

// checkHandshake checks the request by RFC 6455, section 4.2.1.
func checkHandshake(r *http.Request) *refusal {
	keys := r.Header.Values("Sec-WebSocket-Key")
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
	switch {
	case r.Method != http.MethodGet:
		return &refusal{http.StatusMethodNotAllowed, "method_not_allowed", "method not allowed: use GET"}
	case !r.ProtoAtLeast(1, 1):
		return &refusal{http.StatusHTTPVersionNotSupported, "http_version", "HTTP version not supported: use HTTP/1.1, and have a proxy use it too"}
	case !hasToken(r.Header, "Connection", "upgrade") || !hasToken(r.Header, "Upgrade", "websocket"):
		return &refusal{http.StatusUpgradeRequired, "upgrade_required", "upgrade required: send \"Connection: Upgrade\" and \"Upgrade: websocket\""}
	case !slices.Equal(r.Header.Values("Sec-WebSocket-Version"), []string{"13"}):
		return &refusal{http.StatusUpgradeRequired, "upgrade_required", "WebSocket version not supported: use version 13"}
	case err != nil || len(key) != 16 || len(keys) != 1:
		return &refusal{http.StatusBadRequest, "bad_request", "Sec-WebSocket-Key must be 16 bytes in base64, once"}
	case r.ContentLength != 0:
		// What follows the handshake would be its body to a proxy, and frames to us.
		return &refusal{http.StatusBadRequest, "bad_request", "a handshake must have no body"}
	}
	return nil
}

// hasToken reports whether one of the header's comma-separated tokens is token.
func hasToken(h http.Header, name, token string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

func newUpgradeAnswer(key string) []byte {
	sum := sha1.Sum([]byte(key + handshakeGUID)) //nolint:gosec // see the import
	b := make([]byte, 0, 160)
	b = append(b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	b = base64.StdEncoding.AppendEncode(b, sum[:])
	return append(b, "\r\n\r\n"...)
}

// leftover copies what the server has read behind the request.
func leftover(r *bufio.Reader) []byte {
	n := r.Buffered()
	if n == 0 {
		return nil
	}
	ahead, _ := r.Peek(n) // it is buffered, so it is there
	return append([]byte(nil), ahead...)
}

// remoteAddr returns the address that the connection comes from.
func remoteAddr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}
