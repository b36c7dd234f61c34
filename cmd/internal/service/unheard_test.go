package service_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// Bytes that are no request are reported; a request, or a connection without any bytes,
// is not.
// Guarantees: A54
func TestConnectionsWithoutARequest(t *testing.T) {
	told := make(chan string, 10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.MaxHeaderBytes = 1 << 10
	var conns atomic.Int64
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			conns.Add(1)
		}
	}
	service.HearAll(server.Config, func(_, reason string) { told <- reason })
	server.Start()
	defer server.Close()
	say := func(text string) {
		t.Helper()
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, conn) // until the server is done with it
	}
	say("")
	say("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	say("GET / HTTP/1.1\r\nHost: a\r\n\r\n\x16\x03\x01") // a good request, then nonsense
	for name, text := range map[string]string{
		"TLS":          "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("x", 100),
		"huge headers": "GET / HTTP/1.1\r\nHost: a\r\nA: " + strings.Repeat("x", 8<<10) + "\r\n\r\n",
		"nonsense":     "nonsense\r\n\r\n",
		"half of one":  "GET / HT",
	} {
		say(text)
		if reason := <-told; reason != service.RefusedUnheard {
			t.Errorf("%s: %q", name, reason)
		}
	}
	if len(told) > 0 || conns.Load() != 7 {
		t.Errorf("%d more were told of, of %d connections", len(told), conns.Load())
	}
}
