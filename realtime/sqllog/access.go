package sqllog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// Withdraw raises the topic's access generation inside tx and takes the topic
// from the users, or from everybody where none is named. What tx has appended
// before is for those who could read it; what is appended later is not.
func Withdraw(ctx context.Context, tx Tx, topic realtime.Topic, users ...string) error {
	if err := realtime.CheckAccess(topic, users); err != nil {
		return fmt.Errorf("withdrawing a topic: %w", err)
	}
	raised, err := raise(ctx, tx, topic)
	if err != nil {
		return fmt.Errorf("withdrawing %s: %w", topic, err)
	}
	if len(users) == 0 {
		users = []string{""}
	}
	changes := make([]realtime.AccessChange, len(users))
	for i, user := range users {
		changes[i] = realtime.AccessChange{Generation: raised.generation, User: user}
	}
	if err := insertChanges(ctx, tx, topic, changes); err != nil {
		return fmt.Errorf("withdrawing %s: %w", topic, err)
	}
	return nil
}

// OpenTo raises the topic's access generation inside tx: the users may read it
// from here on, if the Authorizer says so.
func OpenTo(ctx context.Context, tx Tx, topic realtime.Topic, users ...string) error {
	if err := realtime.CheckOpening(topic, users); err != nil {
		return fmt.Errorf("opening a topic: %w", err)
	}
	raised, err := raise(ctx, tx, topic)
	if err != nil {
		return fmt.Errorf("opening %s: %w", topic, err)
	}
	changes := make([]realtime.AccessChange, len(users))
	for i, user := range users {
		changes[i] = raised.opening(user)
	}
	if err := insertChanges(ctx, tx, topic, changes); err != nil {
		return fmt.Errorf("opening %s: %w", topic, err)
	}
	return nil
}

// OpenToAll raises the topic's access generation inside tx: everybody may read it
// from here on, if the Authorizer says so. Those named keep what they could read
// before.
func OpenToAll(ctx context.Context, tx Tx, topic realtime.Topic, keep ...string) error {
	if err := realtime.CheckAccess(topic, keep); err != nil {
		return fmt.Errorf("opening a topic: %w", err)
	}
	raised, err := raise(ctx, tx, topic)
	if err != nil {
		return fmt.Errorf("opening %s: %w", topic, err)
	}
	changes := []realtime.AccessChange{raised.opening("")}
	for _, user := range keep {
		right, err := rightIn(ctx, tx, topic, user)
		if err != nil {
			return fmt.Errorf("opening %s: %w", topic, err)
		}
		change := raised.opening(user)
		if !right.Closed {
			change.From = right.From
		}
		changes = append(changes, change)
	}
	if err := insertChanges(ctx, tx, topic, changes); err != nil {
		return fmt.Errorf("opening %s: %w", topic, err)
	}
	return nil
}

// raised is a topic whose generation tx has raised, and whose counter it holds.
type raised struct {
	generation realtime.Generation
	head       realtime.Seq
}

// opening is the change that opens the topic at its head.
func (r raised) opening(user string) realtime.AccessChange {
	return realtime.AccessChange{Generation: r.generation, User: user, Opened: true, From: r.head}
}

func raise(ctx context.Context, tx Tx, topic realtime.Topic) (r raised, err error) {
	const query = `INSERT INTO tidings_topics (topic, seq, floor, generation)
		SELECT $1, CAST(value AS BIGINT), CAST(value AS BIGINT), 1 FROM tidings_meta WHERE key = 'forgotten'
		ON CONFLICT (topic) DO UPDATE SET generation = tidings_topics.generation + 1 RETURNING generation, seq`
	if err = tx.QueryRowContext(ctx, query, string(topic)).Scan(&r.generation, &r.head); err != nil {
		return r, err
	}
	return r, noteChange(ctx, tx, topic)
}

// noteChange lets watchers of the log know of a topic that changes without an event.
func noteChange(ctx context.Context, tx Tx, topic realtime.Topic) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO tidings_changes (topic) VALUES ($1)`, string(topic))
	return err
}

// accessColumns is the number of columns of tidings_access.
const accessColumns = 6

var insertChangesSQL = textPerSize(
	`INSERT INTO tidings_access (topic, generation, user_id, opened, from_seq, at) VALUES `, accessColumns, ``)

func insertChanges(ctx context.Context, tx Tx, topic realtime.Topic, changes []realtime.AccessChange) error {
	now := time.Now().UnixMicro()
	for batch := range slices.Chunk(changes, maxBatch) {
		args := make([]any, 0, accessColumns*len(batch))
		for _, c := range batch {
			opened := 0
			if c.Opened {
				opened = 1
			}
			args = append(args, string(topic), int64(c.Generation), c.User, opened, int64(c.From), now)
		}
		if _, err := tx.ExecContext(ctx, insertChangesSQL(len(batch)), args...); err != nil {
			return err
		}
	}
	return nil
}

const accessChangesSQL = `SELECT generation, user_id, opened, from_seq FROM tidings_access
	WHERE topic = $1 AND generation > $2 ORDER BY generation, user_id`

// AccessChanges implements [realtime.Log].
func (l *Log) AccessChanges(ctx context.Context, topic realtime.Topic, after realtime.Generation) ([]realtime.AccessChange, error) {
	rows, err := l.accessChanges.QueryContext(ctx, string(topic), int64(after))
	if err != nil {
		return nil, fmt.Errorf("reading the changes of access to %s: %w", topic, err)
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	var changes []realtime.AccessChange
	for rows.Next() {
		var c realtime.AccessChange
		var opened int
		if err := rows.Scan(&c.Generation, &c.User, &opened, &c.From); err != nil {
			return nil, fmt.Errorf("reading the changes of access to %s: %w", topic, err)
		}
		c.Opened = opened != 0
		changes = append(changes, c)
	}
	return changes, rows.Err()
}
