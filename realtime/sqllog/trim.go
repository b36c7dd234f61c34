package sqllog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// What one call of [Log.Trim] does at most, so that it does not keep other writers
// waiting for long.
const (
	maxTrim            = 200  // topics that are too long
	maxTrimEvents      = 2000 // events that are too old
	maxTrimGenerations = 1000 // generations of access that are looked at
)

// KeepChanges is how many changes without an event stay known to watchers of the log.
const KeepChanges = 10_000

// maxAhead is how far the clock that stamped an event may be ahead of the one that
// trims it. An event from farther ahead counts as old, or nothing behind it would
// be trimmed until its time has come.
const maxAhead = time.Hour

// cursors are where the next call of [Log.Trim] and [Log.ForgetTopics] goes on.
// They are hints: when a transaction fails, what it would have trimmed is found
// later, after a restart at the latest.
type cursors struct {
	mu       sync.Mutex // guards what follows
	measured int64      // topics with no event beyond this one are not too long
	access   struct {
		topic      realtime.Topic
		generation realtime.Generation
	}
	idle realtime.Topic
}

// Trim forgets, inside tx, what the options no longer keep, and returns how
// much it found to do. Call it now and then, each time in a transaction of its
// own, and again at once while it returns more than zero.
func (l *Log) Trim(ctx context.Context, tx Tx) (int, error) {
	l.cursors.mu.Lock()
	defer l.cursors.mu.Unlock()
	total := 0
	for _, trim := range []func(context.Context, Tx) (int, error){l.trimLong, l.trimOld, l.trimAccess, trimChanges} {
		n, err := trim(ctx, tx)
		if err != nil {
			return 0, fmt.Errorf("trimming the event log: %w", err)
		}
		total += n
	}
	return total, nil
}

// trimLong shortens topics that have too many events, of those that have got new
// ones since the last call.
func (l *Log) trimLong(ctx context.Context, tx Tx) (int, error) {
	var newest int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(n), 0) FROM tidings_events`).Scan(&newest); err != nil {
		return 0, err
	}
	const all = `SELECT topic, seq - $1 FROM tidings_topics WHERE seq - floor > $1 AND $2 = 0 LIMIT $3`
	const grown = `SELECT topic, seq - $1 FROM tidings_topics
		WHERE topic IN (SELECT topic FROM tidings_events WHERE n > $2) AND seq - floor > $1 LIMIT $3`
	query := grown
	if l.cursors.measured == 0 {
		query = all
	}
	cuts, err := scanCuts(ctx, tx, query, l.opts.KeepCount, l.cursors.measured, maxTrim)
	if err != nil {
		return 0, err
	}
	for _, c := range cuts {
		if _, err := tx.ExecContext(ctx, `UPDATE tidings_topics SET floor = $1 WHERE topic = $2 AND floor < $1`, int64(c.floor), string(c.topic)); err != nil {
			return 0, err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_events WHERE topic = $1 AND seq <= $2`, string(c.topic), int64(c.floor)); err != nil {
			return 0, err
		}
	}
	if len(cuts) < maxTrim {
		l.cursors.measured = newest
	}
	return len(cuts), nil
}

// cut says that a topic's events up to floor go.
type cut struct {
	topic realtime.Topic
	floor realtime.Seq
}

func scanCuts(ctx context.Context, tx Tx, query string, args ...any) ([]cut, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	var cuts []cut
	for rows.Next() {
		var c cut
		if err := rows.Scan(&c.topic, &c.floor); err != nil {
			return nil, err
		}
		cuts = append(cuts, c)
	}
	return cuts, rows.Err()
}

