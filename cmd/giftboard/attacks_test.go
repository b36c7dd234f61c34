package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// dial connects to the server from an address of this machine.
func (d *dashboard) dial(from string) net.Conn {
	d.t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	nc, err := dialer.Dial("tcp", d.listener.Addr().String())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = nc.Close() })
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		d.t.Fatal(err)
	}
	return nc
}

// say sends a text, and returns the status and the headers of the answer.
func say(nc net.Conn, text string) (status int, header http.Header, err error) {
	if _, err := io.WriteString(nc, text); err != nil {
		return 0, nil, err
	}
	res, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		return 0, nil, err
	}
	return res.StatusCode, res.Header, res.Body.Close()
}

const askForSetup = "GET /api/v1/setup HTTP/1.1\r\nHost: localhost\r\n\r\n"

// One address cannot take all connections: those beyond its bound are closed, and
// newcomers from elsewhere are served. Live updates do not count.
// Guarantees: D7
func TestConnectionsOfAnAddress(t *testing.T) {
	const bound = 8
	d := open(t, t.TempDir(), func(f *serverFlags) { f.MaxPerAddress = bound })
	var idle []net.Conn
	for range bound {
		idle = append(idle, d.dial("127.0.0.2"))
	}
	for _, nc := range idle { // each has been counted when it is answered
		if status, _, err := say(nc, askForSetup); status != http.StatusOK {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	for range 3 {
		if n, err := d.dial("127.0.0.2").Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("one more got %d bytes, %v; want a closed connection", n, err)
		}
	}
	if status, _, err := say(d.dial("127.0.0.3"), askForSetup); status != http.StatusOK {
		t.Errorf("a newcomer: status %d, %v", status, err)
	}
	if status, _, err := say(idle[0], askForSetup); status != http.StatusOK {
		t.Errorf("a connection that was there: status %d, %v", status, err)
	}
}

// A stranger is answered before the body comes, whatever the path, and the connection
// is closed, so that no body has to be read for the next request's sake.
// Guarantees: D1
func TestStrangersAreAnsweredBeforeTheirBodies(t *testing.T) {
	d := open(t, t.TempDir())
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"POST", "/api/v1/gifts", 401},
		{"PATCH", "/api/v1/gifts/zzzzzzzzzzzzzzzzzzzz", 401},
		{"POST", "/api/v1/nothing", 404},
		{"PUT", "/api/v1/gifts", 405},
		{"POST", "/api/v1/auth/login", 413},
		{"POST", "/api/v1/setup", 413},
		{"POST", "/api/nothing", 404},
		{"POST", "/", 405},
		{"POST", "/ws", 405},
		{"POST", "/healthz", 405},
	} {
		for _, length := range []string{"Content-Length: 1048576", "Transfer-Encoding: chunked"} {
			if c.status == 413 && strings.HasPrefix(length, "Transfer") {
				continue // of what is not announced a little is read
			}
			nc := d.dial("127.0.0.1")
			status, header, err := say(nc, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n", c.method, c.path, length))
			if status != c.status || err != nil {
				t.Errorf("%s %s with %s: status %d instead of %d, %v (%v)", c.method, c.path, length, status, c.status, err, header)
			}
		}
	}
}

// Bodies that do not come to an end keep nobody out, the same address included.
// Guarantees: D2
func TestUnfinishedBodies(t *testing.T) {
	d := open(t, t.TempDir())
	for range 100 {
		nc := d.dial("127.0.0.1")
		body := strings.Repeat(" ", 4<<10)
		if _, err := fmt.Fprintf(nc, "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 16384\r\n\r\n%s", body); err != nil {
			t.Fatal(err)
		}
	}
	if status, _, err := say(d.dial("127.0.0.3"), askForSetup); status != http.StatusOK {
		t.Errorf("a newcomer: status %d, %v", status, err)
	}
	body := `{"email":"nobody@example.org","password":"x"}`
	status, _, err := say(d.dial("127.0.0.3"), fmt.Sprintf("POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	if status != http.StatusUnauthorized || err != nil {
		t.Errorf("a log-in: status %d, %v", status, err)
	}
}
