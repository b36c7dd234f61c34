package ws_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/realtime"
)

// codes is protocol/codes.json.
type codes struct {
	Errors []struct{ Code realtime.Code }
	Closes []struct {
		Code      realtime.CloseCode
		Name      string
		Reconnect realtime.Reconnect
	}
}

func readCodes(t *testing.T) (all codes) {
	t.Helper()
	b, err := os.ReadFile("../../protocol/codes.json")
	if err == nil {
		err = json.Unmarshal(b, &all)
	}
	if err != nil || len(all.Errors) == 0 || len(all.Closes) == 0 {
		t.Fatalf("reading the codes: %v", err)
	}
	return all
}

// errorScenarios bring about each error, as the last message that the client
// gets.
var errorScenarios = map[realtime.Code]struct {
	options realtime.Options
	token   string // "" for none
	frames  []string
}{
	realtime.CodeBadRequest:       {token: "anna", frames: []string{`{"action":"dance"}`}},
	realtime.CodeInvalidTopic:     {token: "anna", frames: []string{`{"action":"subscribe","topic":"list:undefined"}`}},
	realtime.CodeForbidden:        {token: "anna", frames: []string{`{"action":"subscribe","topic":"secret:a"}`}},
	realtime.CodeNotAuthenticated: {frames: []string{`{"action":"ping"}`}},
	realtime.CodeTokenInvalid:     {frames: []string{`{"action":"auth","token":"bad"}`}},
	realtime.CodeTokenExpired:     {frames: []string{`{"action":"auth","token":"expired"}`}},
	realtime.CodeRateLimited:      {options: realtime.Options{InboundBurst: 1, InboundRate: 0.001}, token: "anna", frames: []string{`{"action":"ping"}`}},
	realtime.CodeTooManyTopics:    {options: realtime.Options{MaxTopics: 1}, token: "anna", frames: []string{`{"action":"subscribe","topics":[{"topic":"list:a"},{"topic":"list:b"}]}`}},
	realtime.CodeNotSubscribed:    {token: "anna", frames: []string{`{"action":"unsubscribe","topic":"list:a"}`}},
	realtime.CodeInternal:         {token: "anna", frames: []string{`{"action":"subscribe","topic":"broken:a"}`}},
}

func TestEveryErrorCode(t *testing.T) {
	for _, known := range readCodes(t).Errors {
		t.Run(string(known.Code), func(t *testing.T) {
			scenario, ok := errorScenarios[known.Code]
			if !ok {
				t.Fatal("nothing brings it about")
			}
			e := newEnv(t, setup{options: scenario.options})
			c := e.dial(nil)
			if scenario.token != "" {
				c.send(`{"action":"auth","token":%q}`, scenario.token)
				c.expect("hello")
			}
			for _, frame := range scenario.frames {
				c.send("%s", frame)
			}
			m := c.read()
			for m.Type != "error" {
				m = c.read()
			}
			if m.Code != string(known.Code) || m.Message == "" {
				t.Errorf("got %s", m.raw)
			}
		})
	}
}

// closeScenarios bring about each close that the server itself begins.
var closeScenarios = map[realtime.CloseCode]struct {
	options realtime.Options
	play    func(e *env) *client
}{
	realtime.CloseGoingAway: {play: func(e *env) *client { c := e.login("anna"); e.hub.Close(); return c }},
	realtime.CloseProtocolError: {play: func(e *env) *client {
		return e.breaking([]byte{0xC1, 0x80, 0, 0, 0, 0}) // a reserved bit
	}},
	realtime.CloseUnsupportedData: {play: func(e *env) *client {
		c := e.login("anna")
		_ = c.conn.Write(c.ctx, websocket.MessageBinary, []byte("x")) // the close shows
		return c
	}},
	realtime.CloseInvalidPayload: {play: func(e *env) *client { c := e.login("anna"); c.send("%s", "\xff"); return c }},
	realtime.CloseMessageTooBig: {options: realtime.Options{MaxMessage: 1000}, play: func(e *env) *client {
		c := e.login("anna")
		c.send("%s", strings.Repeat(" ", 1001))
		return c
	}},
	realtime.CloseDrain: {options: realtime.Options{DrainWindow: time.Millisecond}, play: func(e *env) *client {
		c := e.login("anna")
		e.hub.Drain(e.t.Context())
		return c
	}},
	realtime.CloseSlowConsumer: {options: realtime.Options{QueueBytes: 1000}, play: func(e *env) *client {
		c := e.login("anna")
		c.subscribe("list:a")
		for e.hub.Stats().Sessions > 0 {
			e.publish("list:a", 500) // more than the sockets hold between them
		}
		return c
	}},
	realtime.ClosePingTimeout: {options: realtime.Options{PingInterval: 50 * time.Millisecond, PongTimeout: 50 * time.Millisecond}, play: func(e *env) *client {
		c := e.dialWith(&websocket.DialOptions{OnPingReceived: func(context.Context, []byte) bool { return false }})
		c.send(`{"action":"auth","token":"anna"}`)
		return c
	}},
	realtime.CloseTokenExpired:    {play: func(e *env) *client { return e.auth("expired") }},
	realtime.CloseInternal:        {play: func(e *env) *client { return e.auth("broken") }},
	realtime.CloseTokenInvalid:    {play: func(e *env) *client { return e.auth("bad") }},
	realtime.CloseAuthTimeout:     {options: realtime.Options{AuthTimeout: 50 * time.Millisecond}, play: func(e *env) *client { return e.dial(nil) }},
	realtime.CloseTooManySessions: {options: realtime.Options{MaxSessionsPerUser: 1}, play: func(e *env) *client { e.login("anna"); return e.auth("anna") }},
	realtime.CloseSessionRevoked:  {play: func(e *env) *client { c := e.login("anna"); e.hub.EndUser("anna"); return c }},
	realtime.CloseRateLimited: {options: realtime.Options{InboundBurst: 1, InboundRate: 0.001, MaxStrikes: 1}, play: func(e *env) *client {
		c := e.login("anna")
		for range 3 {
			c.send(`{"action":"ping"}`)
		}
		return c
	}},
	realtime.CloseBadRequest: {options: realtime.Options{MaxStrikes: 1}, play: func(e *env) *client {
		c := e.login("anna")
		for range 3 {
			c.send(`{}`)
		}
		return c
	}},
}

