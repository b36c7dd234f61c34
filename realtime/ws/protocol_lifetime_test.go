package ws_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/realtime"
)

// Guarantees: L6
func TestR70ASilentPeerIsPingedThenGone(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{PingInterval: 100 * time.Millisecond, PongTimeout: 500 * time.Millisecond}})
	pinged := make(chan struct{}, 100)
	alive := e.dialWith(&websocket.DialOptions{OnPingReceived: func(context.Context, []byte) bool { pinged <- struct{}{}; return true }})
	dead := e.dialWith(&websocket.DialOptions{OnPingReceived: func(context.Context, []byte) bool { return false }})
	for _, c := range []*client{alive, dead} {
		c.send(`{"action":"auth","token":"anna"}`)
		c.expect("hello")
	}
	reading := alive.conn.CloseRead(alive.ctx)
	dead.expectClose(realtime.ClosePingTimeout)
	for range 3 {
		<-pinged
	}
	if reading.Err() != nil {
		t.Error("the one that answers was closed, too")
	}
	if got := e.hub.Stats().Closed[realtime.ClosePingTimeout]; got != 1 {
		t.Errorf("%d ping timeouts; want 1", got)
	}
}

// dialWith connects with options of the test's own.
func (e *env) dialWith(opts *websocket.DialOptions) *client {
	e.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	opts.HTTPClient = http.DefaultClient
	conn, _, err := websocket.Dial(ctx, e.http.URL+"/ws", opts)
	if err != nil {
		cancel()
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = conn.CloseNow(); cancel() })
	return &client{e.t, conn, ctx}
}

// Guarantees: L4
func TestR71Drain(t *testing.T) {
	const sessions, window = 20, 2 * time.Second
	e := newEnv(t, setup{options: realtime.Options{DrainWindow: window}})
	clients := make([]*client, sessions)
	for i := range clients {
		clients[i] = e.login("anna")
		clients[i].subscribe("list:a")
	}
	e.publish("list:a", 3)
	waitFor(t, func() bool { return e.hub.Stats().Events == 3 })
	drained := make(chan struct{})
	go func() { e.hub.Drain(context.Background()); close(drained) }()
	perSlot := map[int]int{}
	for _, c := range clients {
		c.expectEvents("list:a", 1, 3) // what was sent before still comes
		m := c.expect("drain")
		perSlot[*m.ReconnectMS*4/int(window.Milliseconds())]++
		c.expectClose(realtime.CloseDrain)
	}
	<-drained
	for slot := range 4 {
		if perSlot[slot] != sessions/4 {
			t.Errorf("a quarter of the window brings %d back; want %d: %v", perSlot[slot], sessions/4, perSlot)
		}
	}
	if !e.hub.Draining() || e.hub.Stats().Sessions != 0 {
		t.Errorf("draining %v with %d sessions", e.hub.Draining(), e.hub.Stats().Sessions)
	}
}

func TestR71DrainDoesNotWaitForASlowReader(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{QueueBytes: 64 << 20}})
	c := e.login("anna")
	c.subscribe("list:a")
	for range 300 {
		e.hub.Deliver(e.log.Append(realtime.Event{Topic: "list:a", Type: realtime.Updated, EntityID: "e", Payload: []byte(`"` + string(make60k()) + `"`)}))
	}
	waitFor(t, func() bool { return e.hub.Stats().Events == 300 })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	e.hub.Drain(ctx)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the drain took %v", took)
	}
}

func TestR72TheRangeOfACodeDecides(t *testing.T) {
	for code, want := range map[realtime.CloseCode]realtime.Reconnect{
		realtime.CloseDrain: realtime.ReconnectAfter, realtime.CloseSlowConsumer: realtime.ReconnectNow,
		realtime.CloseTokenExpired: realtime.ReconnectFreshToken, realtime.CloseSessionRevoked: realtime.ReconnectNever,
		3499: realtime.ReconnectBackoff, 3599: realtime.ReconnectNever, 3999: realtime.ReconnectNever,
		4000: realtime.ReconnectBackoff, 4500: realtime.ReconnectNever, 4999: realtime.ReconnectNever, 1099: realtime.ReconnectBackoff,
	} {
		if got := code.Reconnect(); got != want {
			t.Errorf("after %d: %s; want %s", code, got, want)
		}
	}
}

func TestR80Signals(t *testing.T) {
	e := newEnv(t, setup{})
	anna, bert, carl := e.login("anna"), e.login("bert"), e.login("carl")
	anna.subscribe("list:a")
	bert.subscribe("list:a")
	anna.send(`{"action":"signal","topic":"list:a","data":{"card":"c1"}}`)
	if m := bert.expect("signal"); m.UserID != "anna" || string(m.Data) != `{"card":"c1"}` || m.Topic != "list:a" {
		t.Errorf("got %s", m.raw)
	}
	anna.expectSilence() // it does not come back
	carl.send(`{"action":"signal","topic":"list:a","data":1}`)
	carl.expectError(realtime.CodeNotSubscribed)
	anna.subscribe("wishes:a")
	anna.send(`{"action":"signal","topic":"wishes:a","data":1}`)
	anna.expectError(realtime.CodeForbidden)
	anna.send(`{"action":"signal","topic":"list:a","data":%q}`, make60k()[:realtime.MaxSignal])
	anna.expectError(realtime.CodeBadRequest)
}

// The same protocol over TLS, where goroutines read and write.
func TestOverTLS(t *testing.T) {
	e := newEnv(t, setup{tls: true})
	a, b := e.login("anna"), e.login("bert")
	for _, c := range []*client{a, b} {
		c.subscribe("list:a")
	}
	e.publish("list:a", 50)
	a.expectEvents("list:a", 1, 50)
	b.expectEvents("list:a", 1, 50)
	e.hub.EndUser("anna")
	a.expectClose(realtime.CloseSessionRevoked)
	e.hub.Drain(t.Context())
	b.expect("drain")
	b.expectClose(realtime.CloseDrain)
}
