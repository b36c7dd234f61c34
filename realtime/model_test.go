package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/wire"
)

// The model: a few users on a few topics, while events are published, wake-ups
// lost, doubled and turned around, connections broken, access taken and given
// back, history trimmed and restored. Every message that a client gets is held
// to the invariants, by their names in docs/guarantees.md.

// step is one thing that happens.
type step struct {
	Kind  string
	User  int
	Topic int
	N     int
	// Amid happens in the middle of the step, when the log is read or a topic
	// authorized for the After-th time.
	Amid  *step
	After int
}

var kinds = []string{"publish", "publish", "publish", "lose", "double", "invert", "subscribe", "resume", "resume", "return", "return", "behind", "crash", "unsubscribe", "revoke", "grant", "restore", "read", "stall", "wait"}

// amidKinds are what can happen in the middle of something else. Not what a
// client asks for, since a session handles one message after the other.
var amidKinds = []string{"publish", "publish", "lose", "crash", "revoke", "grant", "restore", "stall"}

const users, topics, kept = 2, 2, 12

func drawStep(t *rapid.T) step {
	s := drawSimple(t, kinds)
	if rapid.IntRange(0, 2).Draw(t, "amid") == 0 {
		amid := drawSimple(t, amidKinds)
		if rapid.Bool().Draw(t, "same") { // it concerns what is going on
			amid.User, amid.Topic = s.User, s.Topic
		}
		s.After = rapid.IntRange(0, 4).Draw(t, "after")
		s.Amid = &amid
	}
	return s
}

func drawSimple(t *rapid.T, kinds []string) step {
	return step{
		Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), User: rapid.IntRange(0, users-1).Draw(t, "user"),
		Topic: rapid.IntRange(0, topics-1).Draw(t, "topic"), N: rapid.IntRange(1, 5).Draw(t, "n"),
	}
}

func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 40).Draw(rt, "steps")
		var violation string
		synctest.Test(t, func(*testing.T) { violation = play(steps) })
		if violation != "" {
			rt.Fatal(violation)
		}
	})
}

// world is the system, and what is known to be true of it.
type world struct {
	log *memlog.Log
	hub *realtime.Hub

	mu     sync.Mutex        // guards everything below; taken after a peer's
	amid   func()            // runs once, in the middle of something
	after  int               // how often before it does not
	denied map[string]bool   // "user topic"
	truth  map[string]string // "epoch topic seq" → event id
	peers  [users]*peer
	broken string // the first invariant that broke
}

func topicOf(i int) realtime.Topic { return realtime.Topic(fmt.Sprint("list:", i)) }
func userOf(i int) string          { return fmt.Sprint("user", i) }

func (w *world) violate(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}

// Authenticate, Authorize: the world is its own Authorizer.
func (w *world) Authenticate(_ context.Context, token string) (realtime.Identity, error) {
	return realtime.Identity{User: token}, nil
}

func (w *world) Authorize(_ context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	w.mu.Lock()
	denied := w.denied[who.User+" "+string(topic)]
	w.mu.Unlock()
	w.interrupt() // the decision is made, and not yet known
	if denied {
		return "", realtime.ErrForbidden
	}
	return topic, nil
}

func (w *world) interrupt() {
	w.mu.Lock()
	amid := w.amid
	if w.after > 0 {
		w.after--
		amid = nil
	} else {
		w.amid = nil
	}
	w.mu.Unlock()
	if amid != nil {
		amid()
	}
}

// Heads and Read: and its own log, which things happen in the middle of.
func (w *world) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	return w.log.Heads(ctx, topics)
}

func (w *world) Read(ctx context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	entries, err := w.log.Read(ctx, topic, after, min(limit, 3)) // small pages, so that a replay has several
	w.interrupt()
	return entries, err
}

// peer is a client, as a good one behaves, and its connection.
type peer struct {
	world   *world
	user    string
	session *realtime.Session

	mu      sync.Mutex
	stalled bool
	queue   []queued
	dead    bool
	// revoked are topics whose access was taken away and acknowledged.
	revoked map[realtime.Topic]bool
	live    map[realtime.Topic]bool
	cursor  map[realtime.Topic]realtime.Position
	asked   map[realtime.Topic]realtime.Position // what since was sent with
}

type queued struct {
	text  string
	topic realtime.Topic
}

