package main

import (
	"bytes"
	"context"
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
func TestDamageIsNoticedAtStart(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).stop()
	path := filepath.Join(dir, databaseFile)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	const first = 16 << 10 // the schema stays readable: else it would not start at all
	for range 60 {
		hole := make([]byte, 64)
		for i := range hole {
			hole[i] = byte(random.Uint32())
		}
		if _, err := file.WriteAt(hole, first+random.Int64N(info.Size()-first-64)); err != nil {
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

// A full disk is no illness that a restart would cure.
func TestAFullDiskIsNoIllness(t *testing.T) {
	full := fmt.Errorf("appending: %w", gift.Errorf(gift.EFULL, "the disk is full"))
	for _, c := range []struct{ got, want error }{{full, nil}, {nil, nil}, {errStopped, errStopped}} {
		if err := pastFullDisk(func(context.Context) error { return c.got })(t.Context()); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%v became %v", c.got, err)
		}
	}
}

var errStopped = errors.New("stopped")
