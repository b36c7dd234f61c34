// Package realtimetest states, as tests, what a [realtime.Hub] expects of a
// [realtime.Log]. Run [TestLog] against a Log of your own, set up so that it keeps
// [Keep] events of a topic:
//
//	func TestLog(t *testing.T) {
//		realtimetest.TestLog(t, func(t *testing.T) realtimetest.Subject {
//			log := open(t)
//			return realtimetest.Subject{Log: log, Commit: log.commit, Trim: log.trim, NewEpoch: log.newEpoch}
//		})
//	}
package realtimetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/realtime"
)

// Keep is how many events of a topic a log under test must keep readable, and
// after Trim must not exceed.
const Keep = 50

// Tx is a transaction on a log under test. An Append that fails ends the test.
type Tx interface {
	Append(events ...realtime.Event) []realtime.Entry
	Withdraw(topic realtime.Topic, users ...string) error
	OpenTo(topic realtime.Topic, users ...string) error
	OpenToAll(topic realtime.Topic, keep ...string) error
	Break(topics ...realtime.Topic) error
}

// Subject is a fresh, empty log under test, and what the suite needs to fill it.
type Subject struct {
	Log realtime.Log
	// Commit runs f in a transaction. When f returns an error it is undone, and
	// the error returned.
	Commit func(f func(tx Tx) error) error
	// Trim forgets all but the newest Keep events of each topic.
	Trim func(t testing.TB)
	// NewEpoch starts a new history, as restoring a backup does.
	NewEpoch func(t testing.TB)
	// ForgetTopics forgets all topics that have no events and are not in use. Nil
	// for a log that does not forget topics.
	ForgetTopics func(t testing.TB, inUse func(realtime.Topic) bool)
}

// Append commits the events in one transaction and returns their entries.
func (s Subject) Append(t testing.TB, events ...realtime.Event) (entries []realtime.Entry) {
	t.Helper()
	s.do(t, func(tx Tx) { entries = tx.Append(events...) })
	return entries
}

// do commits what f does.
func (s Subject) do(t testing.TB, f func(tx Tx)) {
	t.Helper()
	if err := s.Commit(func(tx Tx) error { f(tx); return nil }); err != nil {
		t.Errorf("committing: %v", err)
	}
}

