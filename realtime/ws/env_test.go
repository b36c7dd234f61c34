package ws_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/ws"
)

// patience is how long a test waits for what must come, each time anew.
const patience = time.Minute

// unhurried gives the deadlines that a test is not about so much time that the
// machine's load does not reach them.
func unhurried(s *setup) {
	s.ws.CloseTimeout = cmp.Or(s.ws.CloseTimeout, patience)
	for _, deadline := range []*time.Duration{
		&s.options.AuthTimeout, &s.options.WriteTimeout, &s.options.PongTimeout, &s.options.CallTimeout, &s.options.HoldAfter,
	} {
		*deadline = cmp.Or(*deadline, patience)
	}
}

// gatekeeper is an Authorizer that tests steer. A token is "user", "user/login"
// or "user/login/lifetime"; topics of the type "secret" are forbidden, and those
// of the type "missing" do not exist.
type gatekeeper struct {
	mu     sync.Mutex
	denied map[string]bool // "user topic"
	ended  map[string]bool // logins
	broken bool            // whether nobody can tell who may read what
	// before, when set, is called with each topic before it is authorized.
	before func(topic realtime.Topic)
}

// beforeEach sets what is called with each topic before it is authorized.
func (g *gatekeeper) beforeEach(before func(topic realtime.Topic)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.before = before
}

func (g *gatekeeper) Authenticate(_ context.Context, token string) (who realtime.Identity, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	parts := strings.Split(token+"//", "/")
	switch {
	case token == "broken":
		return who, errors.New("the database is away")
	case token == "expired":
		return who, &realtime.Error{Code: realtime.CodeTokenExpired, Message: "the token has expired"}
	case token == "bad" || g.ended[parts[1]]:
		return who, &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token is not valid"}
	}
	who = realtime.Identity{User: parts[0], Session: parts[1], Token: token}
	if parts[2] != "" {
		lifetime, err := time.ParseDuration(parts[2])
		if err != nil {
			return who, err
		}
		who.Expires = time.Now().Add(lifetime)
	}
	return who, nil
}

func (g *gatekeeper) Authorize(_ context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	g.mu.Lock()
	before := g.before
	g.mu.Unlock()
	if before != nil {
		before(topic)
	}
	if list, ok := strings.CutPrefix(string(topic), "list-item:list-"); ok {
		topic = realtime.Topic("list-items:" + list)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case topic.Type() == "broken" || g.broken:
		return "", errors.New("the database is away")
	case topic.Type() == "secret" || topic.Type() == "missing" || g.denied[who.User+" "+string(topic)]:
		return "", realtime.ErrForbidden
	}
	return topic, nil
}

func (g *gatekeeper) Group(_ context.Context, _ realtime.Identity, topic realtime.Topic) string {
	if topic.Type() == "wishes" {
		return ""
	}
	return string(topic)
}

func (g *gatekeeper) deny(user string, topic realtime.Topic) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.denied[user+" "+string(topic)] = true
}

func (g *gatekeeper) end(login string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended[login] = true
}

// env is a server under test.
type env struct {
	t    *testing.T
	log  *memlog.Log
	hub  *realtime.Hub
	gate *gatekeeper
	http *httptest.Server
	// asked counts what reached the HTTP server's handlers.
	asked atomic.Int64
}

// setup is what a test changes about its env.
type setup struct {
	options realtime.Options
	ws      ws.Options
	log     memlog.Options
	// wrap, when set, stands between the hub and the log.
	wrap func(realtime.Log) realtime.Log
	// tls makes the server speak TLS, and so the transport use goroutines.
	tls bool
	// upgradeListener has the listener answer handshakes.
	upgradeListener bool
	// connState, when set, is told of the HTTP server's connections.
	connState func(net.Conn, http.ConnState)
	// errorLog, when set, is where the HTTP server complains.
	errorLog *stdlog.Logger
}

func newEnv(t *testing.T, s setup) *env {
	t.Helper()
	e := &env{t: t, log: memlog.New(s.log), gate: &gatekeeper{denied: map[string]bool{}, ended: map[string]bool{}}}
	if s.options.Logger == nil {
		s.options.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	unhurried(&s)
	var log realtime.Log = e.log
	if s.wrap != nil {
		log = s.wrap(log)
	}
	e.hub = realtime.NewHub(log, e.gate, s.options)
	mux, handler := http.NewServeMux(), ws.NewHandler(e.hub, s.ws)
	mux.Handle("/ws", handler)
	e.http = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked.Add(1)
		mux.ServeHTTP(w, r)
	}))
	e.http.Config.ConnState, e.http.Config.ErrorLog = s.connState, s.errorLog
	if s.upgradeListener {
		var err error
		if e.http.Listener, err = handler.UpgradeListener(e.http.Listener, "/ws"); err != nil {
			t.Fatal(err)
		}
	}
	if s.tls {
		e.http.StartTLS()
	} else {
		e.http.Start()
	}
	t.Cleanup(func() {
		e.hub.Close()
		e.http.CloseClientConnections()
		e.http.Close()
	})
	return e
}