// trimOld forgets the oldest events. They grow old in the order in which they
// came, so it looks no farther than the first that is young.
func (l *Log) trimOld(ctx context.Context, tx Tx) (int, error) {
	last, err := l.lastOld(ctx, tx)
	if err != nil || last == 0 {
		return 0, err
	}
	const raise = `UPDATE tidings_topics SET floor = e.seq
		FROM (SELECT topic, MAX(seq) AS seq FROM tidings_events WHERE n <= $1 GROUP BY topic) e
		WHERE tidings_topics.topic = e.topic AND tidings_topics.floor < e.seq`
	raised, err := tx.ExecContext(ctx, raise, last)
	if err != nil {
		return 0, err
	}
	// It goes by the floors: on Postgres an older event may have been committed meanwhile.
	const drop = `DELETE FROM tidings_events WHERE n <= $1 AND EXISTS
		(SELECT 1 FROM tidings_topics t WHERE t.topic = tidings_events.topic AND t.floor >= tidings_events.seq)`
	if _, err := tx.ExecContext(ctx, drop, last); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE tidings_meta SET value = CAST($1 AS TEXT) WHERE key = 'trimmed'`, last); err != nil {
		return 0, err
	}
	n, err := raised.RowsAffected()
	return int(n), err
}

// lastOld returns the last of the events at the log's beginning that are too old,
// 0 for none.
func (l *Log) lastOld(ctx context.Context, tx Tx) (last int64, err error) {
	now := time.Now()
	oldest, newest := now.Add(-l.opts.KeepAge).UnixMicro(), now.Add(maxAhead).UnixMicro()
	rows, err := tx.QueryContext(ctx, `SELECT n, appended FROM tidings_events ORDER BY n LIMIT $1`, maxTrimEvents)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	for rows.Next() {
		var n, appended int64
		if err := rows.Scan(&n, &appended); err != nil {
			return 0, err
		}
		if appended >= oldest && appended <= newest {
			break
		}
		last = n
	}
	return last, rows.Err()
}

// trimAccess forgets old changes of access that say nothing any more, since a
// later one of the same kind names the same user. It forgets generations whole:
// one that is half there would seem to name fewer users than it did.
func (l *Log) trimAccess(ctx context.Context, tx Tx) (int, error) {
	const query = `SELECT topic, generation, MIN(at) < $3 AND NOT EXISTS (
			SELECT 1 FROM tidings_access s WHERE s.topic = a.topic AND s.generation = a.generation AND NOT EXISTS (
				SELECT 1 FROM tidings_access b WHERE b.topic = s.topic AND b.user_id = s.user_id
					AND b.opened = s.opened AND b.generation > s.generation))
		FROM tidings_access a WHERE (topic, generation) > ($1, $2)
		GROUP BY topic, generation ORDER BY topic, generation LIMIT $4`
	rows, err := tx.QueryContext(ctx, query, string(l.cursors.access.topic), int64(l.cursors.access.generation),
		time.Now().Add(-l.opts.KeepAge).UnixMicro(), maxTrimGenerations)
	if err != nil {
		return 0, err
	}
	var idle [][]any
	if idle, err = l.scanIdleAccess(rows); err != nil {
		return 0, err
	}
	for _, key := range idle {
		if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_access WHERE topic = $1 AND generation = $2`, key...); err != nil {
			return 0, err
		}
	}
	return len(idle), nil
}

// scanIdleAccess returns the generations that say nothing any more, and moves the
// cursor.
func (l *Log) scanIdleAccess(rows *sql.Rows) (idle [][]any, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	at := &l.cursors.access
	looked := 0
	for ; rows.Next(); looked++ {
		var goes bool
		if err := rows.Scan(&at.topic, &at.generation, &goes); err != nil {
			return nil, err
		}
		if goes {
			idle = append(idle, []any{string(at.topic), int64(at.generation)})
		}
	}
	if looked < maxTrimGenerations {
		at.topic, at.generation = "", 0
	}
	return idle, rows.Err()
}

// trimChanges keeps the last changes alone: a watcher that is farther behind looks at
// every topic.
func trimChanges(ctx context.Context, tx Tx) (int, error) {
	_, err := tx.ExecContext(ctx, `DELETE FROM tidings_changes WHERE n <= (SELECT MAX(n) FROM tidings_changes) - $1`, KeepChanges)
	return 0, err
}
