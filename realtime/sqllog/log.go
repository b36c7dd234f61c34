package sqllog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// Defaults of [Options].
const (
	DefaultKeepCount = 1000
	DefaultKeepAge   = 72 * time.Hour
)

// Options bound what [Log.Trim] leaves. The zero value works.
type Options struct {
	// KeepCount is how many events of a topic stay readable. More lets a client
	// resume after a longer absence, for disk. Default [DefaultKeepCount].
	KeepCount int
	// KeepAge is how long an event stays readable. Default [DefaultKeepAge].
	KeepAge time.Duration
}

// Log is a [realtime.Log] that reads what [Append] wrote.
type Log struct {
	db     *sql.DB
	sqlite bool
	opts   Options
	// The statements are prepared on each connection that runs them, and closed with db.
	heads, headsAndRights, read, accessChanges, changed *sql.Stmt
	cursors                                             cursors
}

// querier is the reading half of [Tx]; *sql.DB has it too.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open returns the log in db, which it only reads: a pool of readers will do.
// It fails when the tables are missing or of another version; see [Migrate].
func Open(ctx context.Context, db *sql.DB, opts Options) (*Log, error) {
	if err := checkVersion(ctx, db); err != nil {
		return nil, err
	}
	if opts.KeepCount <= 0 {
		opts.KeepCount = DefaultKeepCount
	}
	if opts.KeepAge <= 0 {
		opts.KeepAge = DefaultKeepAge
	}
	l := &Log{db: db, sqlite: isSQLite(ctx, db), opts: opts}
	topics := topicsPostgres
	if l.sqlite {
		topics = topicsSQLite
	}
	for statement, query := range map[**sql.Stmt]string{
		&l.heads: fmt.Sprintf(headsSQL, topics), &l.read: readSQL,
		&l.headsAndRights: fmt.Sprintf(headsAndRightsSQL, topics, topics), &l.accessChanges: accessChangesSQL, &l.changed: changedSQL,
	} {
		if statement == &l.changed && !l.sqlite {
			continue
		}
		var err error
		if *statement, err = db.PrepareContext(ctx, query); err != nil {
			return nil, fmt.Errorf("preparing to read the event log: %w", err)
		}
	}
	return l, nil
}

// Head returns where the topic stands as of tx. In a read transaction it is
// the position of everything that transaction reads.
func Head(ctx context.Context, tx Tx, topic realtime.Topic) (realtime.Position, error) {
	const query = `SELECT m.value, COALESCE(t.seq, CAST(f.value AS BIGINT)) FROM tidings_meta m
		JOIN tidings_meta f ON f.key = 'forgotten' LEFT JOIN tidings_topics t ON t.topic = $1 WHERE m.key = 'epoch'`
	var p realtime.Position
	if err := tx.QueryRowContext(ctx, query, string(topic)).Scan(&p.Epoch, &p.Seq); err != nil {
		return p, fmt.Errorf("reading the head of %s: %w", topic, err)
	}
	return p, nil
}

// Heads implements [realtime.Log].
func (l *Log) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	heads, err := l.readHeads(ctx, topics)
	if err != nil {
		return nil, fmt.Errorf("reading the heads of %d topics: %w", len(topics), err)
	}
	return heads, nil
}

func (l *Log) readHeads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	names, err := json.Marshal(topics)
	if err != nil {
		return nil, err
	}
	rows, err := l.heads.QueryContext(ctx, string(names))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	var heads headRows
	for rows.Next() {
		row, err := scanHead(rows)
		if err != nil {
			return nil, err
		}
		heads.add(row)
	}
	return heads.of(topics), rows.Err()
}

// headRow is a row of headsSQL. Its topic is empty where none of the topics is known.
type headRow struct {
	topic realtime.Topic
	head  realtime.Head
	// forgotten is the floor of topics that are not known.
	forgotten realtime.Seq
}

// scanHead reads a row that begins with the columns of headsSQL, and the others.
func scanHead(rows *sql.Rows, others ...any) (r headRow, err error) {
	var topic sql.NullString
	var seq, floor, generation sql.NullInt64
	err = rows.Scan(append([]any{&r.head.Epoch, &r.forgotten, &topic, &seq, &floor, &generation}, others...)...)
	r.topic = realtime.Topic(topic.String)
	r.head.Seq, r.head.Floor = realtime.Seq(seq.Int64), realtime.Seq(floor.Int64)
	r.head.Generation = realtime.Generation(generation.Int64)
	return r, err
}

