package sqllog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// maxTrim is how many topics one call of [Log.Trim] shortens at most, so that
// it does not keep other writers waiting for long.
const maxTrim = 200

// Trim forgets, inside tx, what the options no longer keep, and returns how
// many topics it shortened. Call it now and then, each time in a transaction
// of its own, and again at once while it returns more than zero.
func (l *Log) Trim(ctx context.Context, tx Tx) (int, error) {
	cuts, err := l.cuts(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("looking for events to trim: %w", err)
	}
	for _, c := range cuts {
		if _, err := tx.ExecContext(ctx, `UPDATE tidings_topics SET floor = $1 WHERE topic = $2 AND floor < $1`, int64(c.floor), string(c.topic)); err != nil {
			return 0, fmt.Errorf("trimming %s: %w", c.topic, err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_events WHERE topic = $1 AND seq <= $2`, string(c.topic), int64(c.floor)); err != nil {
			return 0, fmt.Errorf("trimming %s: %w", c.topic, err)
		}
	}
	return len(cuts), nil
}

// Forget drops, inside tx, everything that the topics' logs hold so far; their
// positions go on. Whoever comes back from before it is told to refetch. Call it
// where a topic's readers change: who may read it from now on shall not replay
// what was for others.
func Forget(ctx context.Context, tx Tx, topics ...realtime.Topic) error {
	for _, topic := range topics {
		if _, err := tx.ExecContext(ctx, `UPDATE tidings_topics SET floor = seq WHERE topic = $1`, string(topic)); err != nil {
			return fmt.Errorf("forgetting %s: %w", topic, err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_events WHERE topic = $1`, string(topic)); err != nil {
			return fmt.Errorf("forgetting %s: %w", topic, err)
		}
	}
	return nil
}

// Break moves the topics on by one position inside tx, as though an event had been
// appended and trimmed: everybody who comes back from before reads afresh.
func Break(ctx context.Context, tx Tx, topics ...realtime.Topic) error {
	if err := realtime.CheckTopics(topics); err != nil {
		return fmt.Errorf("breaking histories: %w", err)
	}
	const move = `INSERT INTO tidings_topics (topic, seq, floor) VALUES ($1, 1, 1)
		ON CONFLICT (topic) DO UPDATE SET seq = tidings_topics.seq + 1, floor = tidings_topics.seq + 1`
	for _, topic := range slices.Sorted(slices.Values(topics)) { // the order in which Append locks them
		if _, err := tx.ExecContext(ctx, move, string(topic)); err != nil {
			return fmt.Errorf("breaking the history of %s: %w", topic, err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_events WHERE topic = $1`, string(topic)); err != nil {
			return fmt.Errorf("breaking the history of %s: %w", topic, err)
		}
	}
	return nil
}

// cut says that a topic's events up to floor go.
type cut struct {
	topic realtime.Topic
	floor realtime.Seq
}

// cuts finds topics with too many events, and topics whose oldest event is too
// old. Events of a topic grow old in the order of their positions, so looking
// at the oldest is enough, and needs no index on time.
func (l *Log) cuts(ctx context.Context, tx Tx) ([]cut, error) {
	const long = `SELECT topic, seq - $1 FROM tidings_topics WHERE seq - floor > $1 LIMIT $2`
	cuts, err := scanCuts(ctx, tx, long, l.opts.KeepCount, maxTrim)
	if err != nil || len(cuts) == maxTrim {
		return cuts, err
	}
	const old = `SELECT t.topic, (SELECT MAX(a.seq) FROM tidings_events a WHERE a.topic = t.topic AND a.appended < $1)
		FROM tidings_topics t JOIN tidings_events e ON e.topic = t.topic AND e.seq = t.floor + 1
		WHERE e.appended < $1 LIMIT $2`
	aged, err := scanCuts(ctx, tx, old, time.Now().Add(-l.opts.KeepAge).UnixMicro(), maxTrim-len(cuts))
	return append(cuts, aged...), err
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
