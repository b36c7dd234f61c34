package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/internal/sqlitefile"
)

// Every file with the family's data is its owner's alone: the database, what SQLite
// keeps beside it, backups, and the copy before a migration.
// Guarantees: A28
func TestFilesAreTheirOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "gifts.db")
	openFile(t, path, store.Options{})
	if err := store.Backup(t.Context(), path, filepath.Join(dir, "backup.db")); err != nil {
		t.Fatal(err)
	}
	db, err := sqlitefile.Open("", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := store.Snapshot(t.Context(), db, filepath.Join(dir, "snapshot.db")); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 5 {
		t.Fatalf("%d files, %v; want the database, its side files and two copies", len(files), err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v; want it to be its owner's alone", f.Name(), info.Mode(), err)
		}
	}
}
