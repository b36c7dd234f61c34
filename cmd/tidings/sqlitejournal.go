package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// sqliteJournal keeps everything in a SQLite file.
type sqliteJournal struct {
	*sqllog.Log
	lock    *flock.Flock
	readers *sql.DB
	writer  *sql.DB
	answers sqliteAnswers
	stop    context.CancelFunc
	trimmer sync.WaitGroup
	inUse   atomic.Pointer[func(realtime.Topic) bool] // nil until topics may be forgotten
}

// maxReaders is how many connections read a SQLite file. When thousands resume at
// once they take turns, which is faster than a connection for each.
const maxReaders = 8

// pragmas are the settings of every connection. What SQLite would put into a
// temporary file stays in memory: there may be no directory for it.
const pragmas = "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=temp_store(MEMORY)"

// dataSource names a file to the driver, with settings. The name is a URI, where
// '?', '#' and '%' have a meaning of their own; and a whole path is nothing else,
// such as ":memory:".
func dataSource(path, settings string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return "file:" + (&url.URL{Path: whole}).EscapedPath() + "?" + settings, nil
}

// createFile makes the file, for its owner's eyes only, unless it is there. SQLite
// gives what it puts beside the file the same mode.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// openSQLite opens the log in the file, which it locks for a hub at that address.
func openSQLite(ctx context.Context, path, address string, opts sqllog.Options, answerBytes int) (_ *sqliteJournal, err error) {
	j := &sqliteJournal{answers: sqliteAnswers{limit: answerBytes}, stop: func() {}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("opening %s: %w", path, err), j.close())
		}
	}()
	if err := createFile(path); err != nil {
		return nil, err
	}
	if j.lock, err = lockLog(path, address); err != nil {
		return nil, err
	}
	dsn, err := dataSource(path, pragmas)
	if err != nil {
		return nil, err
	}
	if j.writer, err = sql.Open("sqlite", dsn+"&_txlock=immediate"); err != nil {
		return nil, err
	}
	j.writer.SetMaxOpenConns(1)
	if j.readers, err = sql.Open("sqlite", dsn); err != nil {
		return nil, err
	}
	j.readers.SetMaxOpenConns(maxReaders)
	j.readers.SetMaxIdleConns(maxReaders)
	if err := j.prepare(ctx, opts); err != nil {
		return nil, err
	}
	trimming, stop := context.WithCancel(context.Background())
	j.stop = stop
	// What fails now is tried again in a minute; a broken database shows where it
	// matters, in commit.
	j.trimmer.Go(func() { everyTrimInterval(trimming, func() { _ = j.trim(trimming) }) })
	return j, nil
}

// prepare brings the tables up to date and opens the log.
func (j *sqliteJournal) prepare(ctx context.Context, opts sqllog.Options) (err error) {
	if err := sqllog.Migrate(ctx, j.writer); err != nil {
		return err
	}
	if err := j.write(ctx, migrateAnswers); err != nil {
		return err
	}
	if _, err := j.writer.ExecContext(ctx, createRevocations); err != nil {
		return err
	}
	j.Log, err = sqllog.Open(ctx, j.readers, opts)
	return err
}

// write runs f in a transaction that it commits, unless f fails.
func (j *sqliteJournal) write(ctx context.Context, f func(ctx context.Context, tx *sql.Tx) error) error {
	tx, err := j.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	if err := f(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// sqliteTx is a transaction on a log in a file.
type sqliteTx struct {
	ctx context.Context
	tx  *sql.Tx
}

func (tx sqliteTx) append(events []realtime.Event) ([]realtime.Entry, error) {
	return sqllog.Append(tx.ctx, tx.tx, events)
}

func (tx sqliteTx) withdraw(topic realtime.Topic, users []string) error {
	return sqllog.Withdraw(tx.ctx, tx.tx, topic, users...)
}

func (j *sqliteJournal) commit(ctx context.Context, once once, steps []step, render func([]realtime.Entry) []byte) (body []byte, entries []realtime.Entry, err error) {
	err = j.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if once.key != "" {
			before, seen, err := j.answers.find(ctx, tx, once.key)
			if err != nil {
				return err
			}
			if seen {
				body, err = before.again(once, steps, render)
				return err
			}
		}
		if entries, err = perform(sqliteTx{ctx, tx}, steps); err != nil {
			return err
		}
		body = render(entries)
		if once.key == "" {
			return nil
		}
		return j.answers.add(ctx, tx, once.key, answer{once.request, newRecord(steps, entries)})
	})
	if err != nil {
		return nil, nil, err
	}
	return body, entries, nil
}

// trim forgets what is too old, in many short transactions.
func (j *sqliteJournal) trim(ctx context.Context) error {
	trims := []func(context.Context, *sql.Tx) (more bool, err error){
		func(ctx context.Context, tx *sql.Tx) (bool, error) { n, err := j.Trim(ctx, tx); return n > 0, err },
		j.answers.trim,
	}
	if inUse := j.inUse.Load(); inUse != nil {
		trims = append(trims, func(ctx context.Context, tx *sql.Tx) (bool, error) { return j.ForgetTopics(ctx, tx, *inUse) })
	}
	for _, trim := range trims {
		for more := true; more; {
			err := j.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) { more, err = trim(ctx, tx); return err })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *sqliteJournal) forgetUnused(inUse func(realtime.Topic) bool) { j.inUse.Store(&inUse) }

func (j *sqliteJournal) knownTopics(ctx context.Context) (int, error) { return j.Topics(ctx) }

func (j *sqliteJournal) revocations() jwtauth.Store { return sqliteRevocations{j.writer} }

// close closes what is open, the lock last.
func (j *sqliteJournal) close() (err error) {
	j.stop()
	j.trimmer.Wait()
	for _, db := range []*sql.DB{j.readers, j.writer} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if j.lock != nil {
		err = errors.Join(err, j.lock.Close())
	}
	return err
}