// publish commits events to the topic and hands them over.
func (e *env) publish(topic realtime.Topic, n int) []realtime.Entry {
	entries := e.commit(topic, n)
	e.hub.Deliver(entries)
	return entries
}

// commit appends events that the hub is not told of.
func (e *env) commit(topic realtime.Topic, n int) (entries []realtime.Entry) {
	for i := range n {
		entries = append(entries, e.log.Append(realtime.Event{
			Topic: topic, Type: realtime.Updated, EntityID: fmt.Sprint(i), Payload: json.RawMessage(`{"name":"x"}`), UserID: "someone",
		})...)
	}
	return entries
}

func (e *env) epoch() string {
	heads, err := e.log.Heads(context.Background(), []realtime.Topic{"a:b"})
	if err != nil {
		e.t.Fatal(err)
	}
	return string(heads[0].Epoch)
}

// client is a peer of a server under test.
type client struct {
	t    *testing.T
	conn *websocket.Conn
	ctx  context.Context
}

// message is any message from the server.
type message struct {
	Type         string
	Topic        string
	Canonical    string
	Event        string
	Epoch        string
	Seq          int
	Recovered    *bool
	Ref          string
	Code         string
	Message      string
	Reason       string
	Session      string
	Expires      *time.Time
	ExpiresInMS  *int64 `json:"expires_in_ms"`
	PingMS       int    `json:"ping_ms"`
	RetryAfterMS int    `json:"retry_after_ms"`
	ReconnectMS  *int   `json:"reconnect_after_ms"`
	UserID       string `json:"user_id"`
	Data         json.RawMessage
	raw          string
}

// dial connects without authenticating.
func (e *env) dial(header http.Header) *client {
	e.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	conn, response, err := websocket.Dial(ctx, e.http.URL+"/ws", &websocket.DialOptions{HTTPHeader: header, HTTPClient: e.http.Client()})
	if err != nil {
		cancel()
		e.t.Fatalf("dialing: %v (%v)", err, response)
	}
	conn.SetReadLimit(1 << 20)
	e.t.Cleanup(func() { _ = conn.CloseNow(); cancel() })
	return &client{e.t, conn, ctx}
}

// login connects and authenticates.
func (e *env) login(token string) *client {
	e.t.Helper()
	c := e.dial(nil)
	c.send(`{"action":"auth","token":%q}`, token)
	c.expect("hello")
	return c
}

func (c *client) send(format string, args ...any) {
	c.t.Helper()
	if err := c.trySend(fmt.Sprintf(format, args...)); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

// next returns the next message, or how the connection has ended.
func (c *client) next() ([]byte, error) {
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	_, b, err := c.conn.Read(ctx)
	return b, err
}

// read returns the next message; an event has the Type "event".
func (c *client) read() message {
	c.t.Helper()
	b, err := c.next()
	if err != nil {
		c.t.Fatalf("reading: %v", err)
	}
	m := message{raw: string(b)}
	if err := json.Unmarshal(b, &m); err != nil {
		c.t.Fatalf("reading %s: %v", b, err)
	}
	if m.Type == "" {
		m.Type = "event"
	}
	return m
}

// expect returns the next message, which must be of the kind.
func (c *client) expect(kind string) message {
	c.t.Helper()
	m := c.read()
	if m.Type != kind {
		c.t.Fatalf("got %s; want %s", m.raw, kind)
	}
	return m
}

// expectError returns the next message, which must be an error with the code.
func (c *client) expectError(code realtime.Code) message {
	c.t.Helper()
	m := c.expect("error")
	if m.Code != string(code) {
		c.t.Fatalf("got %s; want the code %s", m.raw, code)
	}
	return m
}

// expectClose reads on until the connection ends, which must be with the code.
func (c *client) expectClose(code realtime.CloseCode) {
	c.t.Helper()
	for {
		if _, err := c.next(); err != nil {
			if got := websocket.CloseStatus(err); got != websocket.StatusCode(code) {
				c.t.Fatalf("closed with %d (%v); want %d", got, err, code)
			}
			return
		}
	}
}

// expectSilence makes sure that nothing came: what the server answers to a ping
// is next.
func (c *client) expectSilence() {
	c.t.Helper()
	c.send(`{"action":"ping"}`)
	c.expect("pong")
}

func (c *client) subscribe(topic realtime.Topic) message {
	c.t.Helper()
	c.send(`{"action":"subscribe","topic":%q}`, topic)
	return c.expect("subscribed")
}

func (c *client) resume(topic realtime.Topic, epoch string, seq int) message {
	c.t.Helper()
	c.send(`{"action":"subscribe","topic":%q,"since":{"epoch":%q,"seq":%d}}`, topic, epoch, seq)
	return c.expect("subscribed")
}

// expectEvents reads the events with these positions.
func (c *client) expectEvents(topic realtime.Topic, from, to int) {
	c.t.Helper()
	for seq := from; seq <= to; seq++ {
		if m := c.expect("event"); m.Seq != seq || m.Topic != string(topic) {
			c.t.Fatalf("got %s; want %s at %d", m.raw, topic, seq)
		}
	}
}

// trySend sends a frame to a server that may have closed.
func (c *client) trySend(frame string) error {
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, []byte(frame))
}
