package ws_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	_ "modernc.org/sqlite"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/sqllog"
)

func TestR40EachTopicIsAnsweredOnce(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.send(`{"action":"subscribe","topics":[{"topic":"list:a"},{"topic":"secret:b"},{"topic":"nonsense"},{"topic":"broken:c"},{"topic":"list:d"}],"ref":"r"}`)
	answers := map[string]string{}
	for range 5 {
		m := c.read()
		answers[m.Topic] += m.Type + " " + m.Code + ";"
		if m.Ref != "r" {
			t.Errorf("%s has no ref", m.raw)
		}
	}
	for topic, want := range map[string]string{
		"list:a": "subscribed ;", "secret:b": "error forbidden;", "nonsense": "error invalid_topic;",
		"broken:c": "error internal;", "list:d": "subscribed ;",
	} {
		if answers[topic] != want {
			t.Errorf("%s was answered %q; want %q", topic, answers[topic], want)
		}
	}
	c.expectSilence()
}

// faulty is a log that fails when asked to.
type faulty struct {
	realtime.Log
	mu  sync.Mutex
	err error
}

func (f *faulty) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *faulty) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	return f.Log.Heads(ctx, topics)
}

func (f *faulty) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, nil, f.err
	}
	return f.Log.HeadsAndRights(ctx, user, topics)
}

func (f *faulty) Read(ctx context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	return f.Log.Read(ctx, topic, after, limit)
}

func TestR40TheLogIsAway(t *testing.T) {
	log := &faulty{}
	e := newEnv(t, setup{wrap: func(l realtime.Log) realtime.Log { log.Log = l; return log }})
	c := e.login("anna")
	log.set(errors.New("the disk is on fire"))
	c.send(`{"action":"subscribe","topics":[{"topic":"list:a"},{"topic":"list:b"}]}`)
	for range 2 {
		if m := c.expectError(realtime.CodeInternal); m.RetryAfterMS == 0 || m.Topic == "" {
			t.Errorf("got %s; want a topic and when to try again", m.raw)
		}
	}
	log.set(nil)
	c.subscribe("list:a")
}

func TestR41And42FirstSubscribe(t *testing.T) {
	e := newEnv(t, setup{})
	e.commit("list:a", 3)
	c := e.login("anna")
	m := c.subscribe("list:a")
	if m.Seq != 3 || *m.Recovered || m.Epoch != e.epoch() || m.Canonical != "list:a" {
		t.Errorf("got %s; want seq 3, not recovered", m.raw)
	}
	if m := c.subscribe("list:none"); m.Seq != 0 || *m.Recovered {
		t.Errorf("got %s; want seq 0, not recovered", m.raw)
	}
	e.publish("list:a", 2)
	c.expectEvents("list:a", 4, 5)
}

func TestR43Resume(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{HeadInterval: time.Hour}})
	e.commit("list:a", 5)
	for _, since := range []int{0, 3, 5} {
		c := e.login("anna")
		m := c.resume("list:a", e.epoch(), since)
		if m.Seq != 5 || !*m.Recovered {
			t.Errorf("since %d: %s; want seq 5, recovered", since, m.raw)
		}
		c.expectEvents("list:a", since+1, 5)
		c.expectSilence()
	}
}

// A client may know of a commit that the hub was not told of.
func TestR43ResumeAheadOfTheHub(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{HeadInterval: time.Hour}})
	other := e.login("bert")
	other.subscribe("list:a")
	e.commit("list:a", 4)
	c := e.login("anna")
	if m := c.resume("list:a", e.epoch(), 3); !*m.Recovered || m.Seq != 4 {
		t.Errorf("got %s; want recovered at 4", m.raw)
	}
	c.expectEvents("list:a", 4, 4)
	other.expectEvents("list:a", 1, 4)
	e.publish("list:a", 1)
	c.expectEvents("list:a", 5, 5)
	other.expectEvents("list:a", 5, 5)
}

// No seam between replay and live (S6): events are published all the while, and
// every client that comes sees each of them once.
// Guarantees: S6
func TestR43NoSeam(t *testing.T) {
	e := newEnv(t, setup{log: memlog.Options{KeepCount: 10_000}})
	const total, clients = 2000, 12
	e.publish("list:a", 400)
	var publisher sync.WaitGroup
	publisher.Go(func() {
		for range (total - 400) / 4 {
			e.publish("list:a", 4)
		}
	})
	var readers sync.WaitGroup
	for i := range clients {
		c := e.login("anna")
		readers.Go(func() {
			c.resume("list:a", e.epoch(), i*30)
			c.expectEvents("list:a", i*30+1, total)
		})
	}
	publisher.Wait()
	readers.Wait()
}

