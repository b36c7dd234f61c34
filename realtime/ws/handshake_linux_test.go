package ws_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// A handshake names one key and one version, and has no body: a proxy would read what
// follows otherwise than the server does. Where it is refused the connection ends, and a
// request behind it is not answered.
func TestR1AnAmbiguousHandshake(t *testing.T) {
	const plain = "GET /ws HTTP/1.1\r\nHost: tidings.example\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
	for name, listener := range bothWays {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, setup{upgradeListener: listener, options: realtime.Options{Anonymous: true}})
			for rest, want := range map[string]string{
				"\r\n":                        "101 ",
				"Content-Length: 0\r\n\r\n":   "101 ",
				"Content-Length: 2\r\n\r\nhi": "400 no body",
				"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n":                              "400 no body",
				"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n":                                 "400 once",
				"Sec-WebSocket-Version: 8\r\n\r\n":                                                    "426 use version 13",
				"Origin: https://evil.example\r\nCookie: a=b\r\nOrigin: https://evil.example\r\n\r\n": "403 origin not allowed",
			} {
				status, words, _ := strings.Cut(want, " ")
				got := e.raw(t, plain+rest+"GET /ws HTTP/1.1\r\nHost: tidings.example\r\n\r\n")
				if !strings.HasPrefix(got, "HTTP/1.1 "+status) || !strings.Contains(got, words) || strings.Count(got, "HTTP/1.1 ") != 1 {
					t.Errorf("%q: got %q; want %s", rest, got, want)
				}
			}
		})
	}
}

// raw sends the text over a connection of its own, and returns what comes until it ends, or
// until it is upgraded.
func (e *env) raw(t *testing.T, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", e.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	head, err := r.ReadString('\n')
	if err != nil || strings.Contains(head, " 101 ") {
		return head
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return head + string(rest)
}
