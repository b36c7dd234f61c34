package realtime

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// CanaryInterval is how long a canary's result is reused.
const CanaryInterval = time.Second

// CanaryTopic is the topic of the canaries' events.
const CanaryTopic Topic = "canary:hub"

// Canary checks that events are delivered: it sends one through the log, the hub and a
// session, as all others go. A process can be up while delivery hangs. Only an event
// that arrives shows that it does not.
type Canary struct {
	hub    *Hub
	append func(ctx context.Context, e Event) ([]Entry, error)

	mu     sync.Mutex // guards everything below; held while a check runs
	asked  time.Time
	answer error
}

// NewCanary returns a canary for the hub. Append commits the event to the
// hub's log, on [CanaryTopic], and returns its entry.
func NewCanary(hub *Hub, append func(ctx context.Context, e Event) ([]Entry, error)) *Canary {
	return &Canary{hub: hub, append: append}
}

// Check returns nil when an event has arrived, and an error when it did not before
// ctx ended.
func (c *Canary) Check(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.asked.IsZero() && time.Since(c.asked) < CanaryInterval {
		return c.answer
	}
	c.answer = c.roundTrip(ctx)
	c.asked = time.Now()
	return c.answer
}

// errEnded is the result when the hub has ended.
var errEnded = errors.New("the hub has ended")

func (c *Canary) roundTrip(ctx context.Context) error {
	if !c.hub.tasks.start() {
		return errEnded
	}
	defer c.hub.tasks.done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.hub.ctx, cancel)()
	conn := &canaryConn{id: []byte(rand.Text()), arrived: make(chan struct{}, 1)}
	session := &Session{hub: c.hub, id: "canary", conn: conn, state: stateLive}
	st := c.hub.acquire(CanaryTopic)
	sub := &subscription{session: session, stream: st, index: -1}
	defer sub.end()
	heads, err := c.hub.log.Heads(ctx, []Topic{CanaryTopic})
	if err != nil {
		return fmt.Errorf("reading the head of the canary's topic: %w", err)
	}
	st.initialize(heads[0])
	st.mu.Lock()
	st.add(sub)
	st.mu.Unlock()
	entries, err := c.append(ctx, Event{ID: string(conn.id), Topic: CanaryTopic, Type: Updated, EntityID: "canary"})
	if err != nil {
		return fmt.Errorf("appending the canary's event: %w", err)
	}
	c.hub.Deliver(entries)
	select {
	case <-conn.arrived:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the canary's event did not arrive: %w", ctx.Err())
	}
}

// canaryConn is the [Conn] of a canary's session. It waits for one event.
type canaryConn struct {
	id      []byte
	arrived chan struct{}
}

func (c *canaryConn) Send(b *wire.Batch, first int, _ Topic) {
	if bytes.Contains(b.Frames(first), c.id) {
		select {
		case c.arrived <- struct{}{}:
		default: // it has arrived before
		}
	}
}

func (c *canaryConn) Discard(Topic)                      {}
func (c *canaryConn) Drained(context.Context, int) error { return nil }
func (c *canaryConn) Stalled() time.Time                 { return time.Time{} }
func (c *canaryConn) Heard() time.Time                   { return time.Now() }
func (c *canaryConn) Ping()                              {}
func (c *canaryConn) Close(CloseCode, string)            {}
