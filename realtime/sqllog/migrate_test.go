package sqllog_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// versionOne is a log that the program before wrote: tidings kept three events of
// each topic.
const versionOne = "testdata/version-1.sql"

// openOld returns a database with what the file says.
func openOld(t *testing.T, file string) *sql.DB {
	t.Helper()
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	db := openFile(t, filepath.Join(t.TempDir(), "log.db"))
	if _, err := db.Exec(string(script)); err != nil {
		t.Fatal(err)
	}
	return db
}

// A log of version 1 goes on where it was: positions, floors and events are as
// they were, and clients resume.
// Guarantees: S5
func TestMigrateFromVersionOne(t *testing.T) {
	db := openOld(t, versionOne)
	var epoch realtime.Epoch
	if err := db.QueryRow(`SELECT value FROM tidings_meta WHERE key = 'epoch'`).Scan(&epoch); err != nil {
		t.Fatal(err)
	}
	if _, err := sqllog.Open(t.Context(), db, sqllog.Options{}); err == nil || !strings.Contains(err.Error(), "call Migrate") {
		t.Errorf("Open before = %v; want advice to call Migrate", err)
	}
	for range 2 { // the second finds nothing to do
		if err := sqllog.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	}
	log, err := sqllog.Open(t.Context(), db, sqllog.Options{KeepCount: 2})
	if err != nil {
		t.Fatal(err)
	}
	heads, err := log.Heads(t.Context(), []realtime.Topic{"list-items:1", "list-items:2", "list-items:3"})
	if err != nil {
		t.Fatal(err)
	}
	want := []realtime.Head{
		{Position: realtime.Position{Epoch: epoch, Seq: 5}, Floor: 2},
		{Position: realtime.Position{Epoch: epoch, Seq: 1}},
		{Position: realtime.Position{Epoch: epoch}},
	}
	if diff := cmp.Diff(want, heads); diff != "" {
		t.Errorf("heads (-want +got):\n%s", diff)
	}
	entries, err := log.Read(t.Context(), "list-items:1", 2, 10)
	if err != nil || len(entries) != 3 {
		t.Fatalf("read %+v, %v; want the three events that were kept", entries, err)
	}
	for i, version := range []int64{0, 4, 0} {
		if e := entries[i]; e.Seq != realtime.Seq(3+i) || e.Version != version || e.Generation != 0 || e.EntityID != "a" {
			t.Errorf("entry %d = %+v", i, e)
		}
	}
	if got := entries[1]; string(got.Payload) != `{"n":4}` || got.MutationID != "m4" || got.TraceID != "t4" || got.Timestamp.Day() != 2 {
		t.Errorf("the entry at 4 = %+v", got)
	}
	if _, err := log.Read(t.Context(), "list-items:1", 1, 10); !errors.Is(err, realtime.ErrTrimmed) {
		t.Errorf("reading below the floor: %v; want ErrTrimmed", err)
	}
	goesOn(t, db, log)
}

// goesOn checks that a log that was migrated can do what a fresh one can.
func goesOn(t *testing.T, db *sql.DB, log *sqllog.Log) {
	t.Helper()
	inTx(t, db, func(tx *sql.Tx) error { return sqllog.Withdraw(t.Context(), tx, "list-items:1", "ada") })
	if got := appendTo(t, db, realtime.Event{Topic: "list-items:1"}); got[0].Seq != 6 || got[0].Generation != 1 {
		t.Errorf("the next entry = %+v; want seq 6 of generation 1", got[0])
	}
	trim(t, db, log)
	heads, err := log.Heads(t.Context(), []realtime.Topic{"list-items:1"})
	if err != nil || heads[0].Floor != 4 {
		t.Errorf("after a trim the head is %+v, %v; want it above 4", heads, err)
	}
}

// Tables of a version that the program does not know stay as they are.
func TestMigrateRefusesWhatIsNewer(t *testing.T) {
	db := open(t)
	appendTo(t, db, realtime.Event{Topic: "list:a"})
	if _, err := db.Exec(`UPDATE tidings_meta SET value = '99' WHERE key = 'version'`); err != nil {
		t.Fatal(err)
	}
	_, open := sqllog.Open(t.Context(), db, sqllog.Options{})
	for what, err := range map[string]error{"Migrate": sqllog.Migrate(t.Context(), db), "Open": open} {
		if err == nil || !strings.Contains(err.Error(), `"99"`) || !strings.Contains(err.Error(), "newer program") {
			t.Errorf("%s on newer tables = %v; want it refused, with advice", what, err)
		}
	}
	var version string
	var events int
	err := db.QueryRow(`SELECT value, (SELECT COUNT(*) FROM tidings_events) FROM tidings_meta WHERE key = 'version'`).Scan(&version, &events)
	if err != nil || version != "99" || events != 1 {
		t.Errorf("version %s with %d events, %v; want nothing changed", version, events, err)
	}
}
