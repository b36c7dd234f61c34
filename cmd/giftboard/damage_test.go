package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
)

// logBook keeps what is logged, and says when a line has come.
type logBook struct {
	mu    sync.Mutex
	lines bytes.Buffer
	came  chan string
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.came <- string(p)
	return l.lines.Write(p)
}

// Holes in the database are found when the server starts, not when the last good backup
// is gone. It serves what it can.
// Guarantees: F8
func TestDamageIsNoticedAtStart(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).stop()
	path := filepath.Join(dir, databaseFile)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	pages := pagesOf(t, path, "gifts") // the schema stays readable: else it would not start at all
	for range 60 {
		hole := make([]byte, 64)
		for i := range hole {
			hole[i] = byte(random.Uint32())
		}
		page := pages[random.IntN(len(pages))]
		if _, err := file.WriteAt(hole, page.at+random.Int64N(page.size-64)); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}

	book := &logBook{came: make(chan string, 1000)}
	ctx, cancel := context.WithCancel(context.Background())
	s, err := newServer(ctx, serverFlags{dataFlags: dataFlags{Data: dir}, Addr: "127.0.0.1:0", DrainTimeout: patience}, slog.New(slog.NewTextHandler(book, nil)))
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx) }()
	for told := false; !told; {
		select {
		case line := <-book.came:
			told = strings.Contains(line, "the database has damage") && strings.Contains(line, "giftboard restore")
		case <-time.After(patience):
			t.Fatal("nothing was said of the damage")
		}
	}
	cancel()
	<-served // a damaged file may not close cleanly
}

// page is a part of a database file.
type page struct{ at, size int64 }

// pagesOf are the pages of a table.
func pagesOf(t *testing.T, path, table string) (pages []page) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it has only been read
	rows, err := db.Query(`SELECT pgoffset, pgsize FROM dbstat WHERE name = $1`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var p page
		if err := rows.Scan(&p.at, &p.size); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, p)
	}
	if err := rows.Err(); err != nil || len(pages) == 0 {
		t.Fatalf("%s has %d pages: %v", table, len(pages), err)
	}
	return pages
}

// A full disk is no illness that a restart would cure.
// Guarantees: F7
func TestAFullDiskIsNoIllness(t *testing.T) {
	full := fmt.Errorf("appending: %w", gift.Errorf(gift.EFULL, "the disk is full"))
	for _, c := range []struct{ got, want error }{{full, nil}, {nil, nil}, {errStopped, errStopped}} {
		if err := pastFullDisk(func(context.Context) error { return c.got })(t.Context()); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%v became %v", c.got, err)
		}
	}
}

var errStopped = errors.New("stopped")