// elsewhere are the closes that a server of ours never begins, and why. It
// answers a peer that begins them.
var elsewhere = map[realtime.CloseCode]string{
	realtime.CloseNormal:         "it is the client that leaves on purpose",
	realtime.CloseInternalError:  "a proxy's word",
	realtime.CloseServiceRestart: "a proxy's word",
	realtime.CloseTryAgainLater:  "a proxy's word",
}

// Every close code of the table is seen on the wire: those that the server
// begins, and those that it answers.
func TestEveryCloseCode(t *testing.T) {
	for _, known := range readCodes(t).Closes {
		t.Run(known.Name, func(t *testing.T) {
			if known.Code.Name() != known.Name || known.Code.Reconnect() != known.Reconnect {
				t.Errorf("Go knows it as %s, reconnect %s", known.Code.Name(), known.Code.Reconnect())
			}
			if scenario, ok := closeScenarios[known.Code]; ok {
				e := newEnv(t, setup{options: scenario.options})
				scenario.play(e).expectClose(known.Code)
				waitFor(t, func() bool { return e.hub.Stats().Closed[known.Code] == 1 })
				return
			}
			switch e := newEnv(t, setup{}); {
			case known.Code == realtime.CloseAbnormal:
				e.expectAbnormal()
			case known.Code == realtime.CloseForbiddenOrigin: // there is no session to count
				e.dial(http.Header{"Origin": {"https://evil.example"}}).expectClose(known.Code)
			case elsewhere[known.Code] != "":
				c := e.login("anna")
				// Close waits for the answer, which must be the same.
				if err := c.conn.Close(websocket.StatusCode(known.Code), "bye"); err != nil {
					t.Errorf("closing: %v", err)
				}
				waitFor(t, func() bool { return e.hub.Stats().Closed[realtime.CloseNormal] == 1 })
			default:
				t.Fatal("nothing brings it about")
			}
		})
	}
}

// auth connects and says who is there.
func (e *env) auth(token string) *client {
	c := e.dial(nil)
	c.send(`{"action":"auth","token":%q}`, token)
	return c
}

// expectAbnormal expects a peer that just goes to be counted as that, and a
// server that just goes to be seen as that: 1006 is never sent.
func (e *env) expectAbnormal() {
	e.t.Helper()
	c := e.login("anna")
	_ = c.conn.CloseNow() // without a word
	waitFor(e.t, func() bool { return e.hub.Stats().Closed[realtime.CloseAbnormal] == 1 })
	other := e.breaking([]byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xEE}) // a close frame that says 1006
	other.expectClose(realtime.CloseProtocolError)
}

// breaking logs in, and then sends bytes that no good client sends.
func (e *env) breaking(b []byte) *client {
	e.t.Helper()
	var raw net.Conn
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (_ net.Conn, err error) {
		raw, err = new(net.Dialer).DialContext(ctx, network, addr)
		return raw, err
	}}
	ctx, cancel := context.WithCancel(context.Background())
	conn, _, err := websocket.Dial(ctx, e.http.URL+"/ws", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		cancel()
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = conn.CloseNow(); cancel() })
	c := &client{e.t, conn, ctx}
	c.send(`{"action":"auth","token":"anna"}`)
	c.expect("hello")
	if _, err := raw.Write(b); err != nil {
		e.t.Fatal(err)
	}
	return c
}