// headRows collects rows of headsSQL.
type headRows struct {
	known   map[realtime.Topic]realtime.Head
	unknown realtime.Head // of a topic that has no row
}

func (h *headRows) add(r headRow) {
	if h.known == nil {
		h.known = make(map[realtime.Topic]realtime.Head)
	}
	h.known[r.topic] = r.head
	h.unknown.Epoch, h.unknown.Seq, h.unknown.Floor = r.head.Epoch, r.forgotten, r.forgotten
}

// of returns the heads of the topics, in their order.
func (h *headRows) of(topics []realtime.Topic) []realtime.Head {
	heads := make([]realtime.Head, len(topics))
	for i, topic := range topics {
		var there bool
		if heads[i], there = h.known[topic]; !there {
			heads[i] = h.unknown
		}
	}
	return heads
}

// Any number of topics is one parameter, a JSON array, which each database
// takes apart in its own way.
const (
	headsSQL = `SELECT m.value, CAST(f.value AS BIGINT) AS forgotten, t.topic, t.seq, t.floor, t.generation FROM tidings_meta m
		JOIN tidings_meta f ON f.key = 'forgotten' LEFT JOIN tidings_topics t ON t.topic IN (%s) WHERE m.key = 'epoch'`
	topicsSQLite   = `SELECT value AS topic FROM json_each($1)`
	topicsPostgres = `SELECT json_array_elements_text($1::json) AS topic`
)

// readSQL returns at least one row, so that one statement, hence one snapshot, has
// the floor along with the events.
const readSQL = `SELECT m.value, COALESCE(t.floor, CAST(f.value AS BIGINT)), e.seq, e.id, e.type, e.entity_id, e.payload,
		e.user_id, e.at, e.version, e.mutation_id, e.trace_id, e.generation
	FROM tidings_meta m JOIN tidings_meta f ON f.key = 'forgotten' LEFT JOIN tidings_topics t ON t.topic = $1
	LEFT JOIN tidings_events e ON e.topic = t.topic AND e.seq > $2
	WHERE m.key = 'epoch' ORDER BY e.seq LIMIT $3`

// Read implements [realtime.Log].
func (l *Log) Read(ctx context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	rows, err := l.read.QueryContext(ctx, string(topic), int64(after), limit)
	if err != nil {
		return nil, fmt.Errorf("reading %s after %d: %w", topic, after, err)
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	var entries []realtime.Entry
	bytes := 0
	for bytes < realtime.ReadBytes && rows.Next() {
		var r row
		if err := r.scan(rows); err != nil {
			return nil, fmt.Errorf("reading %s after %d: %w", topic, after, err)
		}
		if after < r.floor {
			return nil, realtime.ErrTrimmed
		}
		if r.seq.Valid {
			entries = append(entries, r.entry(topic))
			bytes += len(r.payload.String)
		}
	}
	return entries, rows.Err()
}

// row is a row of readSQL: the topic's state, and an event unless there is none.
type row struct {
	epoch                     realtime.Epoch
	floor                     realtime.Seq
	seq, at, version          sql.NullInt64
	generation                sql.NullInt64
	id, kind, entity, payload sql.NullString
	user, mutation, trace     sql.NullString
}

func (r *row) scan(rows *sql.Rows) error {
	return rows.Scan(&r.epoch, &r.floor, &r.seq, &r.id, &r.kind, &r.entity, &r.payload, &r.user, &r.at,
		&r.version, &r.mutation, &r.trace, &r.generation)
}

func (r *row) entry(topic realtime.Topic) realtime.Entry {
	return realtime.Entry{
		Event: realtime.Event{
			ID: r.id.String, Topic: topic, Type: realtime.EventType(r.kind.String), EntityID: r.entity.String,
			Payload: json.RawMessage(r.payload.String), UserID: r.user.String,
			Timestamp: time.UnixMicro(r.at.Int64).UTC(), Version: r.version.Int64,
			MutationID: r.mutation.String, TraceID: r.trace.String,
		},
		Position:   realtime.Position{Epoch: r.epoch, Seq: realtime.Seq(r.seq.Int64)},
		Generation: realtime.Generation(r.generation.Int64),
	}
}
