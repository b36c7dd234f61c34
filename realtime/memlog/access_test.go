package memlog_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// Changes of access are forgotten when they are old and a later one says the same
// of the same users; what stands, and what a right needs, stays.
func TestTrimAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{KeepAge: time.Hour})
		err := errors.Join(
			log.Withdraw("list:a", "ada"), log.OpenTo("list:a", "ada"), // 1, 2
			log.Withdraw("list:a", "ada", "ben"), log.OpenTo("list:a", "ada"), // 3: the last of ben, 4
			log.Withdraw("list:a", "ada")) // 5
		if err != nil {
			t.Fatal(err)
		}
		withdrawn := time.Now()
		generations := func() (all []realtime.Generation) {
			log.Trim()
			changes, err := log.AccessChanges(t.Context(), "list:a", 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range changes {
				all = append(all, c.Generation)
			}
			return slices.Compact(all)
		}
		if got := generations(); len(got) != 5 {
			t.Errorf("of young changes the generations %v are left; want all", got)
		}
		time.Sleep(2 * time.Hour)
		if got := generations(); !slices.Equal(got, []realtime.Generation{3, 4, 5}) {
			t.Errorf("the generations %v are left; want the last opening and the last withdrawals", got)
		}
		_, rights, err := log.HeadsAndRights(t.Context(), "ada", []realtime.Topic{"list:a"})
		if err != nil || !rights[0].Closed || !rights[0].Withdrawn.Equal(withdrawn) {
			t.Errorf("the right is %+v, %v; want it closed at %v", rights, err, withdrawn)
		}
	})
}

// A panic in a commit undoes it, and leaves the log usable.
func TestAPanicUndoesACommit(t *testing.T) {
	log := memlog.New(memlog.Options{})
	func() {
		defer func() { _ = recover() }()
		_ = log.Commit(func(tx *memlog.Tx) error { tx.Append(realtime.Event{Topic: "list:a"}); panic("boom") })
	}()
	if got := log.Append(realtime.Event{Topic: "list:a"}); got[0].Seq != 1 {
		t.Errorf("the next position is %d; want 1", got[0].Seq)
	}
}

// A watcher that comes back after more changes than the log remembers is told that
// all may have changed.
func TestChangedForgets(t *testing.T) {
	log := memlog.New(memlog.Options{})
	_, start, _, _ := log.Changed(t.Context(), "")
	for range 2 * memlog.KeepChanges {
		log.Append(realtime.Event{Topic: "list:a"})
	}
	_, last, all, err := log.Changed(t.Context(), start)
	if !all || err != nil {
		t.Errorf("all may have changed: %v, %v; want it so", all, err)
	}
	if topics, _, all, err := log.Changed(t.Context(), last); all || len(topics) != 0 || err != nil {
		t.Errorf("without a change: %v, all %v, %v", topics, all, err)
	}
}
