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
	Wake(topics ...realtime.Topic)
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

// New returns a feed that writes events to the log. No hub gets
// them until it is connected.
func New() *Feed { return &Feed{} }

// Connect tells the hub of every commit from now on.
func (f *Feed) Connect(hub Hub) { f.hub.Store(&hub) }

// OnCommit implements the hook of gift/store.
func (f *Feed) OnCommit(ctx context.Context, tx sqllog.Tx, changes []gift.Change) (func(), error) {
	// In the request's trace, if it has one: until what it did is durable. A
	// mutation that fails has no such span.
	_, span := trace.SpanFromContext(ctx).TracerProvider().Tracer(tracerName).Start(ctx, "commit")
	entries, topics, err := write(ctx, tx, changes)
	if err != nil {
		return nil, err
	}
	return func() {
		span.End()
		f.publish(entries, topics)
	}, nil
}

// write appends the events of the changes and their changes of access. It returns the entries, and the topics whose access changed.
func write(ctx context.Context, tx sqllog.Tx, changes []gift.Change) ([]realtime.Entry, []realtime.Topic, error) {
	events, err := eventsOf(changes)
	if err != nil {
		return nil, nil, err
	}
	a := accessOf(changes)
	if err := a.begin(ctx, tx); err != nil {
		return nil, nil, fmt.Errorf("opening topics: %w", err)
	}
	entries, err := sqllog.Append(ctx, tx, events)
	if err != nil {
		return nil, nil, fmt.Errorf("appending events: %w", err)
	}
	if err := a.end(ctx, tx); err != nil {
		return nil, nil, fmt.Errorf("withdrawing topics: %w", err)
	}
	return entries, a.topics(), nil
}

// publish tells the hub of committed entries, and which topics to look at. It
// does not wait for readers: the log itself has the changes of access.
func (f *Feed) publish(entries []realtime.Entry, topics []realtime.Topic) {
	connected := f.hub.Load()
	if connected == nil {
		return
	}
	hub := *connected
	if len(entries) > 0 {
		hub.Deliver(entries)
	}
	if len(topics) > 0 {
		hub.Wake(topics...)
	}
}

// Position implements the hook of gift/store.
func (f *Feed) Position(ctx context.Context, tx sqllog.Tx, scope gift.Scope) (string, error) {
	kind, known := scopeTopics[scope.Kind]
	if !known {
		return "", fmt.Errorf("no topic covers %q", scope.Kind)
	}
	topic := topicOf(kind, scope.ID)
	if scope.Shared || kind == giftTopic {
		topic = ownTopic(kind, scope.ID, scope.Reader)
	}
	head, err := sqllog.Head(ctx, tx, topic)
	if err != nil {
		return "", fmt.Errorf("reading a position: %w", err)
	}
	return head.Header(topic), nil
}
