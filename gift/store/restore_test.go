package store_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
)

// duplicate copies files as a power loss would leave them.
func duplicate(t *testing.T, from, to string) {
	t.Helper()
	for _, side := range []string{"", "-wal"} {
		in, err := os.Open(from + side)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		_ = in.Close() // it was only read
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to+side, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A restored database is the backup, though the server before it was killed and
// left what was not yet in the file beside it. That is put aside as well.
func TestRestore(t *testing.T) {
	dir := t.TempDir()
	running, crashed := filepath.Join(dir, "running.db"), filepath.Join(dir, "crashed.db")
	backup, aside := filepath.Join(dir, "backup.db"), filepath.Join(dir, "aside.db")
	s := openFile(t, running, store.Options{})
	user := setup(t, s)
	call := gift.Call{Actor: user.ID}
	if err := create(t.Context(), s, call, "Kite"); err != nil {
		t.Fatal(err)
	}
	if err := store.Backup(t.Context(), running, backup); err != nil {
		t.Fatal(err)
	}
	if err := create(t.Context(), s, call, "Drum"); err != nil {
		t.Fatal(err)
	}
	duplicate(t, running, crashed)
	if err := store.Restore(t.Context(), backup, running, aside); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Fatalf("a database in use was replaced: %v", err)
	}
	if err := store.Restore(t.Context(), backup, crashed, aside); err != nil {
		t.Fatal(err)
	}
	again := openFile(t, crashed, store.Options{})
	if got := giftNames(t, again, user.ID); len(got) != 1 || got[0] != "Kite" {
		t.Errorf("restored %v", got)
	}
	if !restored(t, again) {
		t.Error("the restored database goes on with the old history")
	}
	if got := giftNames(t, openFile(t, aside, store.Options{}), user.ID); len(got) != 2 {
		t.Errorf("what was there before has %v", got)
	}
	if got := giftNames(t, s, user.ID); len(got) != 2 {
		t.Errorf("the one in use has %v", got)
	}
}

// Whenever a restore is killed, there is a database, and after it or another try all
// of the old one is still there.
// Guarantees: F1
func TestRestoreKilledBetweenItsSteps(t *testing.T) {
	for step := range store.RestoreSteps + 1 {
		dir := t.TempDir()
		path, backup := filepath.Join(dir, "gifts.db"), filepath.Join(dir, "backup.db")
		s := openFile(t, path, store.Options{})
		user := setup(t, s)
		call := gift.Call{Actor: user.ID}
		if err := create(t.Context(), s, call, "Kite"); err != nil {
			t.Fatal(err)
		}
		if err := store.Backup(t.Context(), path, backup); err != nil {
			t.Fatal(err)
		}
		if err := create(t.Context(), s, call, "Drum"); err != nil {
			t.Fatal(err)
		}
		crashed := filepath.Join(dir, "crashed.db")
		duplicate(t, path, crashed)
		if err := store.RestoreUntil(t.Context(), step, backup, crashed, filepath.Join(dir, "aside.db")); err != nil {
			t.Fatal(err)
		}
		again := openFile(t, crashed, store.Options{})
		got := giftNames(t, again, user.ID)
		if renamed := step >= store.RestoreSteps-1; renamed && len(got) != 1 || !renamed && len(got) != 2 {
			t.Errorf("killed after step %d, the server finds %v", step, got)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
		if err := store.Restore(t.Context(), backup, crashed, filepath.Join(dir, "again.db")); err != nil {
			t.Fatalf("killed after step %d, the next try: %v", step, err)
		}
		if got := giftNames(t, openFile(t, crashed, store.Options{}), user.ID); len(got) != 1 {
			t.Errorf("killed after step %d, the next try restored %v", step, got)
		}
		old := filepath.Join(dir, "again.db")
		if step >= store.RestoreSteps-1 {
			old = filepath.Join(dir, "aside.db")
		}
		if got := giftNames(t, openFile(t, old, store.Options{}), user.ID); len(got) != 2 {
			t.Errorf("killed after step %d, the old one has %v", step, got)
		}
	}
}

// What is no backup leaves the database as it was, and nothing beside it.
func TestRestoreOfWhatIsNoBackup(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "gifts.db")
	s := openFile(t, path, store.Options{})
	user := setup(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	served, _ := olderFile(t)
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	if err := store.Backup(t.Context(), path, damaged); err != nil {
		t.Fatal(err)
	}
	damage(t, damaged)
	for _, from := range []string{served, damaged, filepath.Join(dir, "none.db")} {
		if err := store.Restore(t.Context(), from, path, filepath.Join(dir, "aside.db")); err == nil {
			t.Errorf("restored from %s", from)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if u, err := openFile(t, path, store.Options{}).User(t.Context(), user.ID); err != nil || u.ID != user.ID {
		t.Errorf("the family is gone: %v", err)
	}
}

// A file is checked as it is served.
// Guarantees: F8
func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gifts.db")
	s := openFile(t, path, store.Options{})
	call := gift.Call{Actor: setup(t, s).ID}
	for i := range 300 {
		if err := create(t.Context(), s, call, fmt.Sprint("Kite", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(content) - 4096; i < len(content); i++ { // a page of gifts
		content[i] = 0x5a
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := openFile(t, path, store.Options{}).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "the database") {
		t.Errorf("the damage was passed over: %v", err)
	}
}
