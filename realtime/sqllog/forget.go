package sqllog

import (
	"context"
	"fmt"

	"github.com/familygifting/tidings/realtime"
)

// What one call of [Log.ForgetTopics] does at most, so that it does not keep other
// writers waiting for long.
const (
	maxIdle   = 10_000 // topics that are looked at
	maxForget = 1000   // topics that are forgotten
)

// ForgetTopics forgets, inside tx, topics of which all events are trimmed, so that
// they cost nothing, and reports whether there may be more of them. A topic that
// is not known stands where [realtime.ForgottenFloor] says, which rises for all of
// them: nobody gets a position that was given out before. Call it behind
// [Log.Trim], each time in a transaction of its own, and again at once while there
// are more.
//
// Topics in use stay: a topic with subscribers would move on under them. So do
// those whose access has changed, of which the log knows more than events. inUse
// must not use the database.
func (l *Log) ForgetTopics(ctx context.Context, tx Tx, inUse func(realtime.Topic) bool) (more bool, err error) {
	l.cursors.mu.Lock()
	defer l.cursors.mu.Unlock()
	idle, floor, more, err := l.findIdle(ctx, tx, inUse)
	if err != nil {
		return false, fmt.Errorf("looking for topics to forget: %w", err)
	}
	if len(idle) == 0 {
		return more, nil
	}
	const raise = `UPDATE tidings_meta SET value = CAST($1 AS TEXT) WHERE key = 'forgotten' AND CAST(value AS BIGINT) < $1`
	if _, err := tx.ExecContext(ctx, raise, int64(realtime.ForgottenFloor(floor))); err != nil {
		return false, fmt.Errorf("forgetting topics: %w", err)
	}
	for _, topic := range idle {
		if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_topics WHERE topic = $1 AND seq = floor`, string(topic)); err != nil {
			return false, fmt.Errorf("forgetting %s: %w", topic, err)
		}
	}
	return more, nil
}

// findIdle returns topics that may be forgotten, and the highest position of them.
func (l *Log) findIdle(ctx context.Context, tx Tx, inUse func(realtime.Topic) bool) (idle []realtime.Topic, floor realtime.Seq, more bool, err error) {
	const query = `SELECT topic, seq FROM tidings_topics WHERE seq = floor AND generation = 0 AND topic > $1 ORDER BY topic LIMIT $2`
	rows, err := tx.QueryContext(ctx, query, string(l.cursors.idle), maxIdle)
	if err != nil {
		return nil, 0, false, err
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	looked := 0
	for len(idle) < maxForget && rows.Next() {
		var seq realtime.Seq
		if err := rows.Scan(&l.cursors.idle, &seq); err != nil {
			return nil, 0, false, err
		}
		looked++
		if !inUse(l.cursors.idle) {
			idle, floor = append(idle, l.cursors.idle), max(floor, seq)
		}
	}
	more = len(idle) == maxForget || looked == maxIdle
	if !more {
		l.cursors.idle = ""
	}
	return idle, floor, more, rows.Err()
}

// Topics returns how many topics the log knows.
func (l *Log) Topics(ctx context.Context) (n int, err error) {
	if err := l.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM tidings_topics`).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting topics: %w", err)
	}
	return n, nil
}
