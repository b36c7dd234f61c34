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

// dial opens a connection to the hub and says something.
func dial(t *testing.T, url, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(3 * handshakeTimeout)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// Headers beyond their limit are answered 431, unread.
func TestAFloodOfHeaders(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	for name, header := range map[string]string{
		"one":  "X-A: " + strings.Repeat("a", 2*maxHeaderBytes) + "\r\n",
		"many": strings.Repeat("X-A: a\r\n", maxHeaderBytes),
		"list": "Sec-WebSocket-Protocol: " + strings.Repeat("a, ", maxHeaderBytes) + "\r\n",
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
func TestASlowHandshake(t *testing.T) {
	t.Parallel()
	url, _ := start(t, "--dev", "--drain-window=100ms")
	begun := time.Now()
	conn := dial(t, url, "GET /ws HTTP/1.1\r\nHost: x\r\nUpgr")
	_, err := io.Copy(io.Discard, conn)
	var timeout net.Error
	if took := time.Since(begun); errors.As(err, &timeout) && timeout.Timeout() || took < handshakeTimeout-time.Second {
		t.Errorf("after %v: %v; want an end after %v", took, err, handshakeTimeout)
	}
}