// Guarantees: S10
func TestR43ALongReplayIsPaced(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{QueueBytes: 64 << 10}, log: memlog.Options{KeepCount: 10_000}})
	for range 4 {
		e.commit("list:a", 2000)
	}
	c := e.login("anna")
	c.resume("list:a", e.epoch(), 0)
	c.expectEvents("list:a", 1, 8000)
	e.publish("list:a", 1)
	c.expectEvents("list:a", 8001, 8001)
}

// Guarantees: S6
func TestR44CannotResume(t *testing.T) {
	e := newEnv(t, setup{log: memlog.Options{KeepCount: 5}, options: realtime.Options{MaxReplay: 4}})
	e.commit("list:a", 10)
	c := e.login("anna")
	for name, since := range map[string]struct {
		epoch string
		seq   int
	}{
		"another epoch": {"elsewhere", 8}, "ahead": {e.epoch(), 11}, "trimmed": {e.epoch(), 4}, "too far behind": {e.epoch(), 5},
	} {
		if m := c.resume("list:a", since.epoch, since.seq); *m.Recovered || m.Seq != 10 || m.Epoch != e.epoch() {
			t.Errorf("%s: %s; want seq 10, not recovered", name, m.raw)
		}
	}
	if m := c.resume("list:a", e.epoch(), 6); !*m.Recovered {
		t.Errorf("within the limits: %s; want recovered", m.raw)
	}
	c.expectEvents("list:a", 7, 10)
	c.send(`{"action":"subscribe","topics":[{"topic":"list:a","since":{"epoch":"x","seq":1}},{"topic":"list:b","since":{"epoch":%q,"seq":0}}]}`, e.epoch())
	if a, b := c.expect("subscribed"), c.expect("subscribed"); *a.Recovered || !*b.Recovered {
		t.Errorf("got %s and %s; want only the second recovered", a.raw, b.raw)
	}
}

func TestR45AFurtherSubscribeReplaces(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.subscribe("list-items:7")
	e.publish("list-items:7", 3)
	c.expectEvents("list-items:7", 1, 3)
	if m := c.resume("list-item:list-7", e.epoch(), 1); m.Topic != "list-item:list-7" || !*m.Recovered {
		t.Errorf("got %s", m.raw)
	}
	c.expectEvents("list-items:7", 2, 3)
	e.publish("list-items:7", 1)
	c.expectEvents("list-items:7", 4, 4) // once
	c.expectSilence()
	c.send(`{"action":"unsubscribe","topic":"list-items:7"}`)
	c.expect("unsubscribed")
	e.publish("list-items:7", 1)
	c.expectSilence()
	waitFor(t, func() bool { return e.hub.Stats().Topics == 0 })
}

func TestR46Unsubscribe(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.subscribe("list:a")
	c.send(`{"action":"unsubscribe","topic":"list:a"}`)
	c.expect("unsubscribed")
	e.publish("list:a", 1)
	c.send(`{"action":"unsubscribe","topic":"list:a"}`)
	c.expectError(realtime.CodeNotSubscribed)
}

func TestR50Event(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.subscribe("list:a")
	at := time.Now().UTC().Truncate(time.Microsecond)
	entries := e.log.Append(realtime.Event{
		ID: "i1", Topic: "list:a", Type: realtime.StatusChanged, EntityID: "456", Payload: json.RawMessage(`{"name":"Zoë"}`),
		UserID: "789", Timestamp: at, Version: 7, MutationID: "m1", TraceID: "t1",
	})
	e.hub.Deliver(entries)
	want := `{"topic":"list:a","event":"STATUS_CHANGED","data":{"entity_id":"456","payload":{"name":"Zoë"},"user_id":"789","timestamp":"` +
		at.Format(time.RFC3339Nano) + `"},"id":"i1","epoch":"` + e.epoch() + `","seq":1,"version":7,"mutation_id":"m1","trace_id":"t1"}`
	if m := c.read(); m.raw != want {
		t.Errorf("got  %s\nwant %s", m.raw, want)
	}
}

