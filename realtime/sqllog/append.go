package sqllog

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// Tx is what the package needs of a transaction; *sql.Tx has it. It is an alias,
// so that a caller need not import this package to name it.
type Tx = interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// maxBatch is the most rows one statement inserts. SQLite looks each $n up among
// all of a statement's parameters, so that a row costs more the more there are:
// beyond a few it is cheaper to begin another statement.
const maxBatch = 8

// The numbers of columns of tidings_events: those that an event on several topics
// has once, and those that each of its rows has.
const sharedColumns, ownColumns = 9, 4

// Append gives each event the next position of its topic, inside tx, and
// returns the entries in the order of the events. They are true once tx has
// committed, and only then may be handed to [realtime.Hub.Deliver].
//
// Write your own rows first: Append locks the topics' counters until tx ends.
// Empty ids are filled in, and a zero Timestamp with the time; timestamps are
// kept to the microsecond.
func Append(ctx context.Context, tx Tx, events []realtime.Event) ([]realtime.Entry, error) {
	if len(events) == 0 {
		return nil, nil
	}
	counts := countTopics(events)
	var epoch realtime.Epoch
	for batch := range slices.Chunk(counts, maxBatch) {
		var err error
		if epoch, err = advance(ctx, tx, batch); err != nil {
			return nil, fmt.Errorf("advancing the topics' counters: %w", err)
		}
	}
	entries := place(events, counts, epoch)
	for left := entries; len(left) > 0; {
		batch := left[:min(maxBatch, len(left))]
		insert := insertEach
		if n := alike(batch); n > 1 {
			batch, insert = batch[:n], insertAlike
		}
		if err := insert(ctx, tx, batch); err != nil {
			return nil, fmt.Errorf("appending events: %w", err)
		}
		left = left[len(batch):]
	}
	return entries, nil
}

// counter is one topic's share of an append.
type counter struct {
	topic realtime.Topic
	n     int64
	// Set by advance: the position last given out, and the access generation.
	last       realtime.Seq
	generation realtime.Generation
}

// countTopics counts the events of each topic, sorted by topic, so that every
// transaction locks counters in the same order.
func countTopics(events []realtime.Event) []counter {
	counts := make([]counter, 0, 4)
	for i := range events {
		j := slices.IndexFunc(counts, func(c counter) bool { return c.topic == events[i].Topic })
		if j < 0 {
			counts = append(counts, counter{topic: events[i].Topic, n: 1})
			continue
		}
		counts[j].n++
	}
	slices.SortFunc(counts, func(a, b counter) int { return strings.Compare(string(a.topic), string(b.topic)) })
	return counts
}

// advance moves the counters in one statement and leaves in each the position
// before the first one it gave out. A single counter, as most appends have, is
// moved by a plain update, which costs less, if the topic is known.
func advance(ctx context.Context, tx Tx, counts []counter) (realtime.Epoch, error) {
	if len(counts) == 1 {
		const query = `UPDATE tidings_topics SET seq = seq + $2 WHERE topic = $1
			RETURNING topic, seq, generation, (SELECT value FROM tidings_meta WHERE key = 'epoch')`
		if epoch, err := moveCounters(ctx, tx, query, counts); epoch != "" || err != nil {
			return epoch, err
		}
	}
	return moveCounters(ctx, tx, advanceSQL(len(counts)), counts)
}

// moveCounters returns no epoch when the query has found none of the counters.
func moveCounters(ctx context.Context, tx Tx, query string, counts []counter) (realtime.Epoch, error) {
	args := make([]any, 0, 2*len(counts))
	for _, c := range counts {
		args = append(args, string(c.topic), c.n)
	}
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	var topic, epoch string             // and not of our types, which would cost reflection
	var seq, generation int64
	for rows.Next() {
		if err := rows.Scan(&topic, &seq, &generation, &epoch); err != nil {
			return "", err
		}
		for i := range counts {
			if string(counts[i].topic) == topic {
				counts[i].last, counts[i].generation = realtime.Seq(seq-counts[i].n), realtime.Generation(generation)
			}
		}
	}
	return realtime.Epoch(epoch), rows.Err()
}

// place turns events into entries behind the counters' positions.
func place(events []realtime.Event, counts []counter, epoch realtime.Epoch) []realtime.Entry {
	now := time.Now()
	entries := make([]realtime.Entry, len(events))
	for i, e := range events {
		if e.ID == "" {
			e.ID = rand.Text()
		}
		if e.Timestamp.IsZero() {
			e.Timestamp = now
		}
		e.Timestamp = e.Timestamp.UTC().Truncate(time.Microsecond)
		j := slices.IndexFunc(counts, func(c counter) bool { return c.topic == e.Topic })
		counts[j].last++
		entries[i] = realtime.Entry{
			Event: e, Position: realtime.Position{Epoch: epoch, Seq: counts[j].last}, Generation: counts[j].generation,
		}
	}
	return entries
}

