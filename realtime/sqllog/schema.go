package sqllog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"github.com/familygifting/tidings/realtime"
)

// Version of the tables that this package reads and writes.
const Version = "1"

// tables creates version 1. The one statement that differs between databases
// is tidings_events: SQLite keeps it as a single tree ordered by its key. Of its
// times, in microseconds, at is the event's timestamp, which its publisher may
// set, and appended is when it came, by which it grows old.
const (
	createMeta   = `CREATE TABLE IF NOT EXISTS tidings_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)`
	createTopics = `CREATE TABLE IF NOT EXISTS tidings_topics (topic TEXT PRIMARY KEY, seq BIGINT NOT NULL, floor BIGINT NOT NULL DEFAULT 0)`
	createEvents = `CREATE TABLE IF NOT EXISTS tidings_events (
	topic TEXT NOT NULL, seq BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, entity_id TEXT NOT NULL,
	payload TEXT NOT NULL, user_id TEXT NOT NULL, at BIGINT NOT NULL, version BIGINT NOT NULL,
	mutation_id TEXT NOT NULL, trace_id TEXT NOT NULL, appended BIGINT NOT NULL, PRIMARY KEY (topic, seq))`
)

// Migrate creates the tables, or checks that their version is this package's.
// It runs in a transaction of its own, so db must be one that may write.
func Migrate(ctx context.Context, db *sql.DB) error {
	create := createEvents
	if isSQLite(ctx, db) {
		create += " WITHOUT ROWID"
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("migrating the event log: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	for _, statement := range []string{createMeta, createTopics, create} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("migrating the event log: %w", err)
		}
	}
	if err := stamp(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// stamp gives fresh tables their version and epoch, and checks older ones.
func stamp(ctx context.Context, tx Tx) error {
	const insert = `INSERT INTO tidings_meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`
	if _, err := tx.ExecContext(ctx, insert, "version", Version); err != nil {
		return fmt.Errorf("stamping the event log: %w", err)
	}
	if _, err := tx.ExecContext(ctx, insert, "epoch", rand.Text()); err != nil {
		return fmt.Errorf("stamping the event log: %w", err)
	}
	return checkVersion(ctx, tx)
}

func checkVersion(ctx context.Context, q querier) error {
	var version string
	err := q.QueryRowContext(ctx, `SELECT value FROM tidings_meta WHERE key = 'version'`).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) || err == nil && version != Version {
		return fmt.Errorf("the event log's tables have version %q, this program needs %q", version, Version)
	}
	if err != nil {
		return fmt.Errorf("reading the event log's version (was Migrate called?): %w", err)
	}
	return nil
}

func isSQLite(ctx context.Context, db *sql.DB) bool {
	var version string
	return db.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version) == nil
}

// NewEpoch starts a new history inside tx: earlier events count as trimmed,
// and positions go on from where they are. Call it whenever the database may
// hold an older state than one that was served before: after a restore.
func NewEpoch(ctx context.Context, tx Tx) (realtime.Epoch, error) {
	epoch := rand.Text()
	if _, err := tx.ExecContext(ctx, `UPDATE tidings_meta SET value = $1 WHERE key = 'epoch'`, epoch); err != nil {
		return "", fmt.Errorf("starting an epoch: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE tidings_topics SET floor = seq`); err != nil {
		return "", fmt.Errorf("starting an epoch: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_events`); err != nil {
		return "", fmt.Errorf("starting an epoch: %w", err)
	}
	return realtime.Epoch(epoch), nil
}