// Guarantees: S3
func TestR52WakeUpsMayBeLostDoubledOrInverted(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{HeadInterval: 20 * time.Millisecond}})
	c := e.login("anna")
	c.subscribe("list:a")
	one, two, three := e.commit("list:a", 1), e.commit("list:a", 1), e.commit("list:a", 1)
	e.hub.Deliver(three)
	e.hub.Deliver(two)
	e.hub.Deliver(one)
	e.hub.Deliver(one)
	e.hub.Deliver(three)
	c.expectEvents("list:a", 1, 3)
	e.commit("list:a", 2) // without a wake-up
	c.expectEvents("list:a", 4, 5)
	c.expectSilence()
}

// Guarantees: S5
func TestR53ResyncOnANewEpoch(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{HeadInterval: 20 * time.Millisecond}})
	c := e.login("anna")
	c.subscribe("list:a")
	e.publish("list:a", 2)
	c.expectEvents("list:a", 1, 2)
	e.log.NewEpoch()
	if m := c.expect("resync"); m.Reason != "epoch" || m.Seq != 2 || m.Epoch != e.epoch() || m.Topic != "list:a" {
		t.Errorf("got %s; want seq 2 of the new epoch", m.raw)
	}
	e.publish("list:a", 1)
	c.expectEvents("list:a", 3, 3)
}

// Guarantees: S4
func TestR53ResyncWhenTrimmed(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{HeadInterval: 20 * time.Millisecond}, log: memlog.Options{KeepCount: 3}})
	c := e.login("anna")
	c.subscribe("list:a")
	e.log.Append(make10("list:a")...) // at once, without a wake-up
	if m := c.expect("resync"); m.Reason != "trimmed" || m.Seq != 10 {
		t.Errorf("got %s; want trimmed at 10", m.raw)
	}
	e.publish("list:a", 1)
	c.expectEvents("list:a", 11, 11)
}

func make10(topic realtime.Topic) (events []realtime.Event) {
	for range 10 {
		events = append(events, realtime.Event{Topic: topic, Type: realtime.Added, EntityID: "e"})
	}
	return events
}

// Guarantees: S8, A22
func TestR54Revoked(t *testing.T) {
	for name, recheck := range map[string]func(*realtime.Hub){
		"by topic": func(h *realtime.Hub) { h.Recheck("list:a") },
		"by user":  func(h *realtime.Hub) { h.RecheckUser("anna") },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, setup{})
			anna, bert := e.login("anna"), e.login("bert")
			for _, c := range []*client{anna, bert} {
				c.subscribe("list:a")
				c.subscribe("list:b")
			}
			e.gate.deny("anna", "list:a")
			recheck(e.hub)
			e.publish("list:a", 1)
			e.publish("list:b", 1)
			if m := anna.expect("unsubscribed"); m.Topic != "list:a" || m.Code != "revoked" {
				t.Errorf("got %s", m.raw)
			}
			anna.expectEvents("list:b", 1, 1)
			anna.send(`{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":0}}`, e.epoch())
			anna.expectError(realtime.CodeForbidden)
			for range 2 { // in either order: topics are independent
				bert.expect("event")
			}
		})
	}
}

