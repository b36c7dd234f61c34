package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Holes in the log are found when the hub starts, not when the last good backup is gone.
// It serves what it can, and says what to do.
// Guarantees: F8
func TestDamageIsNoticedAtStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events.db")
	serve := []string{"--dev", "--drain-window=100ms", "--log=" + file}
	url, end := start(t, serve...)
	post(t, url, "["+strings.TrimSuffix(strings.Repeat(one+",", 900), ",")+"]")
	end()
	tear(t, file)
	said := make(chan string, 1)
	url, _ = startLogging(t, watch{"the log has damage", said}, serve...)
	select {
	case line := <-said:
		if !strings.Contains(line, "tidings new-epoch") {
			t.Errorf("logged %s; want the cure", line)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was said of the damage")
	}
	if status, _ := get(t, url+"/readyz"); status != 200 {
		t.Errorf("ready: %d", status)
	}
}

// A log that cannot be opened for its damage is refused with the cure.
func TestAFileThatIsNoLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := parse(t, "--dev", "--log="+file)
	if err != nil {
		t.Fatal(err)
	}
	log, err := c.openLog(t.Context(), c.newLogger(io.Discard))
	if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "latest good backup") {
		t.Errorf("opened %v, %v; want the file named, and the cure", log, err)
	}
}

// watch sends the first write that has the words.
type watch struct {
	words string
	said  chan<- string
}

func (w watch) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.words) {
		select {
		case w.said <- string(p):
		default:
		}
	}
	return len(p), nil
}

// tear overwrites the headers of the pages in the second half of a file, where the events
// are: what is read at the start comes before them.
func tear(t *testing.T, file string) {
	t.Helper()
	const pageSize = 4096
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pages := len(content) / pageSize
	if pages < 20 {
		t.Fatalf("%s has %d pages, too few to tear some of", file, pages)
	}
	for page := pages / 2; page < pages; page++ {
		copy(content[page*pageSize:], "damage of a page")
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
