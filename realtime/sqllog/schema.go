package sqllog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/familygifting/tidings/realtime"
)

// Version of the tables that this package reads and writes.
const Version = "2"

// The tables. Two details differ between SQLite and Postgres: see [inDialect].
//
// In tidings_events n numbers all events as they come, so that what is new and what is
// old is found without a look at every topic. at is an event's timestamp, which its
// publisher may set; appended is when it came, by which it grows old. Both are in
// microseconds.
//
// In tidings_access an empty user stands for everybody. tidings_changes names topics
// that changed without an event.
const (
	createMeta   = `CREATE TABLE IF NOT EXISTS tidings_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)`
	createTopics = `CREATE TABLE tidings_topics (topic TEXT PRIMARY KEY, seq BIGINT NOT NULL, floor BIGINT NOT NULL,
	generation BIGINT NOT NULL)` + keyed
	createEvents = `CREATE TABLE tidings_events (n ` + counted + `,
	topic TEXT NOT NULL, seq BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, entity_id TEXT NOT NULL,
	payload TEXT NOT NULL, user_id TEXT NOT NULL, at BIGINT NOT NULL, version BIGINT NOT NULL, mutation_id TEXT NOT NULL,
	trace_id TEXT NOT NULL, appended BIGINT NOT NULL, generation BIGINT NOT NULL, UNIQUE (topic, seq))`
	createAccess = `CREATE TABLE tidings_access (topic TEXT NOT NULL, generation BIGINT NOT NULL, user_id TEXT NOT NULL,
	opened BIGINT NOT NULL, from_seq BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (topic, generation, user_id))` + keyed
	indexAccess   = `CREATE INDEX tidings_access_user ON tidings_access (topic, user_id, opened, generation)`
	createChanges = `CREATE TABLE tidings_changes (n ` + counted + `, topic TEXT NOT NULL)`
	// indexIdle finds the topics that may be forgotten.
	indexIdle = `CREATE INDEX tidings_idle ON tidings_topics (topic) WHERE seq = floor AND generation = 0`
	// The floor of the topics that are not known: the highest position of those that
	// were forgotten, or more.
	setForgotten = `INSERT INTO tidings_meta (key, value) VALUES ('forgotten', '0')`
	// The highest n of the events that were trimmed for their age.
	setTrimmed = `INSERT INTO tidings_meta (key, value) VALUES ('trimmed', '0')`
)

// What differs between databases: a number that counts rows, and never twice the
// same; and a table that is one tree ordered by its key.
const (
	counted = `{counted}`
	keyed   = `{keyed}`
)

func inDialect(sqlite bool, statement string) string {
	if sqlite {
		return strings.NewReplacer(counted, "INTEGER PRIMARY KEY AUTOINCREMENT", keyed, " WITHOUT ROWID").Replace(statement)
	}
	return strings.NewReplacer(counted, "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", keyed, "").Replace(statement)
}

var create = []string{
	createTopics, createEvents, createAccess, indexAccess, createChanges, indexIdle, setForgotten, setTrimmed,
}

// upgrades are the statements that lead from each older version to the present
// one.
var upgrades = map[string][]string{
	"1": {
		`ALTER TABLE tidings_topics RENAME TO tidings_topics_1`,
		`ALTER TABLE tidings_events RENAME TO tidings_events_1`,
		createTopics, createEvents, createAccess, indexAccess, createChanges, setForgotten, setTrimmed,
		`INSERT INTO tidings_topics (topic, seq, floor, generation) SELECT topic, seq, floor, 0 FROM tidings_topics_1`,
		`INSERT INTO tidings_events (topic, seq, id, type, entity_id, payload, user_id, at, version, mutation_id, trace_id,
			appended, generation)
		SELECT topic, seq, id, type, entity_id, payload, user_id, at, version, mutation_id, trace_id, appended, 0
			FROM tidings_events_1 ORDER BY appended, topic, seq`,
		`DROP TABLE tidings_topics_1`,
		`DROP TABLE tidings_events_1`,
		indexIdle,
	},
}

// Migrate creates the tables, or brings those of an older version up to date. It
// refuses those of a newer one. It runs in a transaction of its own, so db must be
// one that may write.
func Migrate(ctx context.Context, db *sql.DB) error {
	sqlite := isSQLite(ctx, db)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("migrating the event log: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	if _, err := tx.ExecContext(ctx, createMeta); err != nil {
		return fmt.Errorf("migrating the event log: %w", err)
	}
	found, err := stamp(ctx, tx)
	if err != nil {
		return err
	}
	statements := upgrades[found]
	if found == "" {
		statements = create
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, inDialect(sqlite, statement)); err != nil {
			return fmt.Errorf("migrating the event log from version %q: %w", found, err)
		}
	}
	if err := checkVersion(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// stamp gives fresh tables an epoch, and those that are to be upgraded the present
// version. It returns the version that was there; none for fresh ones.
func stamp(ctx context.Context, tx Tx) (found string, err error) {
	const insert = `INSERT INTO tidings_meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`
	if _, err := tx.ExecContext(ctx, insert, "epoch", rand.Text()); err != nil {
		return "", fmt.Errorf("stamping the event log: %w", err)
	}
	err = tx.QueryRowContext(ctx, `SELECT value FROM tidings_meta WHERE key = 'version'`).Scan(&found)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("reading the event log's version: %w", err)
	}
	if _, old := upgrades[found]; found != "" && !old {
		return found, nil
	}
	const set = `INSERT INTO tidings_meta (key, value) VALUES ('version', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`
	if _, err := tx.ExecContext(ctx, set, Version); err != nil {
		return "", fmt.Errorf("stamping the event log: %w", err)
	}
	return found, nil
}

func checkVersion(ctx context.Context, q querier) error {
	var version string
	err := q.QueryRowContext(ctx, `SELECT value FROM tidings_meta WHERE key = 'version'`).Scan(&version)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the event log's version (was Migrate called?): %w", err)
	}
	if version == Version {
		return nil
	}
	if _, old := upgrades[version]; old {
		return fmt.Errorf("the event log's tables have version %q, and this program needs %q: call Migrate", version, Version)
	}
	return fmt.Errorf("the event log's tables have version %q, and this program knows %q at most: use a newer program, or a backup from before", version, Version)
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