// A withdrawal that stands in the log comes behind what was committed before it,
// and what was committed after it reaches nobody whom it names.
// Guarantees: S8
func TestR54WithdrawnInTheLog(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{HeadInterval: time.Millisecond, HoldAfter: patience}})
	var annas []*client
	for range 8 {
		annas = append(annas, e.login("anna"))
	}
	bert := e.login("bert")
	for _, c := range append(annas, bert) {
		c.subscribe("list:a")
	}
	var entries []realtime.Entry
	err := e.log.Commit(func(tx *memlog.Tx) error {
		entries = tx.Append(make10("list:a")...)
		e.gate.deny("anna", "list:a")
		err := tx.Withdraw("list:a", "anna")
		entries = append(entries, tx.Append(make10("list:a")...)...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	e.hub.Deliver(entries)
	for _, anna := range annas {
		anna.expectEvents("list:a", 1, 10)
		if m := anna.expect("unsubscribed"); m.Code != "revoked" {
			t.Errorf("got %s", m.raw)
		}
		anna.send(`{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":10}}`, e.epoch())
		anna.expectError(realtime.CodeForbidden)
	}
	bert.expectEvents("list:a", 1, 20)
}

// Access is taken away after the topic was authorized and before it is live.
// Guarantees: A22
func TestR54RevokedDuringASubscribe(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	var once sync.Once
	e.gate.beforeEach(func(topic realtime.Topic) {
		if topic == "list:b" { // list:a has been authorized by now
			once.Do(func() {
				e.gate.deny("anna", "list:a")
				e.hub.Recheck("list:a")
			})
		}
	})
	c.send(`{"action":"subscribe","topics":[{"topic":"list:a"},{"topic":"list:b"}]}`)
	c.expectError(realtime.CodeForbidden)
	c.expect("subscribed")
	e.publish("list:a", 1)
	c.expectSilence()
}

// Access is taken away while a long history is replayed.
// Guarantees: S8, A22
func TestR54RevokedDuringAReplay(t *testing.T) {
	log := &slowLog{pages: make(chan struct{})}
	e := newEnv(t, setup{
		log: memlog.Options{KeepCount: 10_000}, options: realtime.Options{HeadInterval: time.Hour},
		wrap: func(l realtime.Log) realtime.Log { log.Log = l; return log },
	})
	e.commit("list:a", 3000)
	c := e.login("anna")
	c.send(`{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":0}}`, e.epoch())
	log.pages <- struct{}{}
	c.expect("subscribed")
	c.expectEvents("list:a", 1, 256)
	e.gate.deny("anna", "list:a")
	e.hub.Recheck("list:a")
	log.pages <- struct{}{} // the next page has been asked for before, and is read now
	c.expect("unsubscribed")
	close(log.pages)
	c.expectSilence()
}

// slowLog lets a page be read for each token in pages.
type slowLog struct {
	realtime.Log
	pages chan struct{}
}

func (l *slowLog) Read(ctx context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	<-l.pages
	return l.Log.Read(ctx, topic, after, limit)
}

// What waits in the queue of a slow reader is not sent after a revocation (S8).
// Guarantees: S8, A22
func TestR54RevokedWhileQueued(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{QueueBytes: 64 << 20}})
	c := e.login("anna")
	c.subscribe("list:a")
	c.subscribe("list:b")
	payload := json.RawMessage(`"` + string(make60k()) + `"`)
	for range 400 { // far more than the socket's buffers take
		e.hub.Deliver(e.log.Append(realtime.Event{Topic: "list:a", Type: realtime.Updated, EntityID: "e", Payload: payload}))
	}
	e.publish("list:b", 1)
	waitFor(t, func() bool { return e.hub.Stats().Events == 401 })
	e.gate.deny("anna", "list:a")
	e.hub.Recheck("list:a")
	seen := 0
	for {
		m := c.read()
		if m.Type == "unsubscribed" {
			break
		}
		if m.Topic == "list:a" {
			seen++
		}
	}
	if seen == 400 {
		t.Error("everything that was queued was sent")
	}
	e.publish("list:b", 1)
	c.expectEvents("list:b", 2, 2)
}

func make60k() []byte {
	b := make([]byte, 60_000)
	for i := range b {
		b[i] = 'x'
	}
	return b
}

// Guarantees: A23
func TestR54NobodyKnows(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.subscribe("list:a")
	e.gate.fail()
	e.hub.Recheck("list:a")
	e.publish("list:a", 1)
	c.expectCloseWithout("event", realtime.CloseInternal)
}

func (g *gatekeeper) fail() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.broken = true
}

// Guarantees: S10
func TestR55ASlowReaderIsClosedAndResumes(t *testing.T) {
	for _, tls := range []bool{false, true} {
		e := newEnv(t, setup{tls: tls, options: realtime.Options{QueueBytes: 256 << 10}})
		slow, healthy := e.login("anna"), e.login("bert")
		slow.subscribe("list:a")
		healthy.subscribe("list:a")
		payload := json.RawMessage(`"` + string(make60k()) + `"`)
		for seq := 1; seq <= 300; seq++ {
			e.hub.Deliver(e.log.Append(realtime.Event{Topic: "list:a", Type: realtime.Updated, EntityID: "e", Payload: payload}))
			healthy.expectEvents("list:a", seq, seq) // the healthy one is never behind
		}
		waitFor(t, func() bool { return e.hub.Stats().Closed[realtime.CloseSlowConsumer] == 1 })
		last := 0
		for {
			b, err := slow.next()
			if err != nil {
				if got := websocket.CloseStatus(err); got != websocket.StatusCode(realtime.CloseSlowConsumer) && got != -1 {
					t.Errorf("closed with %v; want 3001, or cut", err)
				}
				break
			}
			var m message
			if err := json.Unmarshal(b, &m); err != nil || m.Seq != last+1 {
				t.Fatalf("seq %d after %d: %v", m.Seq, last, err)
			}
			last = m.Seq
		}
		if last == 300 {
			t.Error("nothing was dropped: the test did not overflow the queue")
		}
		back := e.login("anna")
		if m := back.resume("list:a", e.epoch(), last); !*m.Recovered {
			t.Errorf("got %s; want recovered", m.raw)
		}
		back.expectEvents("list:a", last+1, 300)
	}
}

