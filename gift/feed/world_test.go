package feed_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/gift/store/storetest"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// world is a store with a feed, three accounts, and a hub that records
// its calls.
type world struct {
	t              *testing.T
	ctx            context.Context
	s              *store.Store
	log            *sqllog.Log
	hub            *hub
	ada, ben, cleo gift.User
	seen           map[string]bool // ids of events that news returned
}

// emptyFile is a new, migrated file.
var emptyFile = storetest.Template(func(path string) error {
	s, err := store.Open(context.Background(), path, store.Options{Migrate: sqllog.Migrate})
	if err != nil {
		return err
	}
	return s.Close()
})

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), hub: newHub(t.Context().Done()), seen: map[string]bool{}}
	f := feed.New()
	var err error
	w.s, err = store.Open(w.ctx, emptyFile(t), store.Options{Hook: f})
	w.check(err)
	t.Cleanup(func() { _ = w.s.Close() })
	w.log, err = sqllog.Open(w.ctx, w.s.ReadDB(), sqllog.Options{})
	w.check(err)
	w.ada, err = w.s.Setup(w.ctx, gift.Family{Name: "The Byrons"}, gift.NewAccount{Name: "Ada", Email: "ada@example.org"})
	w.check(err)
	w.ben, w.cleo = w.join("Ben"), w.join("Cleo")
	f.Connect(w.hub)
	return w
}

func (w *world) join(name string) gift.User {
	w.t.Helper()
	now := time.Now()
	_, err := w.s.CreateInvite(w.ctx, w.ada.ID, name, nil, now.Add(time.Hour))
	w.check(err)
	u, err := w.s.AcceptInvite(w.ctx, name, gift.NewAccount{Name: name, Email: name + "@example.org"}, now)
	w.check(err)
	return u
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// by is a call of the user's, with a mutation id that no other call has.
func (w *world) by(u gift.User) gift.Call {
	return gift.Call{Actor: u.ID, MutationID: gift.NewID[string](), RequestHash: "hash", TraceID: "trace"}
}

func ok[T any](w *world, value T, err error) T {
	w.t.Helper()
	w.check(err)
	return value
}

func (w *world) list(by gift.User, kind gift.ListType, about *gift.PersonID) gift.List {
	w.t.Helper()
	l, err := w.s.CreateList(w.ctx, w.by(by), gift.ListInput{Name: "List", Type: kind, PersonID: about})
	return ok(w, l, err)
}

func (w *world) item(by gift.User, l gift.List, surprise bool) gift.ListItem {
	w.t.Helper()
	i, err := w.s.CreateListItem(w.ctx, w.by(by), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "Kite & <co>"}, Surprise: &surprise})
	return ok(w, i, err)
}

// wishOf is the item as a wish.
func (w *world) wishOf(i gift.ListItem) gift.Wish {
	w.t.Helper()
	wishes, err := w.s.Wishes(w.ctx, w.ada.ID, i.ListID)
	w.check(err)
	at := slices.IndexFunc(wishes.Value, func(wish gift.Wish) bool { return wish.GiftID == i.GiftID })
	if at < 0 {
		w.t.Fatalf("%s is no wish", i.ID)
	}
	return wishes.Value[at]
}

// news are the events that were appended since the last call, by topic.
func (w *world) news() []realtime.Entry {
	w.t.Helper()
	rows, err := w.s.ReadDB().QueryContext(w.ctx, `SELECT topic FROM tidings_topics ORDER BY topic`)
	w.check(err)
	defer rows.Close()
	var topics []realtime.Topic
	for rows.Next() {
		var topic realtime.Topic
		w.check(rows.Scan(&topic))
		topics = append(topics, topic)
	}
	w.check(rows.Err())
	heads, err := w.log.Heads(w.ctx, topics)
	w.check(err)
	var entries []realtime.Entry
	for i, topic := range topics {
		for _, e := range readAll(w.t, w.log, topic, heads[i].Floor) {
			if !w.seen[e.ID] {
				w.seen[e.ID] = true
				entries = append(entries, e)
			}
		}
	}
	return entries
}

// readAll reads what the log holds of the topic behind a position.
func readAll(t testing.TB, log realtime.Log, topic realtime.Topic, after realtime.Seq) (all []realtime.Entry) {
	t.Helper()
	for {
		entries, err := log.Read(context.Background(), topic, after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			return all
		}
		all = append(all, entries...)
		after = entries[len(entries)-1].Seq
	}
}

// hub writes down the calls of the feed.
type hub struct {
	mu    sync.Mutex
	calls []string // guarded by mu
	// delivered gets the topic of the first entry of each delivery.
	delivered chan realtime.Topic
	// history is all that was delivered, forgotten since or not; guarded by mu,
	// and more says that it grew.
	history map[realtime.Topic][]realtime.Entry
	more    sync.Cond
	ended   <-chan struct{} // when nobody listens any more
}

func newHub(ended <-chan struct{}) *hub {
	h := &hub{ended: ended, delivered: make(chan realtime.Topic, 1000), history: map[realtime.Topic][]realtime.Entry{}}
	h.more.L = &h.mu
	return h
}

// upTo waits until the topic's entries up to seq were delivered, and returns them.
func (h *hub) upTo(topic realtime.Topic, seq realtime.Seq) []realtime.Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	for realtime.Seq(len(h.history[topic])) < seq {
		h.more.Wait()
	}
	return slices.Clone(h.history[topic])
}

func (h *hub) note(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, fmt.Sprintf(format, args...))
}

func (h *hub) Deliver(entries []realtime.Entry) {
	topics := make([]string, len(entries))
	for i, e := range entries {
		topics[i] = fmt.Sprintf("%s#%d", e.Topic.Type(), e.Seq)
	}
	h.note("deliver %s", strings.Join(topics, " "))
	h.mu.Lock()
	for _, e := range entries {
		h.history[e.Topic] = append(h.history[e.Topic], e)
	}
	h.mu.Unlock()
	h.more.Broadcast()
	select {
	case h.delivered <- entries[0].Topic:
	case <-h.ended:
	}
}

func (h *hub) Wake(topics ...realtime.Topic) {
	kinds := make([]string, len(topics))
	for i, t := range topics {
		kinds[i] = t.Type()
	}
	h.note("wake %s", strings.Join(kinds, " "))
}

// told returns what the hub was told since the last time, once all that has
// committed is done with: a last gift goes through behind it.
func (w *world) told() []string {
	w.t.Helper()
	g, err := w.s.CreateGift(w.ctx, gift.Call{Actor: w.cleo.ID}, gift.GiftInput{Name: "the last one"})
	w.check(err)
	for last := topic("gift", g.ID) + "~" + realtime.Topic(w.cleo.ID); <-w.hub.delivered != last; {
	}
	w.news()
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	calls := w.hub.calls[:len(w.hub.calls)-1]
	w.hub.calls = nil
	return calls
}

// plain is a value as its JSON decodes, for comparing.
func plain(t *testing.T, v any) any {
	t.Helper()
	b, isRaw := v.(json.RawMessage)
	if !isRaw {
		var err error
		if b, err = json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
