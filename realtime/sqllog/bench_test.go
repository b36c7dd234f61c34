package sqllog_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// prepared is a connection that keeps its statements prepared, as one that
// appends often should.
type prepared struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func (p *prepared) statement(query string) *sql.Stmt {
	s := p.statements[query]
	if s == nil {
		var err error
		if s, err = p.conn.PrepareContext(context.Background(), query); err != nil {
			panic(err)
		}
		p.statements[query] = s
	}
	return s
}

func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return p.statement(query).ExecContext(ctx, args...)
}

func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.statement(query).QueryContext(ctx, args...)
}

func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.statement(query).QueryRowContext(ctx, args...)
}

// BenchmarkAppend is one transaction that appends an event to each of some
// topics of a thousand. The disk is not waited for: that would hide the rest.
func BenchmarkAppend(b *testing.B) {
	for _, topics := range []int{1, 6} {
		b.Run(fmt.Sprint("topics=", topics), func(b *testing.B) { benchmarkAppend(b, topics) })
	}
}

func benchmarkAppend(b *testing.B, topics int) {
	ctx := context.Background()
	conn, err := open(b).Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	tx := &prepared{conn, make(map[string]*sql.Stmt)}
	payload := json.RawMessage(`{"id":"9f1c2b7e","title":"A wooden train","status":"idea","position":"a0V","version":12}`)
	events := make([]realtime.Event, topics)
	n, before := 0, cpuTime()
	for b.Loop() {
		for i := range events {
			n++
			events[i] = realtime.Event{Topic: realtime.Topic(fmt.Sprint("list-items:", n*7919%1000)), Type: realtime.Updated, EntityID: "9f1c2b7e", Payload: payload, UserID: "ada"}
		}
		if _, err := tx.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
			b.Fatal(err)
		}
		if _, err := sqllog.Append(ctx, tx, events); err != nil {
			b.Fatal(err)
		}
		if _, err := tx.ExecContext(ctx, `COMMIT`); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// BenchmarkReturn is what a session that comes back reads: the head of its topic with
// its right to read it, and the few events that it has missed.
func BenchmarkReturn(b *testing.B) {
	db := open(b)
	log, err := sqllog.Open(b.Context(), db, sqllog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for n := range 1000 {
		topic := realtime.Topic(fmt.Sprint("list-items:", n%100))
		appendTo(b, db, realtime.Event{Topic: topic, Type: realtime.Updated, EntityID: "9f1c2b7e", Payload: json.RawMessage(`{"id":"9f1c2b7e"}`)})
	}
	before := cpuTime()
	for b.Loop() {
		heads, _, err := log.HeadsAndRights(b.Context(), "ada", []realtime.Topic{"list-items:7"})
		if err != nil {
			b.Fatal(err)
		}
		if entries, err := log.Read(b.Context(), "list-items:7", heads[0].Seq-3, 100); err != nil || len(entries) != 3 {
			b.Fatal(len(entries), err)
		}
	}
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// cpuTime is what the process has used: other processes do not add to it.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
