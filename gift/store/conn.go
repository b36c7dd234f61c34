package store

import (
	"context"
	"database/sql"
	"fmt"
)

// maxStatements is the most statements a connection keeps prepared; further
// texts are parsed each time. The store has under a hundred.
const maxStatements = 500

// conn is one connection with its prepared statements. It implements [Tx], and
// belongs to one goroutine at a time.
type conn struct {
	sql        *sql.Conn
	statements map[string]*sql.Stmt
}

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening a connection: %w", err)
	}
	return &conn{sql: c, statements: make(map[string]*sql.Stmt)}, nil
}

// statement returns the prepared statement, or nil if it has to be parsed anew.
func (c *conn) statement(ctx context.Context, query string) *sql.Stmt {
	if s, ok := c.statements[query]; ok {
		return s
	}
	if len(c.statements) >= maxStatements {
		return nil
	}
	s, err := c.sql.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil // executing it unprepared will tell the caller why
	}
	c.statements[query] = s
	return s
}

// ExecContext implements [Tx].
func (c *conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := c.statement(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return c.sql.ExecContext(ctx, query, args...)
}

// QueryContext implements [Tx].
func (c *conn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := c.statement(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return c.sql.QueryContext(ctx, query, args...)
}

// QueryRowContext implements [Tx].
func (c *conn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := c.statement(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return c.sql.QueryRowContext(ctx, query, args...)
}

func (c *conn) close() error {
	for _, s := range c.statements {
		_ = s.Close() // the connection goes too
	}
	return c.sql.Close()
}
