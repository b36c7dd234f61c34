package ws_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/ws"
)

// Guarantees: A35, A36, A37
func TestR1MessagesAreTextOfBoundedSize(t *testing.T) {
	e := newEnv(t, setup{})
	t.Run("binary", func(t *testing.T) {
		c := e.login("anna")
		if err := c.conn.Write(c.ctx, websocket.MessageBinary, []byte(`{"action":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		c.expectClose(realtime.CloseUnsupportedData)
	})
	t.Run("the largest", func(t *testing.T) {
		c := e.login("anna")
		c.send(`{"action":"ping"}%s`, strings.Repeat(" ", realtime.DefaultMaxMessage-len(`{"action":"ping"}`)))
		c.expect("pong")
	})
	t.Run("too large", func(t *testing.T) {
		c := e.login("anna")
		c.send(`{"action":"ping"}%s`, strings.Repeat(" ", realtime.DefaultMaxMessage))
		c.expectClose(realtime.CloseMessageTooBig)
	})
	t.Run("not UTF-8", func(t *testing.T) {
		c := e.login("anna")
		c.send("%s", "\xff")
		c.expectClose(realtime.CloseInvalidPayload)
	})
	t.Run("no compression, no subprotocol", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		conn, response, err := websocket.Dial(ctx, e.http.URL+"/ws", &websocket.DialOptions{
			Subprotocols: []string{"tidings"}, CompressionMode: websocket.CompressionContextTakeover,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.CloseNow() }()
		if got := response.Header.Get("Sec-WebSocket-Extensions") + response.Header.Get("Sec-WebSocket-Protocol"); got != "" {
			t.Errorf("negotiated %q; want nothing", got)
		}
	})
}

// greeting tells apart how a connection begins: 101 when it is one, else the code and
// the reason that the server closes it with.
func greeting(t *testing.T, conn io.ReadWriter) (status int, reason string) {
	t.Helper()
	if _, err := conn.Write([]byte("\x88\x82\x00\x00\x00\x00\x03\xe8")); err != nil { // a close frame: 1000
		t.Fatal(err)
	}
	header := make([]byte, 4)
	if _, err := io.ReadFull(conn, header); err != nil || header[0] != 0x88 {
		t.Fatalf("%x, %v; want a close frame", header, err)
	}
	words := make([]byte, int(header[1])-2)
	if _, err := io.ReadFull(conn, words); err != nil {
		t.Fatal(err)
	}
	if code := int(header[2])<<8 | int(header[3]); code != int(realtime.CloseNormal) {
		return code, string(words)
	}
	return http.StatusSwitchingProtocols, ""
}

// get asks for an upgrade and returns how it was refused.
func (e *env) get(t *testing.T, query string, header http.Header) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.http.URL+"/ws"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"MDEyMzQ1Njc4OWFiY2RlZg=="},
	}
	for name, values := range header {
		r.Header[name] = values
	}
	response, err := http.DefaultTransport.(*http.Transport).Clone().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return greeting(t, response.Body.(io.ReadWriter))
	}
	again := response.Header.Get("Retry-After")
	if code := response.StatusCode; again == "" && (code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable) {
		t.Errorf("R-4: %d says not when to come back", code)
	}
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

// Guarantees: A3
func TestR2ATokenInTheURLIsRefused(t *testing.T) {
	var logs bytes.Buffer
	e := newEnv(t, setup{options: realtime.Options{Logger: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))}})
	for _, query := range []string{"?token=geheim", "?access_token=geheim", "?a=b&Token=geheim", "?jwt=geheim", "?auth=geheim", "?%54oken=geheim", "?a=%&token=geheim"} {
		status, body := e.get(t, query, nil)
		if status != http.StatusBadRequest || !strings.Contains(body, "token_in_url") {
			t.Errorf("%s: %d %s; want 400 token_in_url", query, status, body)
		}
		if strings.Contains(body+logs.String(), "geheim") {
			t.Errorf("%s: the token was repeated", query)
		}
	}
	if status, _ := e.get(t, "?v=2", nil); status != http.StatusSwitchingProtocols {
		t.Errorf("another parameter: %d; want 101", status)
	}
}

// A browser leaves out the usual port of a scheme, and a proxy may name it.
// Guarantees: A1
func TestR3TheUsualPortOfAnOrigin(t *testing.T) {
	e := newEnv(t, setup{})
	for _, c := range []struct {
		origin, host string
		want         int
	}{
		{"https://app.example.com", "app.example.com", 101},
		{"https://app.example.com", "app.example.com:443", 101},
		{"https://app.example.com:443", "app.example.com", 101},
		{"http://app.example.com", "app.example.com:80", 101},
		{"https://app.example.com:8443", "app.example.com:8443", 101},
		{"https://[2001:db8::1]", "[2001:db8::1]:443", 101},
		{"https://app.example.com", "app.example.com:80", 403},
		{"http://app.example.com", "app.example.com:443", 403},
		{"https://app.example.com:8443", "app.example.com", 403},
		{"https://app.example.com", "app.example.com:8443", 403},
		{"ws://app.example.com", "app.example.com", 403},
		{"https://a@app.example.com", "app.example.com", 403},
		{"https://app.example.com/", "app.example.com", 403},
		{"https://:443", ":443", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "/ws", nil)
		r.Host = c.host
		r.Header = http.Header{
			"Origin": {c.origin}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"MDEyMzQ1Njc4OWFiY2RlZg=="},
		}
		w := httptest.NewRecorder()
		var refused string
		ws.NewHandler(e.hub, ws.Options{Refused: func(_ *http.Request, reason string) {
			if refused == "" {
				refused = reason
			}
		}}).ServeHTTP(w, r)
		// A page that may come in meets a server that cannot hand over the connection.
		if let := refused != "forbidden_origin"; let != (c.want == 101) {
			t.Errorf("origin %s, host %s: %s; want it let in: %v", c.origin, c.host, refused, c.want == 101)
		}
	}
}

// A server's log and metrics tell of every request that does not become a session.
// Guarantees: A1
func TestR3AndR4RefusalsAreTold(t *testing.T) {
	var mu sync.Mutex
	told := make(map[string]int)
	full := false
	e := newEnv(t, setup{
		options: realtime.Options{MaxSessionsPerAddress: 1},
		ws: ws.Options{
			AllowOrigin: func(origin string) bool { return origin == "https://one.example" },
			AllowedHost: func(host string) bool { return host != "evil.example" },
			Room:        func() bool { return !full },
			Refused: func(r *http.Request, reason string) {
				mu.Lock()
				defer mu.Unlock()
				told[reason]++
				if r.URL.Path != "/ws" || !slices.Contains(ws.Reasons, reason) {
					t.Errorf("%s: %q is no reason", r.URL.Path, reason)
				}
			},
		},
	})
	count := func(why string) int {
		mu.Lock()
		defer mu.Unlock()
		return told[why]
	}
	refused := func(why string, status int, query string, header http.Header) {
		t.Helper()
		before := count(why)
		if got, body := e.get(t, query, header); got != status || !strings.Contains(body, why) || count(why) != before+1 {
			t.Errorf("%d %s, told %d times; want %d for %q, and to be told once", got, body, count(why)-before, status, why)
		}
	}
	if got, reason := e.get(t, "", http.Header{"Origin": {"https://two.example"}}); got != 3503 || reason == "" || count("forbidden_origin") != 1 {
		t.Errorf("a foreign page: %d %q, told %d times; want 3503, and to be told once", got, reason, count("forbidden_origin"))
	}
	refused("forbidden_origin", 403, "", http.Header{"Cookie": {"a=b"}})
	refused("forbidden_origin", 403, "", http.Header{"Origin": {"https://two.example"}, "Upgrade": {"h2c"}})
	refused("token_in_url", 400, "?token=x", nil)
	refused("upgrade_required", 426, "", http.Header{"Upgrade": {"h2c"}})
	refused("bad_request", 400, "", http.Header{"Sec-Websocket-Key": {"short"}})
	full = true
	refused("no_descriptors", 503, "", nil)
	full = false
	if got, body := e.get(t, "", http.Header{"Origin": {"https://one.example"}}); got != http.StatusSwitchingProtocols {
		t.Errorf("an origin that is allowed by name: %d %s", got, body)
	}
	waitFor(t, func() bool { return e.hub.Stats().Sessions == 0 }) // it makes room
	e.login("anna")
	refused("too_many_sessions", 429, "", nil)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/ws", nil)
	r.Host = "evil.example"
	e.http.Config.Handler.ServeHTTP(w, r)
	if w.Code != http.StatusMisdirectedRequest || count("wrong_host") != 1 {
		t.Errorf("another host: %d, told %d times", w.Code, count("wrong_host"))
	}
}

// Guarantees: A1
func TestR3Origin(t *testing.T) {
	e := newEnv(t, setup{ws: ws.Options{AllowedOrigins: []string{"https://app.example.com"}}})
	host := strings.TrimPrefix(e.http.URL, "http://")
	for _, c := range []struct {
		name   string
		header http.Header
		want   int
	}{
		{"none", nil, 101},
		{"same host", http.Header{"Origin": {"http://" + host}}, 101},
		{"allowed", http.Header{"Origin": {"https://app.example.com"}}, 101},
		{"foreign", http.Header{"Origin": {"https://evil.example"}}, 3503},
		{"null", http.Header{"Origin": {"null"}}, 3503},
		{"empty", http.Header{"Origin": {""}}, 3503},
		{"suffix trick", http.Header{"Origin": {"https://app.example.com.evil.example"}}, 3503},
		{"prefix trick", http.Header{"Origin": {"https://evilapp.example.com"}}, 3503},
		{"allowed, other scheme", http.Header{"Origin": {"http://app.example.com"}}, 3503},
		{"allowed, other port", http.Header{"Origin": {"https://app.example.com:444"}}, 3503},
		{"same host, other port", http.Header{"Origin": {"http://127.0.0.1:1"}}, 3503},
		{"another scheme", http.Header{"Origin": {"file://" + host}}, 3503},
		{"user info trick", http.Header{"Origin": {"http://" + host + "@evil.example"}}, 3503},
		{"twice", http.Header{"Origin": {"http://" + host, "https://evil.example"}}, 403},
		{"absent with a cookie", http.Header{"Cookie": {"a=b"}}, 403},
		{"same host with a cookie", http.Header{"Origin": {"http://" + host}, "Cookie": {"a=b"}}, 101},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, body := e.get(t, "", c.header); status != c.want {
				t.Errorf("%d %s; want %d", status, body, c.want)
			}
		})
	}
}

// A page that may not connect is told so in a way that its script can read, and
// nothing it sends is looked at: it is no session, counts as none, and hears no more.
func TestR3AForeignPageIsClosedWithItsReason(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.dial(http.Header{"Origin": {"https://evil.example"}})
	c.send(`{"action":"auth","token":"anna/l1/1h"}`)
	if stats := e.hub.Stats(); stats.Sessions != 0 {
		t.Errorf("%d sessions; want none", stats.Sessions)
	}
	c.expectClose(realtime.CloseForbiddenOrigin)
}

// Guarantees: A40
func TestR4TooManyFromAnAddress(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{MaxSessionsPerAddress: 2}})
	first := e.login("anna")
	e.login("bert")
	if status, body := e.get(t, "", nil); status != http.StatusTooManyRequests || !strings.Contains(body, "too_many_sessions") {
		t.Errorf("the third: %d %s; want 429", status, body)
	}
	_ = first.conn.Close(websocket.StatusNormalClosure, "")
	waitFor(t, func() bool { return e.hub.Stats().Sessions == 1 })
	e.login("anna")
}

func TestR4DrainingTakesNobody(t *testing.T) {
	e := newEnv(t, setup{})
	e.hub.Drain(t.Context())
	if status, _ := e.get(t, "", nil); status != http.StatusServiceUnavailable {
		t.Errorf("%d; want 503", status)
	}
}

func TestR6NothingBeforeAuth(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.dial(nil)
	for _, frame := range []string{`{"action":"subscribe","topic":"list:a","ref":"x"}`, `{"action":"ping"}`, `{"action":"unsubscribe","topic":"list:a"}`} {
		c.send("%s", frame)
		c.expectError(realtime.CodeNotAuthenticated)
	}
	e.publish("list:a", 1)
	c.send(`{"action":"auth","token":"anna/l1/1h"}`)
	m := c.expect("hello")
	if m.Session == "" || m.PingMS != 25000 || m.Expires == nil || time.Until(*m.Expires) > time.Hour {
		t.Errorf("hello = %s", m.raw)
	}
	e.publish("list:a", 1)
	c.expectSilence()
}

// A device's clock may be wrong, so the server says how long a token lives, too.
func TestR6HelloSaysHowLongTheTokenLives(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.dial(nil)
	c.send(`{"action":"auth","token":"anna/l1/1h"}`)
	m := c.expect("hello")
	if left := m.ExpiresInMS; left == nil || *left > time.Hour.Milliseconds() || *left < time.Minute.Milliseconds() {
		t.Errorf("hello = %s; want almost an hour", m.raw)
	}
	forever := e.dial(nil)
	forever.send(`{"action":"auth","token":"anna"}`)
	if m := forever.expect("hello"); m.Expires != nil || m.ExpiresInMS != nil {
		t.Errorf("hello = %s; want a token that does not end", m.raw)
	}
}

// Guarantees: A4
func TestR7AuthTimeout(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{AuthTimeout: 100 * time.Millisecond}})
	silent := e.dial(nil)
	chatty := e.dial(nil)
	chatty.send(`{"action":"ping"}`)
	chatty.expectError(realtime.CodeNotAuthenticated)
	silent.expectClose(realtime.CloseAuthTimeout)
	chatty.expectClose(realtime.CloseAuthTimeout)
}

func TestR8ARefusedFirstAuthCloses(t *testing.T) {
	e := newEnv(t, setup{})
	for _, c := range []struct {
		token string
		code  realtime.Code
		close realtime.CloseCode
	}{
		{"bad", realtime.CodeTokenInvalid, realtime.CloseTokenInvalid},
		{"expired", realtime.CodeTokenExpired, realtime.CloseTokenExpired},
		{"anna/l/-1s", realtime.CodeTokenExpired, realtime.CloseTokenExpired},
		{"broken", realtime.CodeInternal, realtime.CloseInternal},
	} {
		t.Run(c.token, func(t *testing.T) {
			client := e.dial(nil)
			client.send(`{"action":"auth","token":%q}`, c.token)
			if m := client.expectError(c.code); strings.Contains(m.raw, "database") {
				t.Errorf("%s tells what is inside", m.raw)
			}
			client.expectClose(c.close)
		})
	}
}

// Guarantees: A17
func TestR9Refresh(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{TokenGrace: -1}})
	c := e.login("anna/l1/1h")
	c.subscribe("list:a")
	for token, code := range map[string]realtime.Code{
		"bad": realtime.CodeTokenInvalid, "expired": realtime.CodeTokenExpired, "bert/l2/1h": realtime.CodeTokenInvalid,
	} {
		c.send(`{"action":"auth","token":%q}`, token)
		c.expectError(code)
	}
	e.publish("list:a", 1)
	c.expectEvents("list:a", 1, 1)

	c.send(`{"action":"auth","token":"anna/l2/2h"}`)
	if m := c.expect("hello"); time.Until(*m.Expires) < time.Hour {
		t.Errorf("hello = %s; want the new token's end", m.raw)
	}
	e.hub.EndSession("l1") // no longer this session's login
	e.publish("list:a", 1)
	c.expectEvents("list:a", 2, 2)
	e.hub.EndSession("l2")
	c.expectClose(realtime.CloseSessionRevoked)
}

// Guarantees: A17
func TestR10TheTokenRunsOut(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{TokenGrace: time.Second}})
	late, never := e.login("anna/l1/500ms"), e.login("anna/l1/500ms")
	ranOut := time.Now().Add(500 * time.Millisecond)
	waitFor(t, func() bool { return time.Now().After(ranOut) })
	late.send(`{"action":"auth","token":"anna/l1/1h"}`)
	late.expect("hello")
	never.expectClose(realtime.CloseTokenExpired)
	late.expectSilence()
}

// Guarantees: S8
func TestR11TheLoginEnds(t *testing.T) {
	for name, end := range map[string]func(*realtime.Hub){
		"session": func(h *realtime.Hub) { h.EndSession("l1") },
		"user":    func(h *realtime.Hub) { h.EndUser("anna") },
		"token":   func(h *realtime.Hub) { h.EndToken("anna/l1") },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, setup{})
			c, tab, other := e.login("anna/l1"), e.login("anna/l1"), e.login("bert/l2")
			for _, c := range []*client{c, tab, other} {
				c.subscribe("list:a")
			}
			end(e.hub)
			e.publish("list:a", 1)
			c.expectCloseWithout("event", realtime.CloseSessionRevoked)
			tab.expectCloseWithout("event", realtime.CloseSessionRevoked)
			other.expectEvents("list:a", 1, 1)
		})
	}
}

// Guarantees: A33
func TestR11ALoginThatEndsDuringAuth(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna/l1")
	e.gate.end("l1")
	e.hub.EndSession("l1")
	c.expectClose(realtime.CloseSessionRevoked)
	again := e.dial(nil)
	again.send(`{"action":"auth","token":"anna/l1"}`)
	again.expectError(realtime.CodeTokenInvalid)
	again.expectClose(realtime.CloseTokenInvalid)
}

// Guarantees: A40
func TestR12TooManySessionsOfAUser(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{MaxSessionsPerUser: 2}})
	first := e.login("anna")
	e.login("anna")
	third := e.dial(nil)
	third.send(`{"action":"auth","token":"anna"}`)
	third.expectClose(realtime.CloseTooManySessions)
	e.login("bert")
	first.send(`{"action":"auth","token":"anna"}`) // a refresh takes no second place
	first.expect("hello")
}

func TestR13Anonymous(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{Anonymous: true}})
	c := e.dial(nil)
	c.expect("hello")
	c.subscribe("list:a")
	e.publish("list:a", 1)
	c.expectEvents("list:a", 1, 1)
	c.send(`{"action":"auth","token":"anna"}`)
	c.expect("hello")
}

// expectCloseWithout is expectClose, and no message of the kind may come before.
func (c *client) expectCloseWithout(kind string, code realtime.CloseCode) {
	c.t.Helper()
	for {
		b, err := c.next()
		if err != nil {
			if got := websocket.CloseStatus(err); got != websocket.StatusCode(code) {
				c.t.Fatalf("closed with %d (%v); want %d", got, err, code)
			}
			return
		}
		var m message
		if err := json.Unmarshal(b, &m); err != nil || m.Type == kind || m.Type == "" && kind == "event" {
			c.t.Fatalf("got %s before the close", b)
		}
	}
}

// waitFor waits until the condition holds.
func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatal("waited in vain")
		case <-tick.C:
		}
	}
}

// TestR1OverHTTP10: a proxy that forgets to say which HTTP it speaks.
func TestR1OverHTTP10(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/ws", nil)
	r.ProtoMajor, r.ProtoMinor = 1, 0
	r.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"MDEyMzQ1Njc4OWFiY2RlZg=="},
	}
	w := httptest.NewRecorder()
	err := ws.Accept(w, r, ws.Limits{}, func(*ws.Conn) ws.Endpoint { panic("it is no handshake") })
	if err == nil || w.Code != http.StatusHTTPVersionNotSupported || !strings.Contains(w.Body.String(), "use HTTP/1.1, and have a proxy") {
		t.Errorf("%v: %d %s", err, w.Code, w.Body)
	}
}
