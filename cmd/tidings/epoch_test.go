package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runNewEpoch runs "tidings new-epoch" with the file.
func runNewEpoch(file string) error { return (&newEpochCommand{File: file}).Run() }

// A log that was backed up as docs/operations.md says and stamped begins a new
// epoch: who knows an event that the backup lacks is told to fetch afresh, and
// no position is given out twice.
func TestARestoredLogIsANewEpoch(t *testing.T) {
	dir := t.TempDir()
	file, backup := filepath.Join(dir, "tidings.db"), filepath.Join(dir, "backup.db")
	serve := []string{"--dev", "--drain-window=100ms", "--log=" + file}
	url, end := start(t, serve...)
	post(t, url, one)
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`VACUUM INTO ?`, backup); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, lost := post(t, url, one)
	var known struct{ Epoch string }
	if err := json.Unmarshal([]byte(lost), &known); err != nil {
		t.Fatal(err)
	}
	end()

	if err := os.Rename(backup, file); err != nil {
		t.Fatal(err)
	}
	if err := runNewEpoch(file); err != nil {
		t.Fatal(err)
	}
	url, _ = start(t, serve...)
	next := subscribe(t, url, "list-items:1", fmt.Sprintf(`,"since":{"epoch":%q,"seq":2}`, known.Epoch))
	next()
	if subscribed := next(); strings.Contains(subscribed, known.Epoch) || strings.Contains(subscribed, `"recovered":true`) {
		t.Errorf("got %s; want another epoch than %s, and nothing recovered", subscribed, known.Epoch)
	}
}

// A log's name is a file's, whatever stands in it.
func TestALogOfAnyName(t *testing.T) {
	for _, name := range []string{"a?b.db", "a%20b.db", "a#b.db", "a b.db", ":memory:", "a&mode=memory.db"} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			url, end := start(t, "--dev", "--drain-window=100ms", "--log="+name)
			post(t, url, one)
			end()
			if err := runNewEpoch(name); err != nil {
				t.Fatal(err)
			}
			files, err := os.ReadDir(".")
			if err != nil || len(files) != 2 || files[0].Name() != name || files[1].Name() != name+".lock" {
				t.Errorf("the files are %v (%v); want %s and its lock alone", files, err, name)
			}
		})
	}
}

func TestNewEpochRefuses(t *testing.T) {
	dir := t.TempDir()
	file, other := filepath.Join(dir, "tidings.db"), filepath.Join(dir, "other.db")
	start(t, "--dev", "--drain-window=100ms", "--log="+file)
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, want string }{
		"a log in use":          {file, "in use by process"},
		"a file that is no log": {other, "tidings_meta"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := runNewEpoch(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("new-epoch: %v; want an error with %q", err, c.want)
			}
		})
	}
}
