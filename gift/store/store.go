package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/familygifting/tidings/gift"
)

// Defaults of [Options].
const (
	// DefaultReaders is how many reads run at once; more wait.
	DefaultReaders = 4
	// DefaultDriver is the driver of database/sql that opens the file.
	DefaultDriver = "sqlite"
	// DefaultBusyTimeout is how long a statement waits for another process that
	// has the file locked.
	DefaultBusyTimeout = 5 * time.Second
)

// Options of a store. The zero value works.
type Options struct {
	// Hook makes changes known. Default: nobody hears of them.
	Hook Hook
	// Migrate creates further tables in the same file, those of the hook, before
	// anything is served. db may write.
	Migrate func(ctx context.Context, db *sql.DB) error
	// Readers is how many reads run at once. Default [DefaultReaders].
	Readers int
	// Driver names the driver of database/sql, for one that counts what the store
	// asks. Default [DefaultDriver].
	Driver string
	// Now is the clock, for tests. Default [time.Now]. Its location decides
	// which day it is.
	Now func() time.Time
	// Logger hears of what no caller can be told. Default [slog.Default].
	Logger *slog.Logger
}

// Store is the domain in a SQLite file. Open one with [Open].
type Store struct {
	// Static after construction.
	path    string
	driver  string
	hook    Hook
	now     func() time.Time
	log     *slog.Logger
	writer  *writer
	readers *readers
	writeDB *sql.DB

	closing sync.Once
	closed  error // what Close returns

	// Owned by the writer's goroutine.
	cleanedAt time.Time
}

var _ gift.Service = (*Store)(nil)

// Open opens the database file, creates or migrates it, and starts the writer.
// An older file is copied aside before it is migrated; one that a newer
// program wrote is refused.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	s := &Store{path: path, driver: opts.Driver, hook: opts.Hook, now: opts.Now, log: opts.Logger}
	if s.hook == nil {
		s.hook = noHook{}
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.driver == "" {
		s.driver = DefaultDriver
	}
	if opts.Readers <= 0 {
		opts.Readers = DefaultReaders
	}
	if err := s.openWriter(ctx, opts.Migrate); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	readDB, err := openWith(s.driver, path, "query_only(1)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), s.closeWriter())
	}
	s.readers = newReaders(readDB, opts.Readers)
	return s, nil
}

// createPrivate creates the file, if it is not there, for its owner alone: it
// will hold the hashes of passwords. SQLite gives its side files the same mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// openWriter migrates the file and starts the writer on it.
func (s *Store) openWriter(ctx context.Context, migrateMore func(context.Context, *sql.DB) error) error {
	if err := createPrivate(s.path); err != nil {
		return err
	}
	db, err := openWith(s.driver, s.path, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	err = migrate(ctx, db, s.path)
	if err == nil && migrateMore != nil {
		err = migrateMore(ctx, db)
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	c, err := newConn(ctx, db)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.writeDB, s.writer = db, newWriter(c, s.log)
	return nil
}

// openFile opens a pool of connections with pragmas set on each. What SQLite would
// put into a temporary file stays in memory: there may be no directory for it.
func openFile(path string, pragmas ...string) (*sql.DB, error) {
	return openWith(DefaultDriver, path, pragmas...)
}

func openWith(driver, path string, pragmas ...string) (*sql.DB, error) {
	query := url.Values{"_pragma": {fmt.Sprintf("busy_timeout(%d)", DefaultBusyTimeout.Milliseconds()), "temp_store(MEMORY)"}}
	for _, pragma := range pragmas {
		query.Add("_pragma", pragma)
	}
	return sql.Open(driver, (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: query.Encode()}).String())
}

// Close finishes the mutations and reads under way and closes the file. Further
// calls return what the first one did.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closed = errors.Join(s.closeWriter(), s.readers.close()) })
	return s.closed
}

func (s *Store) closeWriter() error {
	return errors.Join(s.writer.close(), s.writeDB.Close())
}

// ReadDB is a pool of connections that may only read, for an event log that
// lives in the same file. It is the store's to close.
func (s *Store) ReadDB() *sql.DB { return s.readers.db }

// Ready implements [gift.Service].
func (s *Store) Ready(ctx context.Context) error {
	return s.readers.do(ctx, func(tx Tx) error {
		var one int
		if err := tx.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
			return fmt.Errorf("asking the database: %w", err)
		}
		return nil
	})
}

// Write runs fn with the writer, in a transaction of its own, for housekeeping
// of tables that are not the store's.
func (s *Store) Write(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	return s.writer.do(ctx, func(ctx context.Context, tx Tx) (func(), error) { return nil, fn(ctx, tx) })
}

// moment is the present, as it can be stored.
func (s *Store) moment() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// today is the present day where the clock is.
func (s *Store) today() gift.Date { return gift.Date(s.now().Format(time.DateOnly)) }
