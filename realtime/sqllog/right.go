package sqllog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
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

// headsAndRightsSQL is headsSQL and rightsSQL in one statement, hence of one
// snapshot. A change of access stands in the columns of a head: from_seq in seq, and
// opened in floor.
const headsAndRightsSQL = `SELECT h.*, CAST(NULL AS TEXT) AS user_id, 0 AS at FROM (` + headsSQL + `) h
	UNION ALL SELECT '', 0, r.topic, r.from_seq, r.opened, r.generation, r.user_id, r.at FROM (` + rightsSQL + `) r`

// HeadsAndRights implements [realtime.Log].
func (l *Log) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	fail := func(err error) ([]realtime.Head, []realtime.Right, error) {
		return nil, nil, fmt.Errorf("reading the heads of %d topics, and the rights to them: %w", len(topics), err)
	}
	names, err := json.Marshal(topics)
	if err != nil {
		return fail(err)
	}
	rows, err := l.headsAndRights.QueryContext(ctx, string(names), user)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	var heads headRows
	changes := make(map[realtime.Topic][]realtime.DatedChange)
	for rows.Next() {
		var named sql.NullString
		var at int64
		row, err := scanHead(rows, &named, &at)
		if err != nil {
			return fail(err)
		}
		if !named.Valid {
			heads.add(row)
			continue
		}
		changes[row.topic] = append(changes[row.topic], realtime.DatedChange{AccessChange: realtime.AccessChange{
			Generation: row.head.Generation, User: named.String, Opened: row.head.Floor != 0, From: row.head.Seq,
		}, At: time.UnixMicro(at).UTC()})
	}
	if err := rows.Err(); err != nil {
		return fail(err)
	}
	return heads.of(topics), rightsOf(user, topics, changes), nil
}

// rightsOf returns what the changes of each topic say about the user.
func rightsOf(user string, topics []realtime.Topic, changes map[realtime.Topic][]realtime.DatedChange) []realtime.Right {
	for _, of := range changes { // a union has no order
		slices.SortFunc(of, func(a, b realtime.DatedChange) int {
			return cmp.Or(cmp.Compare(a.Generation, b.Generation), cmp.Compare(a.User, b.User))
		})
	}
	rights := make([]realtime.Right, len(topics))
	for i, topic := range topics {
		rights[i] = realtime.RightOf(user, changes[topic])
	}
	return rights
}

// rightIn returns the user's right to one topic, as of tx.
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
