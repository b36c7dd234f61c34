package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// dialPatience is how long a connection of a test may take in all: well more than
// the 5 s of a handshake, and well less than a limit that is none.
const dialPatience = 15 * time.Second

// dial opens a connection to the hub and says something.
func dial(t *testing.T, url, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(dialPatience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// answerOn reads the answer on a connection.
func answerOn(t *testing.T, conn net.Conn) (status int, header http.Header, body []byte) {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}

// Headers beyond their limit are answered 431, unread.
// Guarantees: A7
func TestAFloodOfHeaders(t *testing.T) {
	const size = 32 << 10 // twice the limit, of bytes or of lines
	url, _ := start(t, "--dev", "--drain-window=100ms")
	for name, header := range map[string]string{
		"one":  "X-A: " + strings.Repeat("a", size) + "\r\n",
		"many": strings.Repeat("X-A: a\r\n", size),
		"list": "Sec-WebSocket-Protocol: " + strings.Repeat("a, ", size) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, url, "GET /ws HTTP/1.1\r\nHost: x\r\n")
			// The server hangs up in the middle of it, so the rest may not go through.
			go func() { _, _ = io.WriteString(conn, header+"\r\n") }()
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _ = answer.Body.Close(); answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("%s; want 431", answer.Status)
			}
		})
	}
}

// Who begins a handshake and does not end it is hung up on.
// Guarantees: A5
func TestASlowHandshake(t *testing.T) {
	t.Parallel()
	url, _ := start(t, "--dev", "--drain-window=100ms")
	begun := time.Now()
	conn := dial(t, url, "GET /ws HTTP/1.1\r\nHost: x\r\nUpgr")
	_, err := io.Copy(io.Discard, conn)
	var timeout net.Error
	if took := time.Since(begun); errors.As(err, &timeout) && timeout.Timeout() || took < 4*time.Second {
		t.Errorf("after %v: %v; want an end after 5 s", took, err)
	}
}

// Who may not publish is told so at once, whatever body it promised.
// Guarantees: A6
func TestARefusalDoesNotWaitForTheBody(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms", "--read-timeout=1h")
	conn := dial(t, url, "POST /api/publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _ = answer.Body.Close(); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("%s; want 401", answer.Status)
	}
}

// A connection that falls silent ends: after an answer, and within a request.
// Guarantees: A6
func TestSilentConnectionsEnd(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms", "--idle-timeout=50ms", "--read-timeout=50ms")
	for name, said := range map[string]string{
		"after an answer":  "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"within a request": "POST /api/publish HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer dev\r\nContent-Length: 100\r\n\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, url, said)
			var timeout net.Error
			if _, err := io.Copy(io.Discard, conn); errors.As(err, &timeout) && timeout.Timeout() {
				t.Error("it is open still")
			}
		})
	}
}

// One address cannot take the descriptors of all: what is over its limit is hung
// up on, and a place that is given up can be taken again.
// Guarantees: A6
func TestConnectionsOfAnAddressAreCounted(t *testing.T) {
	const request = "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
	url, _ := start(t, "--dev", "--drain-window=100ms", "--max-per-address=2")
	ask := func() (net.Conn, error) {
		conn := dial(t, url, request)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil {
			err = answer.Body.Close()
		}
		return conn, err
	}
	first, err := ask()
	if _, second := ask(); err != nil || second != nil {
		t.Fatalf("within the limit: %v, %v", err, second)
	}
	if _, err := ask(); err == nil {
		t.Error("the third connection is answered; want it hung up on")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(handshakeTimeout)
	for _, err = ask(); err != nil && time.Now().Before(deadline); _, err = ask() {
		<-tick.C // until the server has noticed
	}
	if err != nil {
		t.Errorf("after one has gone: %v", err)
	}
}

// A page whose own name leads to this machine is of the same origin as the hub:
// with --dev, which trusts everyone, the name has to be this machine's.
// Guarantees: A2
func TestDNSRebinding(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	_, port, err := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		"127.0.0.1": http.StatusSwitchingProtocols, "localhost": http.StatusSwitchingProtocols, "[::1]": http.StatusSwitchingProtocols,
		"App.Localhost": http.StatusSwitchingProtocols, "evil.example": http.StatusMisdirectedRequest,
		"localhost.evil.example": http.StatusMisdirectedRequest, "127.0.0.1.evil.example": http.StatusMisdirectedRequest, "192.0.2.1": http.StatusMisdirectedRequest,
	} {
		for way, header := range map[string]string{"by the upgrade listener": "", "through the server": "X.Y: not upgraded by the listener\r\n"} {
			t.Run(host+" "+way, func(t *testing.T) {
				conn := dial(t, url, "GET /ws HTTP/1.1\r\nHost: "+host+":"+port+"\r\nOrigin: http://"+host+":"+port+"\r\n"+header+
					"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
				answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				if _ = answer.Body.Close(); answer.StatusCode != want {
					t.Errorf("%s; want %d", answer.Status, want)
				}
			})
		}
	}
	if status, answer := postTo(t, url+"/api/publish", one, "Host", "evil.example"); status != http.StatusMisdirectedRequest {
		t.Errorf("publishing for another host: %d %s; want 421", status, answer)
	}
}

// Behind a proxy that is trusted its visitors count each for themselves; what
// others say of themselves is not believed.
// Guarantees: A40, A56
func TestSessionsBehindAProxy(t *testing.T) {
	for name, c := range map[string]struct {
		args          []string
		first, second string
		want          int // the answer to the second visitor
	}{
		"trusted":       {[]string{"--trusted-proxies=127.0.0.1"}, "192.0.2.1", "192.0.2.2", http.StatusSwitchingProtocols},
		"with ports":    {[]string{"--trusted-proxies=127.0.0.1"}, "192.0.2.1:1", "192.0.2.2:1", http.StatusSwitchingProtocols},
		"one of two":    {[]string{"--trusted-proxies=127.0.0.1"}, "192.0.2.1:1", "192.0.2.1:2", http.StatusTooManyRequests},
		"IPv6":          {[]string{"--trusted-proxies=127.0.0.1"}, "2001:db8:0:1::1", "2001:db8:0:2::1", http.StatusSwitchingProtocols},
		"IPv6, one /64": {[]string{"--trusted-proxies=127.0.0.1"}, "2001:db8:0:1::1", "2001:db8:0:1::2", http.StatusTooManyRequests},
		"unknown":       {nil, "192.0.2.1", "192.0.2.2", http.StatusTooManyRequests},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := start(t, append(c.args, "--dev", "--drain-window=100ms", "--max-per-address=1")...)
			visit := func(address string) int {
				conn := dial(t, url, "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: "+address+
					"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
				answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				_ = answer.Body.Close() // of a handshake: empty
				return answer.StatusCode
			}
			if got := visit(c.first); got != http.StatusSwitchingProtocols {
				t.Fatalf("the first visitor: %d", got)
			}
			if got := visit(c.second); got != c.want {
				t.Errorf("the second visitor: %d; want %d", got, c.want)
			}
		})
	}
}
