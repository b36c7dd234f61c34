package sqllog_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

func openLog(t *testing.T, db *sql.DB, opts sqllog.Options) *sqllog.Log {
	t.Helper()
	log, err := sqllog.Open(t.Context(), db, opts)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func exec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

// A topic that grows between two trims is found, and one that was too long before
// the program started.
func TestTrimFindsWhatHasGrown(t *testing.T) {
	db := open(t)
	appendTo(t, db, slices.Repeat([]realtime.Event{{Topic: "list:a"}}, 5)...)
	log := openLog(t, db, sqllog.Options{KeepCount: 2})
	for round, topic := range []realtime.Topic{"list:a", "list:b"} {
		if round > 0 {
			appendTo(t, db, slices.Repeat([]realtime.Event{{Topic: topic}}, 5)...)
		}
		if n := trim(t, db, log); n != 1 {
			t.Errorf("round %d: trimmed %d topics; want %s", round, n, topic)
		}
		heads, err := log.Heads(t.Context(), []realtime.Topic{topic})
		if err != nil || heads[0].Floor != 3 {
			t.Errorf("the head of %s = %+v, %v; want it above 3", topic, heads, err)
		}
		if n := trim(t, db, log); n != 0 {
			t.Errorf("round %d: trimmed %d topics again", round, n)
		}
	}
}

// What is trimmed is trimmed in bounded portions, until nothing is left to do.
func TestTrimIsBounded(t *testing.T) {
	db := open(t)
	events := make([]realtime.Event, 5000)
	for i := range events {
		events[i].Topic = realtime.Topic(fmt.Sprint("list:", i/2))
	}
	appendTo(t, db, events...)
	exec(t, db, `UPDATE tidings_events SET appended = appended - $1`, (2 * time.Hour).Microseconds())
	log := openLog(t, db, sqllog.Options{KeepAge: time.Hour})
	rounds := 0
	for trim(t, db, log) > 0 {
		rounds++
	}
	var left, above int
	err := db.QueryRow(`SELECT (SELECT COUNT(*) FROM tidings_events), (SELECT COUNT(*) FROM tidings_topics WHERE floor < seq)`).Scan(&left, &above)
	if err != nil || left != 0 || above != 0 || rounds < 2 {
		t.Errorf("%d events and %d topics are left after %d rounds, %v; want none after several", left, above, rounds, err)
	}
}

// A clock that was ahead holds up no trim: its events count as old.
func TestTrimBehindAClockThatWasAhead(t *testing.T) {
	db := open(t)
	appendTo(t, db, realtime.Event{Topic: "list:a"})
	exec(t, db, `UPDATE tidings_events SET appended = appended + $1`, (45 * 24 * time.Hour).Microseconds())
	appendTo(t, db, realtime.Event{Topic: "list:b"})
	exec(t, db, `UPDATE tidings_events SET appended = appended - $1 WHERE topic = 'list:b'`, (2 * time.Hour).Microseconds())
	appendTo(t, db, realtime.Event{Topic: "list:c"})
	log := openLog(t, db, sqllog.Options{KeepAge: time.Hour})
	trim(t, db, log)
	heads, err := log.Heads(t.Context(), []realtime.Topic{"list:a", "list:b", "list:c"})
	if err != nil || heads[0].Floor != 1 || heads[1].Floor != 1 || heads[2].Floor != 0 {
		t.Errorf("heads = %+v, %v; want the first two trimmed", heads, err)
	}
}

// Changes of access are forgotten when they are old and a later one says the same
// of the same users; what stands, and what a right needs, stays.
func TestTrimAccess(t *testing.T) {
	db := open(t)
	log := openLog(t, db, sqllog.Options{KeepAge: time.Hour})
	ctx := context.Background()
	inTx(t, db, func(tx *sql.Tx) error {
		for range 3 {
			if err := sqllog.Withdraw(ctx, tx, "list:a", "ada"); err != nil { // 1, 3, 5
				return err
			}
			if err := sqllog.OpenTo(ctx, tx, "list:a", "ada"); err != nil { // 2, 4, 6
				return err
			}
		}
		if err := sqllog.Withdraw(ctx, tx, "list:a", "ada", "ben"); err != nil { // 7: the last of ben
			return err
		}
		return sqllog.Withdraw(ctx, tx, "list:a", "ada") // 8
	})
	_, before, err := log.HeadsAndRights(ctx, "ada", []realtime.Topic{"list:a"})
	if err != nil {
		t.Fatal(err)
	}
	generations := func() (all []realtime.Generation) {
		t.Helper()
		changes, err := log.AccessChanges(ctx, "list:a", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			all = append(all, c.Generation)
		}
		return slices.Compact(all)
	}
	trim(t, db, log)
	if got := generations(); len(got) != 8 {
		t.Errorf("of young changes the generations %v are left; want all", got)
	}
	exec(t, db, `UPDATE tidings_access SET at = at - $1`, (2 * time.Hour).Microseconds())
	if n := trim(t, db, log); n != 5 {
		t.Errorf("trimmed %d generations; want 5", n)
	}
	if got := generations(); !slices.Equal(got, []realtime.Generation{6, 7, 8}) {
		t.Errorf("the generations %v are left; want the last opening and the last withdrawals", got)
	}
	_, after, err := log.HeadsAndRights(ctx, "ada", []realtime.Topic{"list:a"})
	if err != nil || after[0].Closed != before[0].Closed || after[0].From != before[0].From || after[0].Withdrawn.IsZero() {
		t.Errorf("the right is %+v, %v; want %+v as before", after, err, before)
	}
}

// A watcher that comes back after longer than the log remembers is told that all
// may have changed; one that has missed nothing is not.
func TestChangedForgets(t *testing.T) {
	db := open(t)
	log := openLog(t, db, sqllog.Options{KeepAge: time.Hour})
	ctx := context.Background()
	mark := func() string {
		_, next, _, err := log.Changed(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	check := func(what, since string, want bool) {
		t.Helper()
		if _, _, all, err := log.Changed(ctx, since); all != want || err != nil {
			t.Errorf("%s: all may have changed: %v, %v; want %v", what, all, err, want)
		}
	}
	start := mark()
	appendTo(t, db, realtime.Event{Topic: "list:a"})
	middle := mark()
	exec(t, db, `UPDATE tidings_events SET appended = appended - $1`, (2 * time.Hour).Microseconds())
	trim(t, db, log)
	check("an event is trimmed that was not seen", start, true)
	check("an event is trimmed that was seen", middle, false)
	inTx(t, db, func(tx *sql.Tx) error {
		for range sqllog.KeepChanges + 1 {
			if err := sqllog.Break(ctx, tx, "list:b"); err != nil {
				return err
			}
		}
		return nil
	})
	last := mark()
	trim(t, db, log)
	check("more changes than are kept", middle, true)
	check("no change", last, false)
}

// The floor of what is forgotten outlives the program.
// Guarantees: S5
func TestForgottenTopicsAfterARestart(t *testing.T) {
	db := open(t)
	log := openLog(t, db, sqllog.Options{})
	inTx(t, db, func(tx *sql.Tx) error { return sqllog.Break(context.Background(), tx, "list:a") })
	forgetTopics(t, db, log, func(realtime.Topic) bool { return false })
	if n, err := log.Topics(t.Context()); n != 0 || err != nil {
		t.Errorf("the log knows %d topics, %v; want none", n, err)
	}
	if err := sqllog.Migrate(t.Context(), db); err != nil { // as the next start does
		t.Fatal(err)
	}
	floor := realtime.ForgottenFloor(1)
	if got := appendTo(t, db, realtime.Event{Topic: "list:a"}); got[0].Seq != floor+1 {
		t.Errorf("it goes on at %d; want %d", got[0].Seq, floor+1)
	}
}