// An event gets through that is larger than the queue, live and in a replay,
// whatever the socket; and what else is live meanwhile does.
// Guarantees: S10
func TestR55AnEventOfAnySizeGetsThrough(t *testing.T) {
	const size = 8 << 20 // more than the kernel takes at once
	payload := json.RawMessage(`"` + strings.Repeat("x", size) + `"`)
	for _, tls := range []bool{false, true} {
		e := newEnv(t, setup{tls: tls, options: realtime.Options{QueueBytes: realtime.MinQueueBytes}})
		commit := func() []realtime.Entry {
			return e.log.Append(realtime.Event{Topic: "list:large", Type: realtime.Updated, EntityID: "e", Payload: payload})
		}
		anna := e.login("anna")
		anna.conn.SetReadLimit(2 * size)
		anna.subscribe("list:large")
		anna.subscribe("list:small")
		e.hub.Deliver(commit())
		sent := func() bool { return e.hub.Stats().Deliveries == 1 }
		waitFor(t, sent)
		e.publish("list:small", 3)
		anna.expectEvents("list:large", 1, 1)
		anna.expectEvents("list:small", 1, 3)

		// The hub knows of the next one before anybody resumes, or it would be live for
		// them, while most of the first still waits: two such do not fit.
		e.hub.Deliver(commit())
		anna.expectEvents("list:large", 2, 2)
		back := e.login("anna")
		back.conn.SetReadLimit(2 * size)
		back.resume("list:large", e.epoch(), 0)
		back.expectEvents("list:large", 1, 2)
	}
}

// Guarantees: S10
func TestR55AReaderThatTakesNothing(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{QueueBytes: 64 << 20, WriteTimeout: 500 * time.Millisecond, PingInterval: time.Hour}})
	c := e.login("anna")
	c.subscribe("list:a")
	payload := json.RawMessage(`"` + string(make60k()) + `"`)
	for range 200 {
		e.hub.Deliver(e.log.Append(realtime.Event{Topic: "list:a", Type: realtime.Updated, EntityID: "e", Payload: payload}))
	}
	waitFor(t, func() bool { return e.hub.Stats().Closed[realtime.CloseSlowConsumer] == 1 })
}

// A subscription outlives the server: the log is in a file, the position in the
// client (S6, S11).
// Guarantees: S6
func TestR43ResumeAcrossARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	start := func() (*env, *sql.DB) {
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_txlock=immediate")
		if err != nil {
			t.Fatal(err)
		}
		if err := sqllog.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		log, err := sqllog.Open(t.Context(), db, sqllog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
		return newEnv(t, setup{wrap: func(realtime.Log) realtime.Log { return log }, options: realtime.Options{Logger: quiet}}), db
	}
	commit := func(db *sql.DB) []realtime.Entry {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := sqllog.Append(t.Context(), tx, make10("list:a"))
		if err == nil {
			err = tx.Commit()
		}
		if err != nil {
			t.Fatal(err)
		}
		return entries
	}

	e, db := start()
	c := e.login("anna")
	epoch := c.subscribe("list:a").Epoch
	e.hub.Deliver(commit(db))
	c.expectEvents("list:a", 1, 10)
	e.hub.Close()
	c.expectClose(realtime.CloseGoingAway)
	commit(db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	e, db = start()
	defer func() { _ = db.Close() }()
	c = e.login("anna")
	if m := c.resume("list:a", epoch, 10); !*m.Recovered || m.Seq != 20 {
		t.Errorf("got %s; want recovered at 20", m.raw)
	}
	c.expectEvents("list:a", 11, 20)
	e.hub.Deliver(commit(db))
	c.expectEvents("list:a", 21, 30)
}
