package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/diskfault"
	"github.com/familygifting/tidings/internal/sampled"
	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/internal/sqlitewriter"
)

// DefaultReaders is how many reads run at once; more wait.
const DefaultReaders = 4

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
	// asks. Default [sqlitefile.DefaultDriver].
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
	writer  *sqlitewriter.Writer
	readers *readers
	writeDB *sql.DB
	// faults are those of the disk.
	faults *sampled.Log

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
	s.faults = sampled.New(s.log)
	if opts.Readers <= 0 {
		opts.Readers = DefaultReaders
	}
	if err := s.openWriter(ctx, opts.Migrate); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	// Others read by the pool too. When thousands of sessions resume at once they
	// take turns, which is faster than a connection for each.
	readDB, err := sqlitefile.OpenReaders(s.driver, path, opts.Readers+maxShared)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), s.closeWriter())
	}
	s.readers = newReaders(readDB, opts.Readers)
	return s, nil
}

// openWriter migrates the file and starts the writer on it.
func (s *Store) openWriter(ctx context.Context, migrateMore func(context.Context, *sql.DB) error) error {
	if err := sqlitefile.Create(s.path); err != nil {
		return err
	}
	db, err := sqlitefile.OpenWriter(s.driver, s.path)
	if err != nil {
		return err
	}
	err = migrate(ctx, db, s.path)
	if err == nil && migrateMore != nil {
		err = migrateMore(ctx, db)
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	c, err := sqlitefile.NewConn(ctx, db)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.writeDB, s.writer = db, sqlitewriter.New(c, s.log)
	return nil
}

// Close finishes the mutations and reads under way and closes the file. Further
// calls return what the first one did.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closed = errors.Join(s.closeWriter(), s.readers.close()) })
	return s.closed
}

func (s *Store) closeWriter() error {
	return errors.Join(s.writer.Close(), s.writeDB.Close())
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
	return s.write(ctx, func(ctx context.Context, tx Tx) (func(), error) { return nil, fn(ctx, tx) })
}

// write runs fn with the writer. It logs a fault of the disk, and returns what its
// caller may read of it.
func (s *Store) write(ctx context.Context, fn sqlitewriter.Func) error {
	err := s.writer.Write(ctx, fn)
	reason, ok := diskfault.Reason(err)
	if !ok {
		return err
	}
	s.faults.Say("disk", reason+": changes are refused until that is over, reads go on", "error", err)
	return gift.Errorf(gift.EFULL, "%s, so nothing was changed: ask who runs the server, and try again later", reason)
}

// moment is the present, as it can be stored.
func (s *Store) moment() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// today is the present day where the clock is.
func (s *Store) today() gift.Date { return gift.Date(s.now().Format(time.DateOnly)) }
