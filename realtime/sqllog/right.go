package sqllog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// rightsSQL finds, for each of the topics, the last withdrawal and the last
// opening that name the user, and those that name everybody.
const rightsSQL = `SELECT a.topic, a.generation, a.user_id, a.opened, a.from_seq, a.at FROM (%s) q
	CROSS JOIN (SELECT $2 AS user_id UNION SELECT '') u
	CROSS JOIN (SELECT 0 AS opened UNION ALL SELECT 1) o
	JOIN tidings_access a ON a.topic = q.topic AND a.user_id = u.user_id AND a.opened = o.opened
		AND a.generation = (SELECT MAX(b.generation) FROM tidings_access b
			WHERE b.topic = q.topic AND b.user_id = u.user_id AND b.opened = o.opened)
	ORDER BY a.topic, a.generation, a.user_id`

// rightSQL is rightsSQL for one topic.
var rightSQL = fmt.Sprintf(rightsSQL, `SELECT $1 AS topic`)

// Rights implements [realtime.Log].
func (l *Log) Rights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Right, error) {
	names, err := json.Marshal(topics)
	if err != nil {
		return nil, err
	}
	rows, err := l.rights.QueryContext(ctx, string(names), user)
	if err != nil {
		return nil, fmt.Errorf("reading the rights to %d topics: %w", len(topics), err)
	}
	changes, err := scanChanges(rows)
	if err != nil {
		return nil, fmt.Errorf("reading the rights to %d topics: %w", len(topics), err)
	}
	rights := make([]realtime.Right, len(topics))
	for i, topic := range topics {
		rights[i] = realtime.RightOf(user, changes[topic])
	}
	return rights, nil
}

// rightIn is [Log.Rights] for one topic, as of tx.
func rightIn(ctx context.Context, tx Tx, topic realtime.Topic, user string) (realtime.Right, error) {
	rows, err := tx.QueryContext(ctx, rightSQL, string(topic), user)
	if err != nil {
		return realtime.Right{}, err
	}
	changes, err := scanChanges(rows)
	return realtime.RightOf(user, changes[topic]), err
}

// scanChanges reads rows of rightsSQL.
func scanChanges(rows *sql.Rows) (map[realtime.Topic][]realtime.DatedChange, error) {
	defer func() { _ = rows.Close() }() // Err below reports what matters
	changes := make(map[realtime.Topic][]realtime.DatedChange)
	for rows.Next() {
		var topic realtime.Topic
		var c realtime.DatedChange
		var opened int
		var at int64
		if err := rows.Scan(&topic, &c.Generation, &c.User, &opened, &c.From, &at); err != nil {
			return nil, err
		}
		c.Opened, c.At = opened != 0, time.UnixMicro(at).UTC()
		changes[topic] = append(changes[topic], c)
	}
	return changes, rows.Err()
}
