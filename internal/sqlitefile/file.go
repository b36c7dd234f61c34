package sqlitefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// DefaultDriver is the driver of database/sql that opens a file.
const DefaultDriver = "sqlite"

// BusyTimeout is how long a statement waits for another process that has the file
// locked.
const BusyTimeout = 5 * time.Second

// Create makes the file, for its owner alone, unless it is there. SQLite gives what it
// puts beside the file the same mode.
func Create(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// Open returns a pool of connections to the file. Each has the pragmas set, such as
// "query_only(1)". An empty driver stands for [DefaultDriver].
func Open(driver, path string, pragmas ...string) (*sql.DB, error) {
	if driver == "" {
		driver = DefaultDriver
	}
	name, err := dataSource(path, pragmas)
	if err != nil {
		return nil, err
	}
	return sql.Open(driver, name)
}

// OpenWriter returns the one connection that may write. What it commits survives a
// power loss.
func OpenWriter(driver, path string) (*sql.DB, error) {
	db, err := Open(driver, path, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// OpenReaders returns a pool of at most so many connections that only read.
func OpenReaders(driver, path string, most int) (*sql.DB, error) {
	db, err := Open(driver, path, "query_only(1)")
	if err == nil {
		db.SetMaxOpenConns(most)
		db.SetMaxIdleConns(most)
	}
	return db, err
}

// dataSource names a file to the driver. The name is a URI, in which '?', '#' and '%'
// have a meaning of their own; a whole path is never a special name such as ":memory:".
func dataSource(path string, pragmas []string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	settings := url.Values{
		"_txlock": {"immediate"},
		// There may be no directory for temporary files.
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", BusyTimeout.Milliseconds()), "temp_store(MEMORY)"},
	}
	for _, pragma := range pragmas {
		settings.Add("_pragma", pragma)
	}
	return "file:" + (&url.URL{Path: whole}).EscapedPath() + "?" + settings.Encode(), nil
}

// Check reads the whole file, and returns an error if it is damaged. It blocks no
// writer.
func Check(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("damaged: %s", verdict)
	}
	return nil
}

// Result codes of SQLite. The low byte of an extended code is the code that it extends.
const (
	codeCorrupt = 11
	codeNotADB  = 26
)

// Damaged reports whether err says that the file is damaged, or is no database.
func Damaged(err error) bool {
	var found interface{ Code() int }
	if !errors.As(err, &found) {
		return false
	}
	code := found.Code() & 0xff
	return code == codeCorrupt || code == codeNotADB
}
