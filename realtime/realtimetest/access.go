package realtimetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/familygifting/tidings/realtime"
)

// accessTests are the suite's tests of who may read.
var accessTests = map[string]func(*testing.T, Subject){
	"entries carry the generation of their moment (S8)":  testGenerations,
	"access may change before the first event":           testAccessFirst,
	"changes of access are listed in order":              testAccessChanges,
	"rights are the last word":                           testRights,
	"rights to several topics come in the order asked":   testSeveralRights,
	"a user kept at an opening keeps the earlier events": testKeep,
	"a break moves a topic on":                           testBreak,
	"access outlives an epoch":                           testAccessInANewEpoch,
	"a bad change of access changes nothing":             testBadAccess,
	"withdrawals and appends have one order (S8)":        testConcurrentAccess,
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func changes(t testing.TB, log realtime.Log, topic realtime.Topic, after realtime.Generation) []realtime.AccessChange {
	t.Helper()
	all, err := log.AccessChanges(context.Background(), topic, after)
	if err != nil {
		t.Fatalf("AccessChanges(%s, %d) = %v", topic, after, err)
	}
	return all
}

func right(t testing.TB, log realtime.Log, user string, topic realtime.Topic) realtime.Right {
	t.Helper()
	_, rights, err := log.HeadsAndRights(context.Background(), user, []realtime.Topic{topic})
	if err != nil || len(rights) != 1 {
		t.Fatalf("HeadsAndRights(%s, %s) = %v, %v; want one", user, topic, rights, err)
	}
	return rights[0]
}

func testGenerations(t *testing.T, s Subject) {
	var appended []realtime.Entry
	s.do(t, func(tx Tx) {
		appended = append(appended, tx.Append(event("list:a", 1), event("list:b", 1))...)
		must(t, tx.Withdraw("list:a", "ada"))
		appended = append(appended, tx.Append(event("list:a", 2))...)
		must(t, tx.Withdraw("list:a"))
		must(t, tx.OpenTo("list:a", "ben"))
		appended = append(appended, tx.Append(event("list:b", 2), event("list:a", 3))...)
	})
	for i, want := range []struct {
		seq        realtime.Seq
		generation realtime.Generation
	}{{1, 0}, {1, 0}, {2, 1}, {2, 0}, {3, 3}} {
		if appended[i].Seq != want.seq || appended[i].Generation != want.generation {
			t.Errorf("entry %d = %+v; want %+v", i, appended[i], want)
		}
	}
	want := []realtime.Entry{appended[0], appended[2], appended[4]}
	if diff := cmp.Diff(want, read(t, s.Log, "list:a", 0, 10)); diff != "" {
		t.Errorf("read differs from append (-want +got):\n%s", diff)
	}
	if a, b := head(t, s.Log, "list:a"), head(t, s.Log, "list:b"); a.Generation != 3 || b.Generation != 0 {
		t.Errorf("heads = %+v and %+v; want the generations 3 and 0", a, b)
	}
}

func testAccessFirst(t *testing.T, s Subject) {
	s.do(t, func(tx Tx) { must(t, tx.Withdraw("list:a", "ada")) })
	if h := head(t, s.Log, "list:a"); h.Seq != 0 || h.Floor != 0 || h.Generation != 1 {
		t.Errorf("head = %+v; want generation 1, and no position taken", h)
	}
	if got := s.Append(t, event("list:a", 1)); got[0].Seq != 1 || got[0].Generation != 1 {
		t.Errorf("the first entry = %+v; want seq 1 of generation 1", got[0])
	}
}

func testAccessChanges(t *testing.T, s Subject) {
	s.do(t, func(tx Tx) {
		tx.Append(events("list:a", 1, 2)...)
		must(t, tx.Withdraw("list:a", "ben", "ada"))
		tx.Append(event("list:a", 3))
		must(t, tx.OpenTo("list:a", "ada"))
	})
	s.do(t, func(tx Tx) { must(t, tx.Withdraw("list:a")) })
	all := []realtime.AccessChange{
		{Generation: 1, User: "ada"}, {Generation: 1, User: "ben"},
		{Generation: 2, User: "ada", Opened: true, From: 3}, {Generation: 3},
	}
	within := cmpopts.SortSlices(func(a, b realtime.AccessChange) bool {
		return a.Generation < b.Generation || a.Generation == b.Generation && a.User < b.User
	})
	for after, want := range [][]realtime.AccessChange{all, all[2:], all[3:], nil, nil} {
		got := changes(t, s.Log, "list:a", realtime.Generation(after))
		for i := range len(got) - 1 {
			if got[i].Generation > got[i+1].Generation {
				t.Errorf("changes after %d are out of order: %+v", after, got)
			}
		}
		if diff := cmp.Diff(want, got, within); diff != "" {
			t.Errorf("changes after %d (-want +got):\n%s", after, diff)
		}
	}
	if got := changes(t, s.Log, "list:none", 0); len(got) != 0 {
		t.Errorf("an unknown topic has changes of access: %+v", got)
	}
}

func testRights(t *testing.T, s Subject) {
	// check compares what stands after a change; times of withdrawals apart.
	var withdrawn time.Time
	check := func(when, user string, want realtime.Right, taken bool) {
		t.Helper()
		got := right(t, s.Log, user, "list:a")
		if got.From != want.From || got.Closed != want.Closed || got.Withdrawn.IsZero() == taken {
			t.Errorf("%s, the right of %q = %+v; want %+v, withdrawn once: %v", when, user, got, want, taken)
		}
		if got.Withdrawn.Before(withdrawn) && !got.Withdrawn.IsZero() {
			t.Errorf("%s, %q was withdrawn from at %v; want %v or later", when, user, got.Withdrawn, withdrawn)
		}
	}
	check("at first", "ada", realtime.Right{}, false)
	s.Append(t, events("list:a", 1, 3)...)
	withdrawn = time.Now().Add(-time.Minute) // the log's clock need not be this one
	s.do(t, func(tx Tx) { must(t, tx.Withdraw("list:a", "ada")) })
	check("withdrawn from ada", "ada", realtime.Right{Closed: true}, true)
	check("withdrawn from ada", "ben", realtime.Right{}, false)
	s.do(t, func(tx Tx) { must(t, tx.OpenTo("list:a", "ada")) })
	check("opened to ada", "ada", realtime.Right{From: 3}, true)
	s.Append(t, event("list:a", 4))
	s.do(t, func(tx Tx) { must(t, tx.Withdraw("list:a")) })
	for _, user := range []string{"ada", "ben", ""} {
		check("withdrawn from all", user, realtime.Right{Closed: true}, true)
	}
	s.do(t, func(tx Tx) { must(t, tx.OpenToAll("list:a")) })
	for _, user := range []string{"ada", "ben", ""} {
		check("opened to all", user, realtime.Right{From: 4}, true)
	}
	s.do(t, func(tx Tx) { must(t, tx.Withdraw("list:a", "ben")) })
	check("withdrawn from ben", "ada", realtime.Right{From: 4}, true)
	check("withdrawn from ben", "ben", realtime.Right{Closed: true}, true)
}

func testSeveralRights(t *testing.T, s Subject) {
	s.do(t, func(tx Tx) {
		tx.Append(events("list:a", 1, 2)...)
		must(t, tx.OpenTo("list:a", "ada"))
		must(t, tx.Withdraw("list:b"))
	})
	topics := []realtime.Topic{"list:b", "list:none", "list:a", "list:b"}
	heads, rights, err := s.Log.HeadsAndRights(context.Background(), "ada", topics)
	if err != nil || len(rights) != len(topics) {
		t.Fatalf("HeadsAndRights = %v, %v; want %d", rights, err, len(topics))
	}
	alone, err := s.Log.Heads(context.Background(), topics)
	if diff := cmp.Diff(alone, heads); err != nil || diff != "" {
		t.Errorf("heads (-Heads +HeadsAndRights): %v\n%s", err, diff)
	}
	want := []realtime.Right{{Closed: true}, {}, {From: 2}, {Closed: true}}
	if diff := cmp.Diff(want, rights, cmpopts.IgnoreFields(realtime.Right{}, "Withdrawn")); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
}

func testKeep(t *testing.T, s Subject) {
	s.do(t, func(tx Tx) {
		tx.Append(events("list:a", 1, 2)...)
		must(t, tx.OpenTo("list:a", "ben"))
		must(t, tx.Withdraw("list:a", "cai"))
		tx.Append(events("list:a", 3, 5)...)
		must(t, tx.OpenToAll("list:a", "ada", "ben", "cai"))
	})
	for user, want := range map[string]realtime.Seq{"ada": 0, "ben": 2, "cai": 5, "dee": 5} {
		if got := right(t, s.Log, user, "list:a"); got.From != want || got.Closed {
			t.Errorf("the right of %s = %+v; want from %d", user, got, want)
		}
	}
	named := map[string]bool{}
	for _, c := range changes(t, s.Log, "list:a", 2) {
		named[c.User] = c.Opened && c.Generation == 3
	}
	if diff := cmp.Diff(map[string]bool{"": true, "ada": true, "ben": true, "cai": true}, named); diff != "" {
		t.Errorf("named by generation 3 (-want +got):\n%s", diff)
	}
}

func testBreak(t *testing.T, s Subject) {
	s.Append(t, events("list:a", 1, 3)...)
	s.do(t, func(tx Tx) {
		must(t, tx.Break("list:a", "list:none"))
		if got := tx.Append(event("list:a", 5)); got[0].Seq != 5 {
			t.Errorf("behind a break comes %d; want 5", got[0].Seq)
		}
	})
	if h := head(t, s.Log, "list:a"); h.Seq != 5 || h.Floor != 4 || h.Generation != 0 {
		t.Errorf("head = %+v; want 5 above 4, and no generation", h)
	}
	if h := head(t, s.Log, "list:none"); h.Seq != 1 || h.Floor != 1 {
		t.Errorf("head of a topic without events = %+v; want 1 above 1", h)
	}
	if _, err := s.Log.Read(context.Background(), "list:a", 3, 10); !errors.Is(err, realtime.ErrTrimmed) {
		t.Errorf("reading across the break: %v; want ErrTrimmed", err)
	}
	if got := read(t, s.Log, "list:a", 4, 10); len(got) != 1 || got[0].EntityID != "e5" {
		t.Errorf("behind the break stands %+v; want the fifth event", got)
	}
}

func testAccessInANewEpoch(t *testing.T, s Subject) {
	s.do(t, func(tx Tx) {
		tx.Append(events("list:a", 1, 2)...)
		must(t, tx.OpenTo("list:a", "ada"))
		must(t, tx.Withdraw("list:a", "ben"))
	})
	s.NewEpoch(t)
	if h := head(t, s.Log, "list:a"); h.Generation != 2 {
		t.Errorf("head = %+v; want generation 2 still", h)
	}
	if ada, ben := right(t, s.Log, "ada", "list:a"), right(t, s.Log, "ben", "list:a"); ada.From != 2 || !ben.Closed {
		t.Errorf("rights = %+v and %+v; want from 2, and closed", ada, ben)
	}
}

func testBadAccess(t *testing.T, s Subject) {
	many := make([]string, realtime.MaxAccessUsers+1)
	for i := range many {
		many[i] = fmt.Sprint("u", i)
	}
	long := strings.Repeat("x", realtime.MaxUserID+1)
	for name, c := range map[string]struct {
		change func(tx Tx) error
		want   string
	}{
		"a topic without a type":   {func(tx Tx) error { return tx.Withdraw("list", "ada") }, `"list"`},
		"an opening of no topic":   {func(tx Tx) error { return tx.OpenTo("", "ada") }, "topic"},
		"an opening to nobody":     {func(tx Tx) error { return tx.OpenTo("list:a") }, "users: empty"},
		"an opening for all, of a": {func(tx Tx) error { return tx.OpenToAll("a", "ada") }, `"a"`},
		"an empty user":            {func(tx Tx) error { return tx.Withdraw("list:a", "ada", "") }, "users[1]: empty"},
		"a user twice":             {func(tx Tx) error { return tx.OpenTo("list:a", "ada", "ben", "ada") }, "users[2]: duplicate of users[0]"},
		"a kept user twice":        {func(tx Tx) error { return tx.OpenToAll("list:a", "ada", "ada") }, "users[1]: duplicate"},
		"a long user":              {func(tx Tx) error { return tx.OpenTo("list:a", long) }, fmt.Sprint(realtime.MaxUserID)},
		"too many users":           {func(tx Tx) error { return tx.Withdraw("list:a", many...) }, fmt.Sprint(realtime.MaxAccessUsers)},
		"a break of no topic":      {func(tx Tx) error { return tx.Break("list:a", "list:") }, "topics[1]"},
		"a break twice":            {func(tx Tx) error { return tx.Break("list:a", "list:a") }, "topics[1]: duplicate"},
	} {
		s.do(t, func(tx Tx) {
			if err := c.change(tx); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v; want an error with %q", name, err, c.want)
			}
		})
		if h := head(t, s.Log, "list:a"); h.Generation != 0 || h.Seq != 0 {
			t.Errorf("%s: the head is %+v; want nothing done", name, h)
		}
	}
	s.do(t, func(tx Tx) { must(t, tx.Withdraw("list:a", many[1:]...)) })
	if got := changes(t, s.Log, "list:a", 0); len(got) != realtime.MaxAccessUsers {
		t.Errorf("%d changes; want one for each of %d users", len(got), realtime.MaxAccessUsers)
	}
}