// alike counts the entries, from the first on, that are one event on several
// topics. Their statement takes what they share once.
func alike(entries []realtime.Entry) int {
	first := &entries[0].Event
	n := 1
	for ; n < len(entries); n++ {
		e := &entries[n].Event
		if e.Type != first.Type || e.EntityID != first.EntityID || !bytes.Equal(e.Payload, first.Payload) ||
			e.UserID != first.UserID || !e.Timestamp.Equal(first.Timestamp) || e.Version != first.Version ||
			e.MutationID != first.MutationID || e.TraceID != first.TraceID {
			break
		}
	}
	return n
}

// insertAlike stores entries that are alike.
func insertAlike(ctx context.Context, tx Tx, entries []realtime.Entry) error {
	args := make([]any, 0, sharedColumns+ownColumns*len(entries))
	args = appendShared(args, &entries[0], time.Now())
	for i := range entries {
		args = appendOwn(args, &entries[i])
	}
	_, err := tx.ExecContext(ctx, insertAlikeSQL(len(entries)), args...)
	return err
}

// insertEach stores any entries.
func insertEach(ctx context.Context, tx Tx, entries []realtime.Entry) error {
	args, now := make([]any, 0, (sharedColumns+ownColumns)*len(entries)), time.Now()
	for i := range entries {
		args = appendOwn(appendShared(args, &entries[i], now), &entries[i])
	}
	_, err := tx.ExecContext(ctx, insertEachSQL(len(entries)), args...)
	return err
}

func appendShared(args []any, e *realtime.Entry, now time.Time) []any {
	return append(args, string(e.Type), e.EntityID, string(e.Payload), e.UserID, e.Timestamp.UnixMicro(), e.Version,
		e.MutationID, e.TraceID, now.UnixMicro())
}

func appendOwn(args []any, e *realtime.Entry) []any {
	return append(args, string(e.Topic), int64(e.Seq), e.ID, int64(e.Generation))
}

// The text of a statement depends on the number of rows alone, so that the
// caller's statement cache, or the database's, finds it again. A topic that is not
// known begins behind those that were forgotten.
var advanceSQL = textPerSize(`INSERT INTO tidings_topics (topic, seq, floor, generation)
	SELECT v.column1, CAST(f.value AS BIGINT) + CAST(v.column2 AS BIGINT), CAST(f.value AS BIGINT), 0 FROM (VALUES `, 2,
	`) v CROSS JOIN tidings_meta f WHERE f.key = 'forgotten'
	ON CONFLICT (topic) DO UPDATE SET seq = tidings_topics.seq + excluded.seq - excluded.floor
	RETURNING topic, seq, generation, (SELECT value FROM tidings_meta WHERE key = 'epoch')`)

// What is alike in an event on several topics comes first.
const insertSQL = `INSERT INTO tidings_events (type, entity_id, payload, user_id, at, version, mutation_id, trace_id, appended,
	topic, seq, id, generation) VALUES `

var (
	insertAlikeSQL = textPerRows(insertSQL, sharedColumns, ownColumns, ``)
	insertEachSQL  = textPerSize(insertSQL, sharedColumns+ownColumns, ``)
)

// textPerSize returns a function that builds prefix + n groups of columns
// placeholders + suffix, and remembers the text for each n.
func textPerSize(prefix string, columns int, suffix string) func(n int) string {
	return textPerRows(prefix, 0, columns, suffix)
}

// textPerRows is textPerSize where every group begins with the same shared
// placeholders.
func textPerRows(prefix string, shared, own int, suffix string) func(n int) string {
	var texts sync.Map // int → string
	return func(n int) string {
		if text, ok := texts.Load(n); ok {
			return text.(string)
		}
		var b strings.Builder
		b.WriteString(prefix)
		for row := range n {
			if row > 0 {
				b.WriteByte(',')
			}
			for column := range shared + own {
				number := column + 1
				if column >= shared {
					number += row * own
				}
				b.WriteByte("(,"[min(column, 1)])
				b.WriteString("$" + strconv.Itoa(number))
			}
			b.WriteByte(')')
		}
		b.WriteString(suffix)
		text, _ := texts.LoadOrStore(n, b.String())
		return text.(string)
	}
}
