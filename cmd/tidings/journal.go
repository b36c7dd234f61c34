package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// keepAnswers is how long an Idempotency-Key is remembered.
const keepAnswers = 24 * time.Hour

// answerOverhead is what an answer in memory costs beside its texts, about.
const answerOverhead = 256

// errKeyReused is returned when a key comes back with another request.
var errKeyReused = errors.New("this Idempotency-Key was used for another request")

// once makes a publication happen at most once. The zero value does not.
type once struct {
	// key is the client's; empty for none.
	key string
	// request is a hash of what was asked.
	request string
}

// step is one thing that a commit does: it appends an event, or withdraws a topic.
type step struct {
	event    realtime.Event
	withdraw *withdrawal // nil for an event
}

// journal is a log that the hub itself appends to.
type journal interface {
	realtime.Log
	// commit takes the steps, in their order and all at once, and returns the answer
	// that render makes of the entries. When once was seen before it returns the
	// answer of then, and no entries; or errKeyReused.
	commit(ctx context.Context, once once, steps []step, render func([]realtime.Entry) []byte) ([]byte, []realtime.Entry, error)
	// revocations returns where revocations are kept for as long as the log; nil
	// where that ends with the process.
	revocations() jwtauth.Store
	close() error
}

func (c *serveCommand) openJournal(ctx context.Context) (journal, error) {
	if c.Log == "memory" {
		return newMemoryJournal(memlog.Options{KeepCount: c.KeepCount, KeepAge: c.KeepAge}, c.AnswerBytes), nil
	}
	return openSQLite(ctx, c.Log, sqllog.Options{KeepCount: c.KeepCount, KeepAge: c.KeepAge})
}

// memoryJournal keeps everything in memory.
type memoryJournal struct {
	*memlog.Log
	answerBytes int // static: the most that answers may take
	stop        context.CancelFunc
	trimmer     sync.WaitGroup

	mu      sync.Mutex // guards what follows, and orders publications that have a key
	answers map[string]answer
	keys    []string // of the answers, oldest first
	bytes   int      // that the answers take
}

type answer struct {
	request string
	body    []byte
	at      time.Time
}

func (a answer) cost(key string) int { return answerOverhead + len(key) + len(a.request) + len(a.body) }

func newMemoryJournal(opts memlog.Options, answerBytes int) *memoryJournal {
	trimming, stop := context.WithCancel(context.Background())
	j := &memoryJournal{Log: memlog.New(opts), answerBytes: answerBytes, stop: stop, answers: make(map[string]answer)}
	j.trimmer.Go(func() { j.trim(trimming) })
	return j
}

func (j *memoryJournal) commit(_ context.Context, once once, steps []step, render func([]realtime.Entry) []byte) ([]byte, []realtime.Entry, error) {
	if once.key == "" {
		entries, err := j.take(steps)
		if err != nil {
			return nil, nil, err
		}
		return render(entries), entries, nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if before, seen := j.answers[once.key]; seen {
		if before.request != once.request {
			return nil, nil, errKeyReused
		}
		return before.body, nil, nil
	}
	entries, err := j.take(steps)
	if err != nil {
		return nil, nil, err
	}
	body := render(entries)
	j.remember(once.key, answer{once.request, body, time.Now()})
	return body, entries, nil
}

// take commits the steps.
func (j *memoryJournal) take(steps []step) (entries []realtime.Entry, err error) {
	err = j.Commit(func(tx *memlog.Tx) error {
		for _, s := range steps {
			if s.withdraw == nil {
				entries = append(entries, tx.Append(s.event)...)
			} else if err := tx.Withdraw(s.withdraw.topic, s.withdraw.users...); err != nil {
				return err
			}
		}
		return nil
	})
	return entries, err
}

// remember keeps an answer, for which the oldest make room. Call it with mu held.
func (j *memoryJournal) remember(key string, a answer) {
	j.answers[key], j.keys = a, append(j.keys, key)
	j.bytes += a.cost(key)
	j.forget()
}

// forget drops the oldest answers while they are too old, or too many. Call it
// with mu held.
func (j *memoryJournal) forget() {
	for len(j.keys) > 0 {
		key := j.keys[0]
		oldest := j.answers[key]
		if j.bytes <= j.answerBytes && time.Since(oldest.at) < keepAnswers {
			return
		}
		delete(j.answers, key)
		j.keys, j.bytes = j.keys[1:], j.bytes-oldest.cost(key)
	}
}

// trim frees what nobody publishes after.
func (j *memoryJournal) trim(ctx context.Context) {
	ticker := time.NewTicker(trimInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			j.Trim()
			j.mu.Lock()
			j.forget()
			j.mu.Unlock()
		}
	}
}