// testConcurrentAccess has writers that withdraw and append at once: generations
// rise with positions, and each entry's is that of the withdrawals before it.
func testConcurrentAccess(t *testing.T, s Subject) {
	const writers, rounds = 4, 6
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range rounds {
				s.do(t, func(tx Tx) {
					before := tx.Append(event("list:a", n), event("list:b", n))
					must(t, tx.Withdraw("list:a", fmt.Sprint("u", w)))
					if after := tx.Append(event("list:a", n)); after[0].Generation != before[0].Generation+1 {
						t.Errorf("generations %d and %d around a withdrawal", before[0].Generation, after[0].Generation)
					}
				})
			}
		})
	}
	wg.Wait()
	entries := read(t, s.Log, "list:a", 0, 1000)
	if len(entries) != min(2*writers*rounds, Keep) {
		t.Fatalf("%d entries; want %d", len(entries), 2*writers*rounds)
	}
	for i, e := range entries {
		if want := realtime.Generation((i + 1) / 2); e.Generation != want {
			t.Errorf("the entry at %d is of generation %d; want %d", e.Seq, e.Generation, want)
		}
	}
	if got := changes(t, s.Log, "list:a", 0); len(got) != writers*rounds || got[len(got)-1].Generation != writers*rounds {
		t.Errorf("%d changes of access; want %d, one in each generation", len(got), writers*rounds)
	}
}
