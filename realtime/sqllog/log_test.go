package sqllog_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/realtimetest"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// openFile opens a database that takes one writer at a time.
func openFile(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// open returns a database with an empty log.
func open(t testing.TB) *sql.DB {
	t.Helper()
	db := openFile(t, filepath.Join(t.TempDir(), "log.db"))
	if err := sqllog.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

// commit runs f in a transaction, and undoes it when f fails.
func commit(t testing.TB, db *sql.DB, f func(tx *sql.Tx) error) error {
	t.Helper()
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		if undo := tx.Rollback(); undo != nil {
			t.Error(undo)
		}
		return err
	}
	return tx.Commit()
}

// inTx runs f in a transaction that it commits.
func inTx(t testing.TB, db *sql.DB, f func(tx *sql.Tx) error) {
	t.Helper()
	if err := commit(t, db, f); err != nil {
		t.Error(err)
	}
}

// subjectTx is a transaction of the suite.
type subjectTx struct {
	t  testing.TB
	tx sqllog.Tx
}

func (s subjectTx) Append(events ...realtime.Event) []realtime.Entry {
	entries, err := sqllog.Append(context.Background(), s.tx, events)
	if err != nil {
		s.t.Error(err)
	}
	return entries
}

func (s subjectTx) Withdraw(topic realtime.Topic, users ...string) error {
	return sqllog.Withdraw(context.Background(), s.tx, topic, users...)
}

func (s subjectTx) OpenTo(topic realtime.Topic, users ...string) error {
	return sqllog.OpenTo(context.Background(), s.tx, topic, users...)
}

func (s subjectTx) OpenToAll(topic realtime.Topic, keep ...string) error {
	return sqllog.OpenToAll(context.Background(), s.tx, topic, keep...)
}

func (s subjectTx) Break(topics ...realtime.Topic) error {
	return sqllog.Break(context.Background(), s.tx, topics...)
}

func appendTo(t testing.TB, db *sql.DB, events ...realtime.Event) (entries []realtime.Entry) {
	t.Helper()
	inTx(t, db, func(tx *sql.Tx) (err error) {
		entries, err = sqllog.Append(context.Background(), tx, events)
		return err
	})
	return entries
}

func trim(t testing.TB, db *sql.DB, log *sqllog.Log) (n int) {
	t.Helper()
	inTx(t, db, func(tx *sql.Tx) (err error) {
		n, err = log.Trim(context.Background(), tx)
		return err
	})
	return n
}

func forgetTopics(t testing.TB, db *sql.DB, log *sqllog.Log, inUse func(realtime.Topic) bool) {
	t.Helper()
	for more := true; more && !t.Failed(); {
		inTx(t, db, func(tx *sql.Tx) (err error) {
			more, err = log.ForgetTopics(context.Background(), tx, inUse)
			return err
		})
	}
}

// Guarantees: A31
func TestLog(t *testing.T) {
	realtimetest.TestLog(t, func(t *testing.T) realtimetest.Subject {
		db := open(t)
		log, err := sqllog.Open(t.Context(), db, sqllog.Options{KeepCount: realtimetest.Keep})
		if err != nil {
			t.Fatal(err)
		}
		return realtimetest.Subject{
			Log: log,
			Commit: func(f func(realtimetest.Tx) error) error {
				return commit(t, db, func(tx *sql.Tx) error { return f(subjectTx{t, tx}) })
			},
			Trim: func(t testing.TB) { trim(t, db, log) },
			NewEpoch: func(t testing.TB) {
				inTx(t, db, func(tx *sql.Tx) error { _, err := sqllog.NewEpoch(context.Background(), tx); return err })
			},
			ForgetTopics: func(t testing.TB, inUse func(realtime.Topic) bool) { forgetTopics(t, db, log, inUse) },
		}
	})
}

// Guarantees: S1
func TestRolledBackEventsNeverWere(t *testing.T) {
	db := open(t)
	appendTo(t, db, realtime.Event{Topic: "list:a"})
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqllog.Append(t.Context(), tx, []realtime.Event{{Topic: "list:a"}}); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := appendTo(t, db, realtime.Event{Topic: "list:a"}); got[0].Seq != 2 {
		t.Errorf("the position behind a rollback is %d; want 2", got[0].Seq)
	}
}

func TestHeadIsAsOfItsTransaction(t *testing.T) {
	db := open(t)
	entries := appendTo(t, db, realtime.Event{Topic: "list:a"}, realtime.Event{Topic: "list:a"})
	inTx(t, db, func(tx *sql.Tx) error {
		got, err := sqllog.Head(t.Context(), tx, "list:a")
		if got != entries[1].Position {
			t.Errorf("Head = %+v; want %+v", got, entries[1].Position)
		}
		none, err2 := sqllog.Head(t.Context(), tx, "list:none")
		if none != (realtime.Position{Epoch: got.Epoch}) || err2 != nil {
			t.Errorf("Head of an unknown topic = %+v, %v", none, err2)
		}
		return err
	})
}

func TestTheLogOutlivesTheProcess(t *testing.T) {
	db := open(t)
	before := appendTo(t, db, realtime.Event{Topic: "list:a"})
	if err := sqllog.Migrate(t.Context(), db); err != nil { // as the next start does
		t.Fatal(err)
	}
	after := appendTo(t, db, realtime.Event{Topic: "list:a"})
	if after[0].Epoch != before[0].Epoch || after[0].Seq != 2 {
		t.Errorf("the next start appended at %+v; want 2 in %s", after[0].Position, before[0].Epoch)
	}
}

func TestTrimByAge(t *testing.T) {
	db := open(t)
	log, err := sqllog.Open(t.Context(), db, sqllog.Options{KeepAge: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	event := realtime.Event{Topic: "list:a"}
	appendTo(t, db, event, event)
	if _, err := db.Exec(`UPDATE tidings_events SET appended = appended - $1`, (2 * time.Hour).Microseconds()); err != nil {
		t.Fatal(err)
	}
	// It may tell of old news, but has only just come.
	event.Timestamp = time.Now().Add(-2 * time.Hour)
	appendTo(t, db, event)
	if n := trim(t, db, log); n != 1 {
		t.Errorf("trimmed %d topics; want 1", n)
	}
	heads, err := log.Heads(t.Context(), []realtime.Topic{"list:a"})
	if err != nil || heads[0].Floor != 2 {
		t.Errorf("head = %+v, %v; want floor 2", heads, err)
	}
	if n := trim(t, db, log); n != 0 {
		t.Errorf("trimmed %d topics again; want 0", n)
	}
}

func TestAppendOfMoreThanABatch(t *testing.T) {
	db := open(t)
	events := make([]realtime.Event, 2500)
	for i := range events {
		events[i] = realtime.Event{Topic: "list:a"}
	}
	if got := appendTo(t, db, events...); got[2499].Seq != 2500 {
		t.Errorf("the last position is %d; want 2500", got[2499].Seq)
	}
}

func TestOpenChecksTheTables(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := sqllog.Open(t.Context(), db, sqllog.Options{}); err == nil || !strings.Contains(err.Error(), "Migrate") {
		t.Errorf("Open without tables = %v; want advice to call Migrate", err)
	}
}
