package sqllog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
	"github.com/familygifting/tidings/realtime/wire"
)

// weighed is a log that counts what is read of it.
type weighed struct {
	realtime.Log
	bytes, most atomic.Int64
}

func (w *weighed) Read(ctx context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	entries, err := w.Log.Read(ctx, topic, after, limit)
	var bytes int64
	for _, e := range entries {
		bytes += int64(len(e.Payload))
	}
	w.bytes.Add(bytes)
	for most := w.most.Load(); bytes > most && !w.most.CompareAndSwap(most, bytes); most = w.most.Load() {
	}
	return entries, err
}

// anyone may read everything.
type anyone struct{}

func (anyone) Authenticate(context.Context, string) (realtime.Identity, error) {
	return realtime.Identity{}, nil
}

func (anyone) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	return topic, nil
}

// stuck is a connection whose peer takes one page of events, and no second one.
type stuck struct {
	resumed chan struct{} // takes one for each topic that is resumed

	mu   sync.Mutex
	full bool
}

func (c *stuck) Send(b *wire.Batch, first int, topic realtime.Topic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := first; i < b.Len(); i++ {
		if strings.Contains(string(b.Text(i)), `"recovered":true`) {
			c.resumed <- struct{}{}
		}
	}
	c.full = c.full || topic != ""
}

func (c *stuck) Drained(ctx context.Context, _ int) error {
	c.mu.Lock()
	full := c.full
	c.mu.Unlock()
	if !full {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (c *stuck) Discard(realtime.Topic)           {}
func (c *stuck) Stalled() time.Time               { return time.Time{} }
func (c *stuck) Heard() time.Time                 { return time.Now() }
func (c *stuck) Ping()                            {}
func (c *stuck) Close(realtime.CloseCode, string) {}

// A crowd that resumes over large events loads about what it is sent, and nobody
// is turned away: the log's readers are few, and whole histories would hold each
// of them up for long.
// Guarantees: A41
func TestR43ACrowdResumesOverLargeEvents(t *testing.T) {
	const crowd, topics, history, size = 50, 4, 40, 60_000
	db := open(t)
	sqlLog, err := sqllog.Open(t.Context(), db, sqllog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var asks []string
	payload := json.RawMessage(`"` + strings.Repeat("x", size-2) + `"`)
	for n := range topics {
		events := make([]realtime.Event, history)
		for i := range events {
			events[i] = realtime.Event{Topic: realtime.Topic(fmt.Sprint("list:", n)), Type: realtime.Added, EntityID: "e", Payload: payload}
		}
		epoch := appendTo(t, db, events...)[0].Epoch
		asks = append(asks, fmt.Sprintf(`{"topic":"list:%d","since":{"epoch":%q,"seq":0}}`, n, epoch))
	}
	log := &weighed{Log: sqlLog}
	hub := realtime.NewHub(log, anyone{}, realtime.Options{Anonymous: true, Logger: slog.New(slog.DiscardHandler), CallTimeout: time.Minute, HoldAfter: time.Minute})
	defer hub.Close()
	conns := make([]*stuck, crowd)
	var wg sync.WaitGroup
	for i := range conns {
		conns[i] = &stuck{resumed: make(chan struct{}, topics+1)}
		session, err := hub.Admit(netip.Addr{})
		if err != nil {
			t.Fatal(err)
		}
		session.Attach(conns[i])
		wg.Go(func() { session.Receive([]byte(`{"action":"subscribe","topics":[` + strings.Join(asks, ",") + `]}`)) })
	}
	wg.Wait()
	patience := time.After(time.Minute)
	for i, c := range conns {
		for n := range topics {
			select {
			case <-c.resumed:
			case <-patience:
				t.Fatalf("session %d: %d of %d topics are resumed", i, n, topics)
			}
		}
	}
	if most := log.most.Load(); most > realtime.ReadBytes+size {
		t.Errorf("%d bytes in one read; want no more than %d and the event that exceeds it", most, realtime.ReadBytes)
	}
	// A page that is sent, and an event for each of the others.
	if each := log.bytes.Load() / crowd; each > realtime.ReadBytes+topics*size {
		t.Errorf("%d bytes were read for a session that takes one page", each)
	}
}
