package hublog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/gofrs/flock"

	"github.com/familygifting/tidings/internal/retention"
	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/internal/sqlitewriter"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// maxReaders is how many connections read a file. When thousands resume at once they
// take turns, which is faster than a connection for each.
const maxReaders = 8

// file keeps everything in a SQLite file.
type file struct {
	*sqllog.Log
	trimmer
	lock    *flock.Flock
	readers *sql.DB
	writeDB *sql.DB
	writer  *sqlitewriter.Writer
	answers answerTable
}

// OpenFile opens the log in a SQLite file, and makes it if it is not there. It locks the
// file for the holder, whom the error for the next one names.
func OpenFile(ctx context.Context, path, holder string, opts Options) (_ Log, err error) {
	opts = opts.withDefaults()
	f := &file{answers: answerTable{limit: max(0, opts.AnswerBytes)}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("opening %s: %w", path, err), f.Close())
		}
	}()
	if err := sqlitefile.Create(path); err != nil {
		return nil, err
	}
	if f.lock, err = lockFile(path, holder); err != nil {
		return nil, err
	}
	if err := checkForeign(ctx, path); err != nil {
		return nil, err
	}
	if err := f.openWriter(ctx, path, opts); err != nil {
		return nil, err
	}
	if f.readers, err = sqlitefile.OpenReaders("", path, maxReaders); err != nil {
		return nil, err
	}
	f.Log, err = sqllog.Open(ctx, f.readers, sqllog.Options{KeepCount: opts.KeepCount, KeepAge: opts.KeepAge})
	if err != nil {
		return nil, err
	}
	f.begin(opts.Logger, f.retention()...)
	return f, nil
}

// checkForeign refuses the database of another program, in which no log has been yet. It
// leaves the file as it is, which the writer, by its journal mode, would not.
func checkForeign(ctx context.Context, path string) (err error) {
	db, err := sqlitefile.Open("", path, "query_only(1)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	const count = `SELECT COUNT(*), COUNT(*) FILTER (WHERE name = 'tidings_meta') FROM sqlite_schema`
	var all, ours int
	if err := db.QueryRowContext(ctx, count).Scan(&all, &ours); err != nil {
		return err
	}
	if all > 0 && ours == 0 {
		return errors.New("it is the database of another program, and holds no log: choose another file")
	}
	return nil
}

// openWriter brings the tables up to date and starts the writer.
func (f *file) openWriter(ctx context.Context, path string, opts Options) (err error) {
	if f.writeDB, err = sqlitefile.OpenWriter("", path); err != nil {
		return err
	}
	if err := sqllog.Migrate(ctx, f.writeDB); err != nil {
		return err
	}
	conn, err := sqlitefile.NewConn(ctx, f.writeDB)
	if err != nil {
		return err
	}
	f.writer = sqlitewriter.New(conn, opts.Logger)
	return f.write(ctx, func(ctx context.Context, tx sqlitefile.Tx) error {
		if err := migrateAnswers(ctx, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, createRevocations)
		return err
	})
}

// write runs do in a transaction, and returns when that is durable.
func (f *file) write(ctx context.Context, do func(ctx context.Context, tx sqlitefile.Tx) error) error {
	return f.writer.Write(ctx, func(ctx context.Context, tx sqlitefile.Tx) (func(), error) { return nil, do(ctx, tx) })
}

// fileTx is a transaction on a log in a file.
type fileTx struct {
	ctx context.Context
	tx  sqlitefile.Tx
}

func (tx fileTx) append(events []realtime.Event) ([]realtime.Entry, error) {
	return sqllog.Append(tx.ctx, tx.tx, events)
}

func (tx fileTx) withdraw(w *Withdrawal) error {
	return sqllog.Withdraw(tx.ctx, tx.tx, w.Topic, w.Users...)
}

// Commit implements [Log].
func (f *file) Commit(ctx context.Context, p Publication) (r Result, err error) {
	err = f.writer.Write(ctx, func(ctx context.Context, tx sqlitefile.Tx) (committed func(), err error) {
		var repeated bool
		if r, repeated, err = f.commit(ctx, tx, p); err != nil || repeated || p.Committed == nil {
			return nil, err
		}
		entries := r.Entries
		return func() { p.Committed(entries) }, nil
	})
	if err != nil {
		return Result{}, err
	}
	return r, nil
}

// commit does the steps of a publication inside tx, unless it is repeated.
func (f *file) commit(ctx context.Context, tx sqlitefile.Tx, p Publication) (r Result, repeated bool, err error) {
	if p.Key != "" {
		before, seen, err := f.answers.find(ctx, tx, p.Key)
		if err != nil {
			return r, false, err
		}
		if seen {
			r, err = before.result(p)
			return r, true, err
		}
	}
	if r.Entries, err = apply(fileTx{ctx, tx}, p.Steps); err != nil || p.Key == "" {
		return r, false, err
	}
	return r, false, f.answers.add(ctx, tx, p.Key, answer{p.Request, newRecord(p.Steps, r.Entries)})
}

// retention is what the file keeps no longer, each step in a short transaction.
func (f *file) retention() []retention.Task {
	task := func(name string, do func(ctx context.Context, tx sqlitefile.Tx) (more bool, err error)) retention.Task {
		return retention.Task{Name: name, Run: func(ctx context.Context) (more bool, err error) {
			err = f.write(ctx, func(ctx context.Context, tx sqlitefile.Tx) (err error) { more, err = do(ctx, tx); return err })
			return more, err
		}}
	}
	return []retention.Task{
		task("old events", func(ctx context.Context, tx sqlitefile.Tx) (bool, error) {
			n, err := f.Trim(ctx, tx)
			return n > 0, err
		}),
		task("old answers", f.answers.trim),
		task("unused topics", func(ctx context.Context, tx sqlitefile.Tx) (bool, error) {
			if inUse := f.inUse.Load(); inUse != nil {
				return f.ForgetTopics(ctx, tx, *inUse)
			}
			return false, nil
		}),
	}
}

// CountTopics implements [Log].
func (f *file) CountTopics(ctx context.Context) (int, error) { return f.Topics(ctx) }

// Revocations implements [Log].
func (f *file) Revocations() jwtauth.Store { return revocationTable{f.readers, f.write} }

// Check implements [Log].
func (f *file) Check(ctx context.Context) error { return sqlitefile.Check(ctx, f.readers) }

// Close closes what is open, the lock last.
func (f *file) Close() (err error) {
	f.end()
	if f.writer != nil {
		err = f.writer.Close()
	}
	for _, db := range []*sql.DB{f.readers, f.writeDB} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if f.lock != nil {
		err = errors.Join(err, f.lock.Close())
	}
	return err
}
