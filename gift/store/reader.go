package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/internal/sqlitewriter"
)

// maxShared is how many connections [Store.ReadDB] has besides the store's own.
const maxShared = 8

// readers is a pool of connections that only read. Each slot holds one that is
// idle, or nil where none was needed so far.
type readers struct {
	db    *sql.DB
	slots chan *sqlitefile.Conn
}

func newReaders(db *sql.DB, size int) *readers {
	r := &readers{db: db, slots: make(chan *sqlitefile.Conn, size)}
	for range size {
		r.slots <- nil
	}
	return r
}

// do runs fn in a transaction that sees one moment of the database.
func (r *readers) do(ctx context.Context, fn func(tx Tx) error) (err error) {
	c, err := r.take(ctx)
	if err != nil {
		return err
	}
	healthy := false
	defer func() { r.put(c, healthy) }()
	if _, err := c.ExecContext(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("beginning to read: %w", err)
	}
	defer func() {
		_, rollback := c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		healthy = rollback == nil
	}()
	return fn(c)
}

func (r *readers) take(ctx context.Context) (*sqlitefile.Conn, error) {
	select {
	case c, open := <-r.slots:
		if !open {
			return nil, sqlitewriter.ErrClosed
		}
		if c != nil {
			return c, nil
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, err := sqlitefile.NewConn(ctx, r.db)
	if err != nil {
		r.slots <- nil
		return nil, err
	}
	return c, nil
}

// put gives a connection back, or its empty slot if the connection is broken.
func (r *readers) put(c *sqlitefile.Conn, healthy bool) {
	if !healthy {
		_ = c.Close() // it is of no use any more
		c = nil
	}
	r.slots <- c
}

// close waits for the reads under way.
func (r *readers) close() error {
	var errs []error
	for range cap(r.slots) {
		if c := <-r.slots; c != nil {
			errs = append(errs, c.Close())
		}
	}
	close(r.slots)
	return errors.Join(append(errs, r.db.Close())...)
}
