package main

import (
	"context"
	"database/sql"
	"time"

	"github.com/familygifting/tidings/realtime/jwtauth"
)

const createRevocations = `CREATE TABLE IF NOT EXISTS tidings_revocations (
	user_id TEXT NOT NULL, session_id TEXT NOT NULL, token_id TEXT NOT NULL, topic TEXT NOT NULL, at BIGINT NOT NULL,
	PRIMARY KEY (user_id, session_id, token_id, topic))`

// sqliteRevocations is a [jwtauth.Store] beside the log.
type sqliteRevocations struct{ writer *sql.DB }

// Load implements [jwtauth.Store].
func (s sqliteRevocations) Load(ctx context.Context) (records []jwtauth.Record, err error) {
	rows, err := s.writer.QueryContext(ctx, `SELECT user_id, session_id, token_id, topic, at FROM tidings_revocations`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below tells
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
func (s sqliteRevocations) Save(ctx context.Context, records []jwtauth.Record) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	for _, r := range records {
		_, err := tx.ExecContext(ctx, `INSERT INTO tidings_revocations (user_id, session_id, token_id, topic, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (user_id, session_id, token_id, topic) DO UPDATE SET at = excluded.at`, r.User, r.Session, r.Token, r.Topic, r.At.Unix())
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Forget implements [jwtauth.Store].
func (s sqliteRevocations) Forget(ctx context.Context, before time.Time) error {
	_, err := s.writer.ExecContext(ctx, `DELETE FROM tidings_revocations WHERE at < $1`, before.Unix())
	return err
}
