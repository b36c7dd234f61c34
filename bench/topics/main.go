// Command topics measures what is left of topics that had one event each, when that
// is trimmed and nobody subscribes: memory of a log in memory, room in a file.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// perAppend is how many events one transaction appends.
const perAppend = 1000

const mib = 1 << 20

func main() {
	count := flag.Int("topics", 1_000_000, "topics")
	flag.Parse()
	if err := errors.Join(inMemory(*count), inFile(context.Background(), *count)); err != nil {
		log.Fatal(err)
	}
}

func unused(realtime.Topic) bool { return false }

// inRounds calls append with one event of each of the topics, none of which was
// there in another round.
func inRounds(round, count int, append func([]realtime.Event) error) error {
	for first := 0; first < count; first += perAppend {
		events := make([]realtime.Event, min(perAppend, count-first))
		for i := range events {
			events[i] = realtime.Event{Topic: realtime.Topic(fmt.Sprintf("list-items:%d-%d", round, first+i)), Type: realtime.Added, EntityID: "1"}
		}
		if err := append(events); err != nil {
			return err
		}
	}
	return nil
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / mib
}

func inMemory(count int) error {
	l := memlog.New(memlog.Options{KeepAge: time.Nanosecond})
	start := heap()
	if err := inRounds(0, count, func(events []realtime.Event) error { l.Append(events...); return nil }); err != nil {
		return err
	}
	full := heap()
	begun := time.Now()
	l.Trim()
	l.ForgetTopics(unused)
	took := time.Since(begun)
	fmt.Printf("in memory: %d topics, heap %.1f MiB at the start, %.1f MiB with them, %.1f MiB without (%d are known; %v)\n",
		count, start, full, heap(), l.Topics(), took.Round(time.Millisecond))
	return nil
}

func inFile(ctx context.Context, count int) (err error) {
	dir, err := os.MkdirTemp("", "bench-topics")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "events.db")
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if err := sqllog.Migrate(ctx, db); err != nil {
		return err
	}
	l, err := sqllog.Open(ctx, db, sqllog.Options{KeepAge: time.Nanosecond})
	if err != nil {
		return err
	}
	for round := range 3 {
		if err := measureRound(ctx, db, l, file, round, count); err != nil {
			return err
		}
	}
	return nil
}

// measureRound appends, trims, and forgets.
func measureRound(ctx context.Context, db *sql.DB, l *sqllog.Log, file string, round, count int) error {
	err := inRounds(round, count, func(events []realtime.Event) error {
		return inTx(ctx, db, func(tx *sql.Tx) error { _, err := sqllog.Append(ctx, tx, events); return err })
	})
	if err != nil {
		return err
	}
	begun := time.Now()
	for n := 1; n > 0; {
		if err := inTx(ctx, db, func(tx *sql.Tx) (err error) { n, err = l.Trim(ctx, tx); return err }); err != nil {
			return err
		}
	}
	for more := true; more; {
		err := inTx(ctx, db, func(tx *sql.Tx) (err error) { more, err = l.ForgetTopics(ctx, tx, unused); return err })
		if err != nil {
			return err
		}
	}
	took := time.Since(begun)
	known, err := l.Topics(ctx)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Printf("in a file, round %d: %d topics came and went, %d are known; the file has %.1f MiB (forgetting took %v)\n",
		round+1, count, known, float64(info.Size())/mib, took.Round(time.Millisecond))
	return nil
}

func inTx(ctx context.Context, db *sql.DB, f func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
