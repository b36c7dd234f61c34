package ws_test

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/ws"
)

const flawless = "GET /ws HTTP/1.1\r\nHost: tidings.example:9000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"

// knock sends the parts over a connection of its own, and returns it.
func (e *env) knock(parts ...string) net.Conn {
	e.t.Helper()
	conn, err := net.Dial("tcp", e.http.Listener.Addr().String())
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	for _, part := range parts {
		if _, err := io.WriteString(conn, part); err != nil {
			e.t.Fatal(err)
		}
	}
	return conn
}

// answer reads the head of an answer, and its body where it is no upgrade.
func answer(t *testing.T, conn net.Conn) (*http.Response, string) {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return response, ""
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// A conversation goes alike with the listener and without it.
func TestAConversationOnEitherWayIn(t *testing.T) {
	for name, listener := range bothWays {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, setup{upgradeListener: listener})
			c := e.login("anna")
			c.subscribe("list:a")
			e.publish("list:a", 2)
			c.expectEvents("list:a", 1, 2)
			back := e.login("anna")
			back.resume("list:a", e.epoch(), 1)
			back.expectEvents("list:a", 2, 2)
			e.hub.EndUser("anna")
			c.expectClose(realtime.CloseSessionRevoked)
			if asked := e.asked.Load() > 0; asked == listener {
				t.Errorf("the server was asked: %t", asked)
			}
		})
	}
}

// bothWays are the ways of a handshake, and whether the listener upgrades it.
var bothWays = map[string]bool{"by the server": false, "by the upgrade listener": true}

func TestUpgradeListenerHandlesWhatComesAlong(t *testing.T) {
	e := newEnv(t, setup{upgradeListener: true, options: realtime.Options{Anonymous: true}})
	text := `{"action":"subscribe","topic":"list:a"}`
	frame := string([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}) + text
	conn := e.knock(flawless + frame)
	var seen []byte
	for buf := make([]byte, 4096); !bytes.Contains(seen, []byte(`"subscribed"`)); {
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
	if e.asked.Load() != 0 {
		t.Error("the server was asked")
	}
}

// Whatever is not a flawless handshake gets the answer that it would get
// without the upgrade listener.
func TestUpgradeListenerLeavesTheRestToTheServer(t *testing.T) {
	change := func(old, by string) string { return strings.Replace(flawless, old, by, 1) }
	with := func(header string) string {
		return change("Upgrade: websocket\r\n", "Upgrade: websocket\r\n"+header+"\r\n")
	}
	requests := map[string]string{
		"another page":        change("/ws", "/"),
		"a longer path":       change("/ws", "/wsx"),
		"another method":      change("GET", "DELETE"),
		"HTTP/1.0":            change("HTTP/1.1", "HTTP/1.0"),
		"no version":          "GET /ws\r\n\r\n",
		"no host":             change("Host: tidings.example:9000\r\n", ""),
		"two hosts":           with("Host: other.example"),
		"a strange host":      change("tidings.example", "tidings example"),
		"a foreign origin":    with("Origin: https://evil.example"),
		"a cookie, no origin": with("Cookie: a=b"),
		"a token in the URL":  change("/ws", "/ws?token=x"),
		"no upgrade":          change("Upgrade: websocket\r\n", ""),
		"an old version":      change("Version: 13", "Version: 8"),
		"a short key":         change("MDEyMzQ1Njc4OWFiY2RlZg==", "MDEy"),
		"a body":              with("Content-Length: 0\r\nTransfer-Encoding: chunked"),
		"an expectation":      with("Expect: tea"),
		"a bad name":          with("Bad Name: x"),
		"a control character": with("X-A: \x01"),
		"no HTTP":             "\x16\x03\x01 TLS?\r\n\r\n",
	}
	long := newEnv(t, setup{options: realtime.Options{Anonymous: true}})
	short := newEnv(t, setup{upgradeListener: true, options: realtime.Options{Anonymous: true}})
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			want, wantBody := answer(t, long.knock(request))
			got, body := answer(t, short.knock(request))
			if got.Status != want.Status || body != wantBody {
				t.Errorf("got %s %q; want %s %q", got.Status, body, want.Status, wantBody)
			}
			if short.asked.Load() != long.asked.Load() {
				t.Errorf("the server was asked %d times; want %d", short.asked.Load(), long.asked.Load())
			}
		})
	}
}

func TestUpgradeListenerLetsTheServerSayNo(t *testing.T) {
	e := newEnv(t, setup{upgradeListener: true, options: realtime.Options{Anonymous: true, MaxSessionsPerAddress: 1}})
	if r, _ := answer(t, e.knock(flawless)); r.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the first: %s", r.Status)
	}
	if r, _ := answer(t, e.knock(flawless)); r.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one too many: %s; want 429", r.Status)
	}
}

// What comes in pieces, and what comes late on a connection, goes the long way.
func TestUpgradeListenerGivesWhatItHasRead(t *testing.T) {
	e := newEnv(t, setup{upgradeListener: true, options: realtime.Options{Anonymous: true}})
	first := "GET /nothing HTTP/1.1\r\nHost: a.example\r\n\r\n"
	conn := e.knock(first)
	if r, _ := answer(t, conn); r.StatusCode != http.StatusNotFound {
		t.Fatalf("the first request: %s", r.Status)
	}
	if _, err := io.WriteString(conn, flawless); err != nil {
		t.Fatal(err)
	}
	if r, _ := answer(t, conn); r.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("an upgrade as the second request: %s", r.Status)
	}
	if r, _ := answer(t, e.knock(flawless[:40], flawless[40:])); r.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("a handshake in pieces: %s", r.Status)
	}
}

