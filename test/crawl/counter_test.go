package crawl_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
	"sync/atomic"

	_ "modernc.org/sqlite" // the driver that is counted
)

// countingDriver names a driver that counts what it is asked: what takes the
// same statements, and touches the same rows, takes as long.
const countingDriver = "sqlite-counted"

// The statements that were run, and the rows that they returned or changed.
var statements, rowsTouched atomic.Int64

func init() {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	defer func() { _ = db.Close() }() // it was never used
	sql.Register(countingDriver, counted{db.Driver()})
}

type counted struct{ driver.Driver }

func (d counted) Open(name string) (driver.Conn, error) {
	c, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return countedConn{c.(sqliteConn)}, nil
}

// sqliteConn is what database/sql uses of SQLite's connection.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type countedConn struct{ sqliteConn }

func (c countedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return countedStmt{s.(sqliteStmt), changes(query)}, nil
}

func (c countedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return executed(changes(query))(c.sqliteConn.ExecContext(ctx, query, args))
}

func (c countedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return queried(c.sqliteConn.QueryContext(ctx, query, args))
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type countedStmt struct {
	sqliteStmt
	changes bool
}

func (s countedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return executed(s.changes)(s.sqliteStmt.ExecContext(ctx, args))
}

func (s countedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return queried(s.sqliteStmt.QueryContext(ctx, args))
}

// changes reports whether a statement changes rows. Of others SQLite says how
// many the last one changed.
func changes(query string) bool {
	verb, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	return verb == "INSERT" || verb == "UPDATE" || verb == "DELETE"
}

func executed(changes bool) func(driver.Result, error) (driver.Result, error) {
	return func(r driver.Result, err error) (driver.Result, error) {
		statements.Add(1)
		if err == nil && changes {
			n, _ := r.RowsAffected() // SQLite knows
			rowsTouched.Add(n)
		}
		return r, err
	}
}

func queried(r driver.Rows, err error) (driver.Rows, error) {
	statements.Add(1)
	if err != nil {
		return nil, err
	}
	return countedRows{r}, nil
}

type countedRows struct{ driver.Rows }

func (r countedRows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	if err == nil {
		rowsTouched.Add(1)
	}
	return err
}