func (p *peer) Send(b *wire.Batch, first int, topic realtime.Topic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := first; i < b.Len(); i++ {
		if p.dead {
			return
		}
		if p.stalled {
			p.queue = append(p.queue, queued{string(b.Text(i)), topic})
		} else {
			p.take(string(b.Text(i)))
		}
	}
}

func (p *peer) Discard(topic realtime.Topic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = slices.DeleteFunc(p.queue, func(q queued) bool { return q.topic == topic })
}

func (p *peer) Drained(context.Context, int) error { return nil }
func (p *peer) Stalled() time.Time                 { return time.Time{} }
func (p *peer) Heard() time.Time                   { return time.Now() }
func (p *peer) Ping()                              {}

func (p *peer) Close(realtime.CloseCode, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = true
}

// flow lets what was queued through.
func (p *peer) flow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = false
	for _, q := range p.queue {
		p.take(q.text)
	}
	p.queue = nil
}

// take is the client: it holds each message to the invariants. Call it with mu held.
func (p *peer) take(text string) {
	var m message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		p.world.violate("not JSON: %s", text)
		return
	}
	topic := m.Topic
	position := realtime.Position{Epoch: m.Epoch, Seq: m.Seq}
	switch m.Type {
	case "subscribed":
		p.live[topic] = true
		if m.Recovered && p.asked[topic].Epoch != m.Epoch {
			p.world.violate("S5 immutable: %s resumed %+v in another epoch: %s", p.user, p.asked[topic], text)
		}
		if m.Recovered {
			p.cursor[topic] = p.asked[topic]
		} else {
			p.cursor[topic] = position
		}
	case "resync":
		p.cursor[topic] = position
	case "unsubscribed":
		delete(p.live, topic)
	case "":
		p.checkEvent(m, position, text)
	}
}

type message struct {
	Type, ID  string
	Topic     realtime.Topic
	Epoch     realtime.Epoch
	Seq       realtime.Seq
	Recovered bool
}

func (p *peer) checkEvent(m message, at realtime.Position, text string) {
	before := p.cursor[m.Topic]
	switch {
	case !p.live[m.Topic]:
		p.world.violate("S8 authorized: %s got an event without a subscription: %s", p.user, text)
	case at.Epoch != before.Epoch:
		p.world.violate("S5 immutable: %s at %+v got an event of another epoch: %s", p.user, before, text)
	case at.Seq <= before.Seq:
		p.world.violate("S3 order: %s at %+v got an event again: %s", p.user, before, text)
	case at.Seq != before.Seq+1:
		p.world.violate("S4 no silent gap: %s at %+v got %s", p.user, before, text)
	case p.world.true(at, m.Topic) != m.ID:
		p.world.violate("S1 atomic: %s got an event that is not in the log: %s", p.user, text)
	}
	p.cursor[m.Topic] = at
	p.checkAccess(m.Topic, text)
}

// true returns the id of the event that is at the position.
func (w *world) true(at realtime.Position, topic realtime.Topic) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.truth[fmt.Sprint(at, topic)]
}

func (p *peer) checkAccess(topic realtime.Topic, text string) {
	if p.revoked[topic] {
		p.world.violate("S8 authorized: %s, whose access was taken away, got %s", p.user, text)
	}
}

func (w *world) connect(i int) {
	session, err := w.hub.Admit(netip.Addr{})
	if err != nil {
		w.violate("Admit: %v", err)
		return
	}
	old := w.peers[i]
	p := &peer{
		world: w, user: userOf(i), session: session, live: map[realtime.Topic]bool{}, revoked: map[realtime.Topic]bool{},
		cursor: map[realtime.Topic]realtime.Position{}, asked: map[realtime.Topic]realtime.Position{},
	}
	if old != nil {
		p.cursor, p.revoked = old.cursor, old.revoked
	}
	w.peers[i] = p
	session.Attach(p)
	session.Receive(fmt.Appendf(nil, `{"action":"auth","token":%q}`, p.user))
}

// play runs the steps and returns the first violation.
func play(steps []step) string {
	w := &world{log: memlog.New(memlog.Options{KeepCount: kept}), denied: map[string]bool{}, truth: map[string]string{}}
	w.hub = realtime.NewHub(w, w, realtime.Options{Logger: quiet(), InboundRate: realtime.Unlimited, MaxReplay: kept})
	defer w.hub.Close()
	for i := range users {
		w.connect(i)
	}
	for _, s := range steps {
		w.arm(s.Amid, s.After)
		w.do(s)
		synctest.Wait()
	}
	w.arm(nil, 0)
	w.settle()
	return w.broken
}

