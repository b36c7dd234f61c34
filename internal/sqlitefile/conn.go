package sqlitefile

import (
	"context"
	"database/sql"
	"fmt"
)

// Tx is what a function may do inside a transaction. It is an alias, so that a package
// that takes one need not import this one to name it.
type Tx = interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// maxStatements is the most statements that a connection keeps prepared; further texts
// are parsed each time. The servers have under a hundred.
const maxStatements = 500

// Conn is one connection with its prepared statements. It implements [Tx], and belongs
// to one goroutine at a time.
type Conn struct {
	sql        *sql.Conn
	statements map[string]*sql.Stmt
}

var _ Tx = (*Conn)(nil)

// NewConn takes a connection out of the pool until it is closed.
func NewConn(ctx context.Context, db *sql.DB) (*Conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening a connection: %w", err)
	}
	return &Conn{sql: c, statements: make(map[string]*sql.Stmt)}, nil
}

// statement returns the prepared statement, or nil if it has to be parsed anew.
func (c *Conn) statement(ctx context.Context, query string) *sql.Stmt {
	if s, ok := c.statements[query]; ok {
		return s
	}
	if len(c.statements) >= maxStatements {
		return nil
	}
	s, err := c.sql.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil // to execute it unprepared gives the caller the error
	}
	c.statements[query] = s
	return s
}

// ExecContext implements [Tx].
func (c *Conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := c.statement(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return c.sql.ExecContext(ctx, query, args...)
}

// QueryContext implements [Tx].
func (c *Conn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := c.statement(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return c.sql.QueryContext(ctx, query, args...)
}

// QueryRowContext implements [Tx].
func (c *Conn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := c.statement(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return c.sql.QueryRowContext(ctx, query, args...)
}

// Close gives the connection back to the pool, without its statements.
func (c *Conn) Close() error {
	for _, s := range c.statements {
		_ = s.Close() // the connection goes too
	}
	return c.sql.Close()
}