func TestUpgradeListenerHandsOverWhoIsSilent(t *testing.T) {
	heard := make(chan struct{}, 1)
	e := newEnv(t, setup{upgradeListener: true, connState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			heard <- struct{}{}
		}
	}})
	e.knock()
	select {
	case <-heard: // its timeouts hold from now on
	case <-time.After(patience):
		t.Error("the server never heard of a silent connection")
	}
}

// FuzzParseHandshake checks that the listener accepts nothing that a server would refuse.
// Guarantees: A42
func FuzzParseHandshake(f *testing.F) {
	f.Add(flawless)
	f.Add("GET /ws?x=1 HTTP/1.1\r\nHost: [::1]:9000\r\nX: y\r\n\r\nabc")
	f.Fuzz(func(t *testing.T, request string) {
		host, early, ok := ws.ParseHandshake([]byte(request), "GET /ws")
		if !ok {
			return
		}
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(request)))
		switch {
		case err != nil:
			t.Errorf("taken, and no request: %v", err)
		case r.URL.Path != "/ws" || r.Host != host || host == "" || !r.ProtoAtLeast(1, 1):
			t.Errorf("taken: %q for %q", r.URL, r.Host)
		case !strings.HasSuffix(request, "\r\n\r\n"+string(early)):
			t.Errorf("what came along is not %q", early)
		}
	})
}

// complaints passes on what a server complains of.
type complaints chan string

func (c complaints) Write(b []byte) (int, error) {
	select {
	case c <- string(b):
	default:
	}
	return len(b), nil
}

func TestUpgradeListenerOutlastsAPanicOfAnOption(t *testing.T) {
	for name, opts := range map[string]ws.Options{
		"ClientAddress": {ClientAddress: func(r *http.Request) netip.Addr {
			if r.Header.Get("X-Bad") != "" {
				panic("no such address")
			}
			return netip.Addr{}
		}},
		"AllowedHost": {AllowedHost: func(host string) bool {
			if host == "bad.example" {
				panic("no such address")
			}
			return true
		}},
	} {
		t.Run(name, func(t *testing.T) {
			said := make(complaints, 1)
			e := newEnv(t, setup{upgradeListener: true, errorLog: log.New(said, "", 0), ws: opts, options: realtime.Options{Anonymous: true}})
			conn := e.knock(strings.Replace(flawless, "Host: tidings.example:9000\r\n", "Host: bad.example\r\nX-Bad: 1\r\n", 1))
			if b, err := io.ReadAll(conn); err != nil || len(b) != 0 {
				t.Errorf("got %q, %v; want the end", b, err)
			}
			if line := <-said; !strings.Contains(line, "no such address") {
				t.Errorf("the server said %q; want what went wrong", line)
			}
			if r, _ := answer(t, e.knock(flawless)); r.StatusCode != http.StatusSwitchingProtocols {
				t.Errorf("the next one got %s; want a socket", r.Status)
			}
		})
	}
}

// A host that the handler does not go by is refused on either way in, and one
// that it does allow is upgraded by the listener.
// Guarantees: A2
func TestHostsThatAreNotAllowed(t *testing.T) {
	allowed := func(host string) bool { return host == "tidings.example:9000" }
	for name, upgradeListener := range bothWays {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, setup{upgradeListener: upgradeListener, ws: ws.Options{AllowedHost: allowed}, options: realtime.Options{Anonymous: true}})
			if r, _ := answer(t, e.knock(flawless)); r.StatusCode != http.StatusSwitchingProtocols || upgradeListener != (e.asked.Load() == 0) {
				t.Errorf("an allowed host got %s; the server was asked %d times", r.Status, e.asked.Load())
			}
			for _, host := range []string{"evil.example:9000", "tidings.example", "tidings.example.evil.example:9000", "127.0.0.1"} {
				r, body := answer(t, e.knock(strings.Replace(flawless, "tidings.example:9000", host, 1)))
				if r.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(body, "wrong_host") {
					t.Errorf("%s got %s %s; want 421 wrong_host", host, r.Status, body)
				}
			}
		})
	}
}

func TestUpgradeListenerOutlastsWantOfDescriptors(t *testing.T) {
	said := make(complaints, 1)
	e := newEnv(t, setup{upgradeListener: true, errorLog: log.New(said, "", 0), options: realtime.Options{Anonymous: true}})
	conn := e.knock()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	restore := func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(restore)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 0, Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, flawless); err != nil {
		t.Fatal(err)
	}
	select {
	case line := <-said:
		if !strings.Contains(line, "retrying") {
			t.Errorf("the server said %q; want that it tries again", line)
		}
	case <-time.After(patience):
		t.Error("nobody wanted for a descriptor")
	}
	restore()
	if r, _ := answer(t, conn); r.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("got %s; want a socket, late", r.Status)
	}
}