// arm has the step happen in the middle of what comes.
func (w *world) arm(s *step, after int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.amid, w.after = nil, after
	if s != nil {
		w.amid = func() { w.do(*s) }
	}
}

// settle lets everything come to rest, and then expects it to be so.
func (w *world) settle() {
	for _, p := range w.peers {
		p.flow()
	}
	time.Sleep(3 * time.Second)
	synctest.Wait()
	for _, p := range w.peers {
		p.mu.Lock()
		for topic := range p.live {
			heads, _ := w.log.Heads(context.Background(), []realtime.Topic{topic})
			if p.cursor[topic] != heads[0].Position {
				w.violate("L1 complete: %s rests at %+v of %s; the head is %+v", p.user, p.cursor[topic], topic, heads[0].Position)
			}
		}
		p.mu.Unlock()
	}
}

// commit appends events, and notes what is true from now on.
func (w *world) commit(topic realtime.Topic, n int) (entries []realtime.Entry) {
	for range n {
		entries = append(entries, w.log.Append(realtime.Event{Topic: topic, Type: realtime.Updated, EntityID: "e"})...)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range entries {
		w.truth[fmt.Sprint(e.Position, e.Topic)] = e.ID
	}
	return entries
}

func (w *world) do(s step) {
	p, topic := w.peers[s.User], topicOf(s.Topic)
	switch s.Kind {
	case "publish":
		w.hub.Deliver(w.commit(topic, s.N))
	case "lose":
		w.commit(topic, s.N)
	case "double":
		entries := w.commit(topic, s.N)
		w.hub.Deliver(entries)
		synctest.Wait()
		w.hub.Deliver(entries)
	case "invert":
		entries := w.commit(topic, s.N)
		for _, e := range slices.Backward(entries) {
			w.hub.Deliver([]realtime.Entry{e})
			synctest.Wait()
		}
	case "subscribe", "resume":
		w.subscribe(p, topic, s.Kind == "resume")
	case "return": // gone for a while, during which things happened
		w.do(step{Kind: "crash", User: s.User})
		w.hub.Deliver(w.commit(topic, 2*s.N))
		synctest.Wait()
		w.subscribe(w.peers[s.User], topic, true)
	case "behind": // slow to read what came before access was taken away
		w.do(step{Kind: "stall", User: s.User})
		w.hub.Deliver(w.commit(topic, s.N))
		synctest.Wait()
		w.setAccess(p, topic, true)
		w.do(step{Kind: "read", User: s.User})
	case "unsubscribe":
		p.session.Receive(fmt.Appendf(nil, `{"action":"unsubscribe","topic":%q}`, topic))
	case "crash":
		p.session.Closed(realtime.CloseAbnormal)
		p.Close(0, "")
		w.connect(s.User)
	case "revoke":
		w.setAccess(p, topic, true)
	case "grant":
		w.setAccess(p, topic, false)
	case "restore":
		w.log.NewEpoch()
	case "stall":
		p.mu.Lock()
		p.stalled = true
		p.mu.Unlock()
	case "read":
		p.flow()
	case "wait":
		time.Sleep(1500 * time.Millisecond)
	}
}

func (w *world) subscribe(p *peer, topic realtime.Topic, since bool) {
	p.mu.Lock()
	at, known := p.cursor[topic]
	stalled := p.stalled || len(p.queue) > 0
	p.asked[topic] = at
	p.mu.Unlock()
	if stalled { // what it holds now may not be what it holds when the answer comes
		return
	}
	if since && known {
		p.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q,"since":{"epoch":%q,"seq":%d}}`, topic, at.Epoch, at.Seq))
		return
	}
	p.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q}`, topic))
}

// setAccess changes what a user may read, commits it, and tells the hub. When
// that returns it is acknowledged.
func (w *world) setAccess(p *peer, topic realtime.Topic, denied bool) {
	w.mu.Lock()
	w.denied[p.user+" "+string(topic)] = denied
	w.mu.Unlock()
	if !denied {
		p.mu.Lock()
		delete(p.revoked, topic)
		p.mu.Unlock()
		return
	}
	w.hub.Recheck(topic)
	w.mu.Lock()
	denied = w.denied[p.user+" "+string(topic)] // it may have been given back meanwhile
	w.mu.Unlock()
	p.mu.Lock()
	p.revoked[topic] = denied
	p.mu.Unlock()
}
