package sqllog

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/familygifting/tidings/realtime"
)

// MaxChanged is the most topics that [Log.Changed] names; when more have changed,
// it says that all may have.
const MaxChanged = 50_000

// changedSQL counts on SQLite's one writer: rows are numbered in the order in
// which they are committed.
const changedSQL = `SELECT m.value, CAST(t.value AS BIGINT),
		COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'tidings_events'), 0),
		COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'tidings_changes'), 0),
		COALESCE((SELECT MIN(n) FROM tidings_changes), 0), q.topic
	FROM tidings_meta m JOIN tidings_meta t ON t.key = 'trimmed'
	LEFT JOIN (SELECT topic FROM tidings_events WHERE n > $1
		UNION SELECT topic FROM tidings_changes WHERE n > $2 LIMIT $3) q ON 1 = 1
	WHERE m.key = 'epoch'`

// Changed implements [realtime.Watcher]: it costs what has changed, however many
// topics there are. That a floor has moved is no change. On other databases than
// SQLite it says that all topics may have changed.
func (l *Log) Changed(ctx context.Context, mark string) (topics []realtime.Topic, next string, all bool, err error) {
	if !l.sqlite {
		return nil, "", true, nil
	}
	since, known := parseMark(mark)
	rows, err := l.changed.QueryContext(ctx, since.events, since.changes, MaxChanged+1)
	if err != nil {
		return nil, "", false, fmt.Errorf("looking for what has changed: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	var now state
	for rows.Next() {
		var topic sql.NullString
		if err := rows.Scan(&now.epoch, &now.trimmed, &now.events, &now.changes, &now.oldest, &topic); err != nil {
			return nil, "", false, fmt.Errorf("looking for what has changed: %w", err)
		}
		if topic.Valid {
			topics = append(topics, realtime.Topic(topic.String))
		}
	}
	if err := rows.Err(); err != nil {
		return nil, "", false, fmt.Errorf("looking for what has changed: %w", err)
	}
	if !known || !now.follows(since) || len(topics) > MaxChanged {
		return nil, now.mark.String(), true, nil
	}
	return topics, now.mark.String(), false, nil
}

// mark is a place in the order of all changes.
type mark struct {
	epoch           realtime.Epoch
	events, changes int64 // the last row of each table
}

func (m mark) String() string { return fmt.Sprintf("%d.%d.%s", m.events, m.changes, m.epoch) }

func parseMark(s string) (m mark, ok bool) {
	n, err := fmt.Sscanf(s, "%d.%d.%s", &m.events, &m.changes, &m.epoch)
	return m, n == 3 && err == nil
}

// state is a mark, and what is known of the time before it.
type state struct {
	mark
	trimmed int64 // the last event that was trimmed for its age
	oldest  int64 // row of tidings_changes; 0 for none
}

// follows reports whether all changes since the mark are known.
func (s state) follows(since mark) bool {
	return s.epoch == since.epoch && s.events >= since.events && s.changes >= since.changes &&
		since.events >= s.trimmed && since.changes >= s.oldest-1
}
