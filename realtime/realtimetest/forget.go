package realtimetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/familygifting/tidings/realtime"
)

// forgetTests are the suite's tests of a log that forgets topics.
func forgetTests(s Subject) map[string]func(*testing.T, Subject) {
	if s.ForgetTopics == nil {
		return nil
	}
	return map[string]func(*testing.T, Subject){
		"a forgotten topic stands at the floor of all (S5)": testForget,
		"what is in use, or says more, is not forgotten":    testForgetSpares,
		"many topics are forgotten at once":                 testForgetMany,
	}
}

func nobody(realtime.Topic) bool { return false }

func testForget(t *testing.T, s Subject) {
	const high = 1500 // beyond the least floor
	s.do(t, func(tx Tx) {
		tx.Append(events("list:a", 1, 3)...)
		tx.Append(events("list:b", 1, high)...)
		must(t, tx.Break("list:a", "list:b"))
	})
	epoch := head(t, s.Log, "list:a").Epoch
	s.ForgetTopics(t, nobody)
	floor := head(t, s.Log, "list:none").Floor
	if floor <= high {
		t.Errorf("unknown topics stand at %d; want no position that was given out, of %d", floor, high+1)
	}
	want := realtime.Head{Position: realtime.Position{Epoch: epoch, Seq: floor}, Floor: floor}
	for _, topic := range []realtime.Topic{"list:a", "list:b", "list:none"} {
		if h := head(t, s.Log, topic); h != want {
			t.Errorf("the head of %s = %+v; want %+v", topic, h, want)
		}
		if _, err := s.Log.Read(context.Background(), topic, floor-1, 10); !errors.Is(err, realtime.ErrTrimmed) {
			t.Errorf("reading %s from below: %v; want ErrTrimmed", topic, err)
		}
		if got := read(t, s.Log, topic, floor, 10); len(got) != 0 {
			t.Errorf("%s has %v; want nothing", topic, got)
		}
	}
	if got := s.Append(t, event("list:a", 1), event("list:a", 2)); got[0].Seq != floor+1 || got[1].Seq != floor+2 {
		t.Errorf("it goes on at %d and %d; want from %d", got[0].Seq, got[1].Seq, floor+1)
	}
	if h := head(t, s.Log, "list:a"); h.Seq != floor+2 || h.Floor != floor {
		t.Errorf("its head = %+v; want %d above %d", h, floor+2, floor)
	}
	s.do(t, func(tx Tx) { must(t, errors.Join(tx.Break("list:b"), tx.OpenTo("list:c", "ada"))) })
	if b, c := head(t, s.Log, "list:b"), right(t, s.Log, "ada", "list:c"); b.Seq != floor+1 || c.From != floor {
		t.Errorf("broken at %d, opened from %d; want %d and %d", b.Seq, c.From, floor+1, floor)
	}
}

func testForgetSpares(t *testing.T, s Subject) {
	s.do(t, func(tx Tx) {
		tx.Append(event("list:used", 1), event("list:read", 1), event("list:taken", 1), event("list:idle", 1))
		must(t, tx.Break("list:used", "list:taken", "list:idle"))
		must(t, tx.Withdraw("list:taken", "ada"))
	})
	s.ForgetTopics(t, func(topic realtime.Topic) bool { return topic == "list:used" })
	for topic, want := range map[realtime.Topic]realtime.Seq{"list:used": 2, "list:read": 1, "list:taken": 2} {
		if h := head(t, s.Log, topic); h.Seq != want {
			t.Errorf("the head of %s = %+v; want %d still", topic, h, want)
		}
	}
	if h := head(t, s.Log, "list:idle"); h.Seq == 2 {
		t.Errorf("the head of list:idle = %+v; want it forgotten", h)
	}
	if r := right(t, s.Log, "ada", "list:taken"); !r.Closed || r.Withdrawn.IsZero() {
		t.Errorf("the right to list:taken = %+v; want it closed still", r)
	}
	s.ForgetTopics(t, nobody) // out of use by now
	if h := head(t, s.Log, "list:used"); h.Seq == 2 {
		t.Errorf("the head of list:used = %+v; want it forgotten, too", h)
	}
}

func testForgetMany(t *testing.T, s Subject) {
	const n = 2500
	topics := make([]realtime.Topic, n)
	for i := range topics {
		topics[i] = realtime.Topic(fmt.Sprint("list:", i))
	}
	s.do(t, func(tx Tx) { must(t, tx.Break(topics...)) })
	s.ForgetTopics(t, nobody)
	heads, err := s.Log.Heads(context.Background(), topics)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range heads {
		if h.Seq != heads[0].Seq || h.Seq == 1 {
			t.Fatalf("the head of %s = %+v; want it forgotten", topics[i], h)
		}
	}
}
