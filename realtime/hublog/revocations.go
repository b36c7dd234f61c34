package hublog

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

const createRevocations = `CREATE TABLE IF NOT EXISTS tidings_revocations (
	user_id TEXT NOT NULL, session_id TEXT NOT NULL, token_id TEXT NOT NULL, topic TEXT NOT NULL, at BIGINT NOT NULL,
	PRIMARY KEY (user_id, session_id, token_id, topic))`

// revocationTable is a [jwtauth.Store] beside the log.
type revocationTable struct {
	readers *sql.DB
	write   func(ctx context.Context, do func(ctx context.Context, tx sqlitefile.Tx) error) error
}

// Load implements [jwtauth.Store].
func (t revocationTable) Load(ctx context.Context) (records []jwtauth.Record, err error) {
	rows, err := t.readers.QueryContext(ctx, `SELECT user_id, session_id, token_id, topic, at FROM tidings_revocations`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	for rows.Next() {
		var r jwtauth.Record
		var at int64
		if err := rows.Scan(&r.User, &r.Session, &r.Token, &r.Topic, &at); err != nil {
			return nil, err
		}
		r.At = time.Unix(at, 0)
		records = append(records, r)
	}
	return records, rows.Err()
}

// Save implements [jwtauth.Store].
func (t revocationTable) Save(ctx context.Context, records []jwtauth.Record) error {
	return t.write(ctx, func(ctx context.Context, tx sqlitefile.Tx) error {
		for _, r := range records {
			_, err := tx.ExecContext(ctx, `INSERT INTO tidings_revocations (user_id, session_id, token_id, topic, at) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (user_id, session_id, token_id, topic) DO UPDATE SET at = excluded.at`, r.User, r.Session, r.Token, r.Topic, r.At.Unix())
			if err != nil {
				return fmt.Errorf("keeping a revocation: %w", err)
			}
		}
		return nil
	})
}

// Forget implements [jwtauth.Store].
func (t revocationTable) Forget(ctx context.Context, before time.Time) error {
	return t.write(ctx, func(ctx context.Context, tx sqlitefile.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_revocations WHERE at < $1`, before.Unix()); err != nil {
			return fmt.Errorf("forgetting revocations: %w", err)
		}
		return nil
	})
}
