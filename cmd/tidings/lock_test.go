package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime/hublog"
)

// A log has one hub: a second one would give away what was revoked at the first. It
// is told who has the log, by whichever name it comes.
// Guarantees: A27, F5
func TestALogHasOneHub(t *testing.T) {
	dir := t.TempDir()
	file, alias := filepath.Join(dir, "events.db"), filepath.Join(dir, "alias.db")
	url, end := start(t, "--dev", "--drain-window=100ms", "--log="+file)
	if err := os.Symlink(file, alias); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, alias} {
		log, err := hublog.OpenFile(t.Context(), name, "test", hublog.Options{})
		if err == nil {
			t.Fatal("a second hub has opened the log", log.Close())
		}
		for _, want := range []string{name, fmt.Sprint("process ", os.Getpid()), "(127.0.0.1:0)", "stop that first"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("a second hub: %v; want it to say %q", err, want)
			}
		}
	}
	if status, answer := post(t, url, one); status != 200 {
		t.Errorf("the first one answers %d %s", status, answer)
	}
	end()
	log, err := hublog.OpenFile(t.Context(), file, "test", hublog.Options{})
	if err != nil {
		t.Fatalf("the next hub: %v", err)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}

// A hard link is another name of the log, which has another lock.
// Guarantees: F5
func TestALogHasOneName(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "events.db"), filepath.Join(t.TempDir(), "link.db")
	log, err := hublog.OpenFile(t.Context(), file, "test", hublog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := os.Link(file, link); err != nil {
		t.Fatal(err)
	}
	second, err := hublog.OpenFile(t.Context(), link, "test", hublog.Options{})
	if err == nil {
		t.Fatal("a second hub has opened the log", second.Close())
	}
	for _, want := range []string{link, "2 names", "open the copy"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("a second hub: %v; want it to say %q", err, want)
		}
	}
}

// Everything that is beside the log is its owner's alone, while the hub runs and
// after it.
// Guarantees: A28
func TestFilesAreTheirOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	url, end := start(t, "--dev", "--drain-window=100ms", "--log="+filepath.Join(dir, "events.db"))
	post(t, url, one)
	if names := checkModes(t, dir); len(names) != 4 {
		t.Errorf("the files are %v; want the log, what SQLite keeps beside it, and the lock", names)
	}
	end()
	checkModes(t, dir)
}

// checkModes returns the files in the directory, of which others may read none.
func checkModes(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v; want it to be its owner's alone", path, info.Mode())
		}
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
