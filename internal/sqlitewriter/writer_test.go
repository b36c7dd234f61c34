package sqlitewriter_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/familygifting/tidings/internal/diskfault"
	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/internal/sqlitewriter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a writer on a file with one table.
type fixture struct {
	*sqlitewriter.Writer
	t       *testing.T
	readers *sql.DB
	logged  bytes.Buffer // once the writer is closed
}

func open(t *testing.T) *fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := sqlitefile.OpenWriter("", path)
	if err != nil {
		t.Fatal(err)
	}
	const create = `CREATE TABLE t (name TEXT NOT NULL UNIQUE, n INTEGER PRIMARY KEY,
		parent INTEGER REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)`
	if _, err := db.Exec(create); err != nil {
		t.Fatal(err)
	}
	conn, err := sqlitefile.NewConn(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t}
	if f.readers, err = sqlitefile.OpenReaders("", path, 1); err != nil {
		t.Fatal(err)
	}
	f.Writer = sqlitewriter.New(conn, slog.New(slog.NewTextHandler(&f.logged, nil)))
	t.Cleanup(func() {
		if err := errors.Join(f.Close(), db.Close(), f.readers.Close()); err != nil {
			t.Error(err)
		}
	})
	return f
}

func insert(ctx context.Context, tx sqlitewriter.Tx, name string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO t (name) VALUES ($1)`, name)
	return err
}

// add inserts a row, and runs what goes with it.
func (f *fixture) add(ctx context.Context, name string, then ...sqlitewriter.Func) error {
	return f.Write(ctx, func(ctx context.Context, tx sqlitewriter.Tx) (after func(), err error) {
		if err := insert(ctx, tx, name); err != nil {
			return nil, err
		}
		for _, do := range then {
			if after, err = do(ctx, tx); err != nil {
				return nil, err
			}
		}
		return after, nil
	})
}

// names are those of the rows that a reader sees, in their order.
func (f *fixture) names() (names []string) {
	f.t.Helper()
	rows, err := f.readers.Query(`SELECT name FROM t ORDER BY n`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			f.t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	return names
}

func (f *fixture) want(names ...string) {
	f.t.Helper()
	if got := f.names(); !slices.Equal(got, names) {
		f.t.Errorf("rows = %v; want %v", got, names)
	}
}

// group has writes share a commit: the writer is busy until all of them wait. They are
// handed in in their order, and the errors are in that order too.
func (f *fixture) group(writes ...func() error) []error {
	f.t.Helper()
	begun, goOn, busy := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		busy <- f.add(context.Background(), "first", func(context.Context, sqlitewriter.Tx) (func(), error) {
			close(begun)
			<-goOn
			return nil, nil
		})
	}()
	<-begun
	errs := make([]error, len(writes))
	var callers sync.WaitGroup
	for i, write := range writes {
		callers.Go(func() { errs[i] = write() })
		for sqlitewriter.Waiting(f.Writer) <= i {
			runtime.Gosched()
		}
	}
	close(goOn)
	callers.Wait()
	return append([]error{<-busy}, errs...)
}

// Writes that wait together become visible together, in the order in which they came.
func TestAGroupIsOneTransactionInOrder(t *testing.T) {
	f := open(t)
	var writes []func() error
	want := []string{"first"}
	for _, name := range []string{"b", "a", "d", "c"} {
		want = append(want, name)
		writes = append(writes, func() error {
			return f.add(t.Context(), name, func(context.Context, sqlitewriter.Tx) (func(), error) {
				if seen := f.names(); len(seen) > 0 {
					t.Errorf("%v had committed before %s ran", seen, name)
				}
				return nil, nil
			})
		})
	}
	if err := errors.Join(f.group(writes...)...); err != nil {
		t.Error(err)
	}
	f.want(want...)
}

// One that fails undoes itself, and none that shares its commit.
func TestAFailureUndoesItselfAlone(t *testing.T) {
	f := open(t)
	failure := errors.New("no")
	after := make(chan string, 3)
	errs := f.group(
		func() error { return f.add(t.Context(), "one") },
		func() error {
			return f.add(t.Context(), "fails", func(context.Context, sqlitewriter.Tx) (func(), error) {
				return func() { after <- "fails" }, failure
			})
		},
		func() error { return f.add(t.Context(), "one") }, // against the table's rules
		func() error {
			return f.add(t.Context(), "panics", func(context.Context, sqlitewriter.Tx) (func(), error) { panic("oh no") })
		},
		func() error {
			return f.add(t.Context(), "panics after", func(context.Context, sqlitewriter.Tx) (func(), error) {
				return func() { panic("too late") }, nil
			})
		},
		func() error {
			return f.add(t.Context(), "two", func(context.Context, sqlitewriter.Tx) (func(), error) {
				return func() { after <- "two" }, nil
			})
		},
	)
	if err := errors.Join(errs[0], errs[1], errs[5], errs[6]); err != nil {
		t.Error(err)
	}
	if !errors.Is(errs[2], failure) || errs[3] == nil || errs[4] == nil || !strings.Contains(errs[4].Error(), "oh no") {
		t.Errorf("the failures = %v, %v, %v", errs[2], errs[3], errs[4])
	}
	f.want("first", "one", "panics after", "two")
	if err := f.Close(); err != nil { // waits for the after functions
		t.Fatal(err)
	}
	if close(after); <-after != "two" || <-after != "" {
		t.Error("an after function of a write that failed ran, or that of another did not")
	}
	if !strings.Contains(f.logged.String(), "too late") {
		t.Errorf("logged: %s", &f.logged)
	}
}

// A commit that fails reaches all that share it: nothing of the group took effect, none
// of its after functions runs, and the writer goes on.
func TestACommitThatFailsReachesAll(t *testing.T) {
	f := open(t)
	never := func(context.Context, sqlitewriter.Tx) (func(), error) {
		return func() { t.Error("an after function ran") }, nil
	}
	orphan := func(ctx context.Context, tx sqlitewriter.Tx) (func(), error) {
		_, err := tx.ExecContext(ctx, `UPDATE t SET parent = 99 WHERE name = 'orphan'`) // which the commit refuses
		return nil, err
	}
	for i, err := range f.group(
		func() error { return f.add(t.Context(), "one", never) },
		func() error { return f.add(t.Context(), "orphan", orphan) },
		func() error { return f.add(t.Context(), "two", never) },
	) {
		if err == nil || !strings.Contains(err.Error(), "committing") {
			t.Errorf("write %d: %v; want the commit's error", i, err)
		}
	}
	f.want()
	if err := f.add(t.Context(), "next"); err != nil {
		t.Error(err)
	}
	f.want("next")
}

// When a write loses the transaction under a group, nobody of it gets nil.
// Guarantees: S2
func TestALostTransactionReachesAll(t *testing.T) {
	f := open(t)
	errs := f.group(
		func() error { return f.add(t.Context(), "one") },
		func() error {
			return f.add(t.Context(), "loses", func(ctx context.Context, tx sqlitewriter.Tx) (func(), error) {
				_, err := tx.ExecContext(ctx, "ROLLBACK")
				return nil, err
			})
		},
	)
	if slices.Contains(errs, nil) {
		t.Errorf("errors = %v; want one each", errs)
	}
	if err := f.add(t.Context(), "next"); err != nil {
		t.Error(err)
	}
	f.want("next")
}

// When the disk is full, every write either takes effect or gets an error that says so, and
// writes go on as soon as there is room.
func TestAFullDisk(t *testing.T) {
	f := open(t)
	limit := func(pages int) {
		t.Helper()
		err := f.Write(t.Context(), func(ctx context.Context, tx sqlitewriter.Tx) (func(), error) {
			_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages))
			return nil, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(20)
	large := strings.Repeat("x", 100_000)
	want := []string{}
	for i, err := range f.group(
		func() error { return f.add(t.Context(), "one") },
		func() error { return f.add(t.Context(), large) },
		func() error { return f.add(t.Context(), "two") },
	) {
		if err == nil {
			want = append(want, []string{"first", "one", large, "two"}[i])
		} else if reason, ok := diskfault.Reason(err); !ok || !strings.Contains(reason, "full") {
			t.Errorf("write %d: %.200v; want that the disk is full", i, err)
		}
	}
	if slices.Contains(want, large) {
		t.Fatal("the large row was taken: this test fills no disk")
	}
	f.want(want...)
	limit(1000)
	if err := f.add(t.Context(), large); err != nil {
		t.Errorf("with room again: %v", err)
	}
	f.want(append(want, large)...)
}

// A write that waits is withdrawn when its context ends, at once.
func TestAWaitingWriteIsWithdrawn(t *testing.T) {
	f := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	withdrawn := make(chan error, 1)
	errs := f.group(
		func() error { withdrawn <- f.add(ctx, "withdrawn"); return nil },
		func() error { return f.add(t.Context(), "stays") },
		func() error {
			cancel()
			if err := <-withdrawn; !errors.Is(err, context.Canceled) { // while the writer is busy
				t.Errorf("withdrawn: %v", err)
			}
			return f.add(t.Context(), "stays too")
		},
	)
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	f.want("first", "stays", "stays too")
	if err := f.add(ctx, "too late"); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that had ended: %v", err)
	}
}

// One that runs goes on to its end, and its caller learns that it took effect.
func TestARunningWriteOutlivesItsContext(t *testing.T) {
	f := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := f.add(ctx, "runs", func(inner context.Context, _ sqlitewriter.Tx) (func(), error) {
		cancel()
		return nil, inner.Err()
	})
	if err != nil {
		t.Error(err)
	}
	f.want("runs")
}

// After functions run in the order of the commits, once what they speak of can be read.
func TestAfterFunctionsAreInOrder(t *testing.T) {
	f := open(t)
	var after, want []string
	for i := range 150 {
		name := string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		err := f.add(t.Context(), name, func(context.Context, sqlitewriter.Tx) (func(), error) {
			return func() {
				if seen := f.names(); len(seen) <= i || seen[i] != name {
					t.Errorf("%s: visible are %v", name, seen)
				}
				after = append(after, name)
			}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	if err := f.Close(); err != nil { // waits for them
		t.Fatal(err)
	}
	if !slices.Equal(after, want) {
		t.Errorf("after functions ran for %v", after)
	}
}

// However many writes come, each commits with few others: the first of a crowd does not
// wait for the last.
func TestAGroupIsBounded(t *testing.T) {
	f := open(t)
	const crowd = 400
	writes := make([]func() error, crowd)
	var mostHidden int
	for i := range writes {
		writes[i] = func() error {
			return f.Write(t.Context(), func(ctx context.Context, tx sqlitewriter.Tx) (func(), error) {
				mostHidden = max(mostHidden, i+1-len(f.names()))
				return nil, insert(ctx, tx, string(rune('a'+i)))
			})
		}
	}
	if err := errors.Join(f.group(writes...)...); err != nil {
		t.Error(err)
	}
	if mostHidden > 256 {
		t.Errorf("%d writes shared a commit; want at most 256", mostHidden)
	}
}

// What waits when the writer is closed is done, and what comes later is refused.
func TestClose(t *testing.T) {
	f := open(t)
	closed := make(chan error, 1)
	errs := f.group(
		func() error { return f.add(t.Context(), "waits") },
		func() error { return f.add(t.Context(), "closes", closing(f, closed)) },
		func() error { return f.add(t.Context(), "waits too") },
	)
	if err := errors.Join(append(errs, <-closed, f.Close())...); err != nil {
		t.Error(err)
	}
	if err := f.add(t.Context(), "late"); !errors.Is(err, sqlitewriter.ErrClosed) {
		t.Errorf("a write after the end: %v", err)
	}
	f.want("first", "waits", "closes", "waits too")
}

// closing closes the writer while others wait for it.
func closing(f *fixture, closed chan<- error) sqlitewriter.Func {
	return func(context.Context, sqlitewriter.Tx) (func(), error) {
		go func() { closed <- f.Close() }()
		return nil, nil
	}
}