// TestLog runs the suite. Open is called for each test, and may have t clean up
// what it opened.
func TestLog(t *testing.T, open func(t *testing.T) Subject) {
	tests := map[string]func(*testing.T, Subject){
		"an unknown topic stands at zero":        testUnknownTopic,
		"positions count per topic without gaps": testGapless,
		"a transaction may touch several topics": testSeveralTopics,
		"what is read is what was appended (S5)": testImmutable,
		"reading goes page by page":              testPages,
		"a read is bounded in bytes":             testLarge,
		"heads come in the order asked":          testHeads,
		"trimmed history says so (S6)":           testTrim,
		"a new epoch forgets, and counts on":     testNewEpoch,
		"writers never make a reader miss (S3)":  testConcurrent,
		"many topics in one question":            testManyHeads,
		"what is undone never was (S1)":          testUndone,
	}
	maps.Copy(tests, accessTests)
	maps.Copy(tests, watchTests(open(t)))
	maps.Copy(tests, forgetTests(open(t)))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var epochForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func event(topic realtime.Topic, n int) realtime.Event {
	return realtime.Event{Topic: topic, Type: realtime.Updated, EntityID: fmt.Sprint("e", n), Payload: json.RawMessage(fmt.Sprint(n))}
}

func events(topic realtime.Topic, from, to int) (all []realtime.Event) {
	for n := from; n <= to; n++ {
		all = append(all, event(topic, n))
	}
	return all
}

func head(t testing.TB, log realtime.Log, topic realtime.Topic) realtime.Head {
	t.Helper()
	heads, err := log.Heads(context.Background(), []realtime.Topic{topic})
	if err != nil || len(heads) != 1 {
		t.Fatalf("Heads = %v, %v; want one head", heads, err)
	}
	return heads[0]
}

func read(t testing.TB, log realtime.Log, topic realtime.Topic, after realtime.Seq, limit int) []realtime.Entry {
	t.Helper()
	entries, err := log.Read(context.Background(), topic, after, limit)
	if err != nil {
		t.Fatalf("Read(%s, %d) = %v", topic, after, err)
	}
	for i, e := range entries {
		if e.Seq != after+realtime.Seq(i)+1 {
			t.Fatalf("Read(%s, %d)[%d].Seq = %d; want no gap", topic, after, i, e.Seq)
		}
	}
	return entries
}

func testUnknownTopic(t *testing.T, s Subject) {
	h := head(t, s.Log, "list:none")
	if h.Seq != 0 || h.Floor != 0 || !epochForm.MatchString(string(h.Epoch)) {
		t.Errorf("head of an unknown topic = %+v; want 0 and 0 in a well-formed epoch", h)
	}
	if got := read(t, s.Log, "list:none", 0, 10); len(got) != 0 {
		t.Errorf("an unknown topic has entries: %v", got)
	}
}

func testGapless(t *testing.T, s Subject) {
	epoch := head(t, s.Log, "list:a").Epoch
	for n := 1; n <= 5; n++ {
		got := s.Append(t, event("list:a", n))
		if len(got) != 1 || got[0].Position != (realtime.Position{Epoch: epoch, Seq: realtime.Seq(n)}) {
			t.Fatalf("append %d = %+v; want seq %d in epoch %s", n, got, n, epoch)
		}
		if got[0].ID == "" || got[0].Timestamp.IsZero() {
			t.Errorf("append %d left id or timestamp empty: %+v", n, got[0])
		}
	}
	if h := head(t, s.Log, "list:a"); h.Seq != 5 || h.Floor != 0 {
		t.Errorf("head = %+v; want 5 above 0", h)
	}
}

func testSeveralTopics(t *testing.T, s Subject) {
	s.Append(t, event("list:b", 1))
	got := s.Append(t, event("list:z", 1), event("list:b", 2), event("list:a", 1), event("list:b", 3))
	for i, want := range []struct {
		topic realtime.Topic
		seq   realtime.Seq
	}{{"list:z", 1}, {"list:b", 2}, {"list:a", 1}, {"list:b", 3}} {
		if got[i].Topic != want.topic || got[i].Seq != want.seq {
			t.Errorf("entry %d = %s at %d; want %s at %d", i, got[i].Topic, got[i].Seq, want.topic, want.seq)
		}
	}
}

func testImmutable(t *testing.T, s Subject) {
	full := realtime.Event{
		ID: "id-1", Topic: "list:a", Type: realtime.StatusChanged, EntityID: "e", UserID: "u", Version: 7, MutationID: "m", TraceID: "t",
		Payload: json.RawMessage(`{"name":"Ünïcode \"quoted\"",  "n":1.50}`), Timestamp: time.Now().UTC().Truncate(time.Microsecond),
	}
	appended := s.Append(t, full, event("list:a", 2))
	if diff := cmp.Diff(full, appended[0].Event); diff != "" {
		t.Errorf("append changed the event (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(appended, read(t, s.Log, "list:a", 0, 10)); diff != "" {
		t.Errorf("read differs from append (-want +got):\n%s", diff)
	}
}

func testUndone(t *testing.T, s Subject) {
	s.Append(t, event("list:a", 1))
	undone := errors.New("undone")
	err := s.Commit(func(tx Tx) error {
		tx.Append(event("list:a", 2), event("list:b", 1))
		return errors.Join(tx.Withdraw("list:a"), tx.Break("list:a"), tx.Withdraw("list:b", "ada"), undone)
	})
	if !errors.Is(err, undone) || err.Error() != undone.Error() {
		t.Fatalf("Commit = %v; want %v alone", err, undone)
	}
	a, b := head(t, s.Log, "list:a"), head(t, s.Log, "list:b")
	if a.Seq != 1 || a.Floor != 0 || a.Generation != 0 || b.Seq != 0 || b.Generation != 0 {
		t.Errorf("heads = %+v and %+v; want 1 and 0, and no generation", a, b)
	}
	if got := s.Append(t, event("list:a", 3)); got[0].Seq != 2 || got[0].Generation != 0 {
		t.Errorf("the next entry = %+v; want seq 2 of generation 0", got[0])
	}
	if got := read(t, s.Log, "list:a", 0, 10); len(got) != 2 || got[1].EntityID != "e3" {
		t.Errorf("read %+v; want the first event and the third", got)
	}
}

func testPages(t *testing.T, s Subject) {
	s.Append(t, events("list:a", 1, 10)...)
	for _, c := range []struct {
		after realtime.Seq
		limit int
		want  int
	}{{0, 4, 4}, {4, 4, 4}, {8, 4, 2}, {9, 1, 1}, {10, 4, 0}, {11, 4, 0}, {0, 100, 10}} {
		if got := read(t, s.Log, "list:a", c.after, c.limit); len(got) != c.want {
			t.Errorf("Read(after %d, limit %d) has %d entries; want %d", c.after, c.limit, len(got), c.want)
		}
	}
}

// testLarge reads events of which a few fill a read, up to the last one.
func testLarge(t *testing.T, s Subject) {
	const n, size = 20, realtime.ReadBytes/3 + 1
	all := events("list:a", 1, n)
	for i := range all {
		all[i].Payload = json.RawMessage(`"` + strings.Repeat("x", size-2) + `"`)
	}
	s.Append(t, all...)
	for after := realtime.Seq(0); after < n; {
		got := read(t, s.Log, "list:a", after, n)
		if want := min(3, n-int(after)); len(got) != want {
			t.Fatalf("Read(after %d) has %d entries of %d bytes; want %d", after, len(got), size, want)
		}
		after += realtime.Seq(len(got))
	}
}

func testHeads(t *testing.T, s Subject) {
	s.Append(t, events("list:a", 1, 3)...)
	s.Append(t, events("list:b", 1, 2)...)
	topics := []realtime.Topic{"list:b", "list:none", "list:a", "list:b"}
	heads, err := s.Log.Heads(context.Background(), topics)
	if err != nil || len(heads) != len(topics) {
		t.Fatalf("Heads = %v, %v; want %d heads", heads, err, len(topics))
	}
	for i, want := range []realtime.Seq{2, 0, 3, 2} {
		if heads[i].Seq != want || heads[i].Epoch != heads[0].Epoch {
			t.Errorf("head of %s = %+v; want seq %d in the log's one epoch", topics[i], heads[i], want)
		}
	}
}

func testManyHeads(t *testing.T, s Subject) {
	const n = 9000
	topics := make([]realtime.Topic, n)
	for i := range topics {
		topics[i] = realtime.Topic(fmt.Sprint("list:", i))
	}
	s.Append(t, event(topics[n-1], 1))
	heads, err := s.Log.Heads(context.Background(), topics)
	if err != nil || len(heads) != n || heads[n-1].Seq != 1 || heads[0].Seq != 0 {
		t.Errorf("Heads of %d topics: %d heads, %v", n, len(heads), err)
	}
}

func testTrim(t *testing.T, s Subject) {
	s.Append(t, events("list:a", 1, Keep+20)...)
	s.Append(t, events("list:b", 1, 2)...)
	s.Trim(t)
	if h := head(t, s.Log, "list:a"); h.Seq != Keep+20 || h.Floor != 20 {
		t.Errorf("head after a trim = %+v; want %d above 20", h, Keep+20)
	}
	if got := read(t, s.Log, "list:a", 20, 1000); len(got) != Keep {
		t.Errorf("%d entries are left; want %d", len(got), Keep)
	}
	if _, err := s.Log.Read(context.Background(), "list:a", 19, 1000); !errors.Is(err, realtime.ErrTrimmed) {
		t.Errorf("reading below the floor: %v; want ErrTrimmed", err)
	}
	if got := read(t, s.Log, "list:b", 0, 10); len(got) != 2 {
		t.Errorf("the other topic has %d entries; want 2", len(got))
	}
	if got := s.Append(t, event("list:a", 1)); got[0].Seq != Keep+21 {
		t.Errorf("the next position is %d; want %d", got[0].Seq, Keep+21)
	}
}

func testNewEpoch(t *testing.T, s Subject) {
	s.Append(t, events("list:a", 1, 3)...)
	before := head(t, s.Log, "list:a")
	s.NewEpoch(t)
	after := head(t, s.Log, "list:a")
	if after.Epoch == before.Epoch || after.Seq != 3 || after.Floor != 3 {
		t.Errorf("head = %+v, before %+v; want another epoch, and 3 above 3", after, before)
	}
	if _, err := s.Log.Read(context.Background(), "list:a", 1, 10); !errors.Is(err, realtime.ErrTrimmed) {
		t.Errorf("reading what was before: %v; want ErrTrimmed", err)
	}
	next := s.Append(t, event("list:a", 4))
	if next[0].Position != (realtime.Position{Epoch: after.Epoch, Seq: 4}) {
		t.Errorf("the next position is %+v; want 4 in %s", next[0].Position, after.Epoch)
	}
	if got := read(t, s.Log, "list:a", 3, 10); len(got) != 1 || got[0].Epoch != after.Epoch {
		t.Errorf("read in the new epoch = %+v", got)
	}
}

// testConcurrent has writers that touch two topics each, in either order, while
// a reader follows: it must see every position, in order, as soon as the head
// says that it is there.
func testConcurrent(t *testing.T, s Subject) {
	const writers, rounds = 4, 10
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for n := range rounds {
				a, b := event("list:a", n), event("list:b", n)
				if n%2 == 0 {
					a, b = b, a
				}
				s.Append(t, a, b)
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	var seen realtime.Seq
	for running := true; running || seen < writers*rounds; {
		select {
		case <-done:
			running = false
		default:
		}
		h := head(t, s.Log, "list:a")
		got := read(t, s.Log, "list:a", seen, 1000)
		seen += realtime.Seq(len(got))
		if seen < h.Seq {
			t.Fatalf("the head said %d, but reading stopped at %d", h.Seq, seen)
		}
		if !running && len(got) == 0 {
			break
		}
	}
	<-done
	if seen != writers*rounds {
		t.Errorf("saw %d entries; want %d", seen, writers*rounds)
	}
}
