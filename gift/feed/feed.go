package feed

import (
	"context"
	"fmt"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// tracerName names the feed in traces.
const tracerName = "github.com/familygifting/tidings/gift/feed"

// Hub is what the feed needs of [realtime.Hub].
type Hub interface {
	Deliver(entries []realtime.Entry)
	Recheck(topics ...realtime.Topic)
	RecheckUser(user string)
}

// Feed is the store's hook: it turns changes into events. Create it first,
// open the store with it, then the hub on the store's log, and connect the two:
//
//	f := feed.New()
//	s, err := store.Open(ctx, path, store.Options{Hook: f, Migrate: sqllog.Migrate})
//	log, err := sqllog.Open(ctx, s.ReadDB(), sqllog.Options{})
//	hub := realtime.NewHub(log, feed.NewAuthorizer(s, authenticate), realtime.Options{})
//	f.Connect(hub)
type Feed struct {
	hub atomic.Pointer[Hub]
}

// New returns a feed that writes events to the log. Nobody is told of them
// until it is connected.
func New() *Feed { return &Feed{} }

// Connect tells the hub of every commit from now on.
func (f *Feed) Connect(hub Hub) { f.hub.Store(&hub) }

// OnCommit implements the hook of gift/store.
func (f *Feed) OnCommit(ctx context.Context, tx sqllog.Tx, changes []gift.Change) (func(), error) {
	// In the request's trace, if it has one: until what it did is durable. A
	// mutation that fails has no such span.
	_, span := trace.SpanFromContext(ctx).TracerProvider().Tracer(tracerName).Start(ctx, "commit")
	events, err := eventsOf(changes)
	if err != nil {
		return nil, err
	}
	if err := sqllog.Forget(ctx, tx, openedBy(changes)...); err != nil {
		return nil, err
	}
	entries, err := sqllog.Append(ctx, tx, events)
	if err != nil {
		return nil, fmt.Errorf("appending events: %w", err)
	}
	return func() {
		span.End()
		f.publish(audienceOf(changes), entries)
	}, nil
}

// publish tells the hub of committed entries. Those who may no longer read a
// topic leave it first.
func (f *Feed) publish(a audience, entries []realtime.Entry) {
	connected := f.hub.Load()
	if connected == nil {
		return
	}
	hub := *connected
	if len(a.shrunk) > 0 {
		hub.Recheck(a.shrunk...)
	}
	for _, user := range a.users {
		hub.RecheckUser(string(user))
	}
	if len(entries) > 0 {
		hub.Deliver(entries)
	}
	if len(a.ended) > 0 {
		hub.Recheck(a.ended...)
	}
}

// Position implements the hook of gift/store.
func (f *Feed) Position(ctx context.Context, tx sqllog.Tx, scope gift.Scope) (string, error) {
	kind, known := scopeTopics[scope.Kind]
	if !known {
		return "", fmt.Errorf("no topic covers %q", scope.Kind)
	}
	topic := topicOf(kind, scope.ID)
	head, err := sqllog.Head(ctx, tx, topic)
	if err != nil {
		return "", fmt.Errorf("reading a position: %w", err)
	}
	return head.Header(topic), nil
}