func (j *memoryJournal) revocations() jwtauth.Store { return nil }

func (j *memoryJournal) close() error {
	j.stop()
	j.trimmer.Wait()
	return nil
}

// sqliteJournal keeps everything in a SQLite file.
type sqliteJournal struct {
	*sqllog.Log
	readers *sql.DB
	writer  *sql.DB
	stop    context.CancelFunc
	trimmer sync.WaitGroup
}

// maxReaders is how many connections read a SQLite file. When thousands resume at
// once they take turns, which is faster than a connection for each.
const maxReaders = 8

const createAnswers = `CREATE TABLE IF NOT EXISTS tidings_answers (key TEXT PRIMARY KEY, request TEXT NOT NULL, body BLOB NOT NULL, at BIGINT NOT NULL)`

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

func openSQLite(ctx context.Context, path string, opts sqllog.Options) (*sqliteJournal, error) {
	dsn, err := dataSource(path, "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	writer, err := sql.Open("sqlite", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	writer.SetMaxOpenConns(1)
	if err := sqllog.Migrate(ctx, writer); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), writer.Close())
	}
	if _, err := writer.ExecContext(ctx, createAnswers+";"+createRevocations); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), writer.Close())
	}
	readers, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), writer.Close())
	}
	readers.SetMaxOpenConns(maxReaders)
	readers.SetMaxIdleConns(maxReaders)
	log, err := sqllog.Open(ctx, readers, opts)
	if err != nil {
		return nil, errors.Join(err, readers.Close(), writer.Close())
	}
	j := &sqliteJournal{Log: log, readers: readers, writer: writer}
	trimming, stop := context.WithCancel(context.Background())
	j.stop = stop
	j.trimmer.Go(func() { j.trim(trimming) })
	return j, nil
}

func (j *sqliteJournal) commit(ctx context.Context, once once, steps []step, render func([]realtime.Entry) []byte) (body []byte, entries []realtime.Entry, err error) {
	tx, err := j.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	if once.key != "" {
		if body, err = seen(ctx, tx, once); body != nil || err != nil {
			return body, nil, err
		}
	}
	if entries, err = takeSteps(ctx, tx, steps); err != nil {
		return nil, nil, err
	}
	body = render(entries)
	if once.key != "" {
		_, err = tx.ExecContext(ctx, `INSERT INTO tidings_answers (key, request, body, at) VALUES ($1, $2, $3, $4)`,
			once.key, once.request, body, time.Now().UnixMicro())
		if err != nil {
			return nil, nil, err
		}
	}
	return body, entries, tx.Commit()
}

// takeSteps takes the steps inside tx, events that follow each other at once.
func takeSteps(ctx context.Context, tx *sql.Tx, steps []step) (entries []realtime.Entry, err error) {
	var events []realtime.Event
	appendAll := func() error {
		if len(events) == 0 {
			return nil
		}
		appended, err := sqllog.Append(ctx, tx, events)
		entries, events = append(entries, appended...), nil
		return err
	}
	for _, s := range steps {
		if s.withdraw == nil {
			events = append(events, s.event)
			continue
		}
		if err := appendAll(); err != nil {
			return nil, err
		}
		if err := sqllog.Withdraw(ctx, tx, s.withdraw.topic, s.withdraw.users...); err != nil {
			return nil, err
		}
	}
	return entries, appendAll()
}

// seen returns the answer that was given before, if any.
func seen(ctx context.Context, tx *sql.Tx, once once) ([]byte, error) {
	var request string
	var body []byte
	err := tx.QueryRowContext(ctx, `SELECT request, body FROM tidings_answers WHERE key = $1`, once.key).Scan(&request, &body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err == nil && request != once.request:
		return nil, errKeyReused
	}
	return body, err
}

// trimInterval is how often old events and answers are looked for.
const trimInterval = time.Minute

func (j *sqliteJournal) trim(ctx context.Context) {
	ticker := time.NewTicker(trimInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			// What fails now is tried again in a minute; a broken database shows
			// where it matters, in publish.
			_ = j.trimOnce(ctx)
		}
	}
}

func (j *sqliteJournal) trimOnce(ctx context.Context) error {
	for {
		tx, err := j.writer.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		n, err := j.Trim(ctx, tx)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM tidings_answers WHERE at < $1`, time.Now().Add(-keepAnswers).UnixMicro())
		}
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil || n == 0 {
			return err
		}
	}
}

func (j *sqliteJournal) revocations() jwtauth.Store { return sqliteRevocations{j.writer} }

func (j *sqliteJournal) close() error {
	j.stop()
	j.trimmer.Wait()
	return errors.Join(j.readers.Close(), j.writer.Close())
}
