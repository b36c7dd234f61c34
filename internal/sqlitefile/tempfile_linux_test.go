package sqlitefile_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/familygifting/tidings/internal/sqlitefile"
)

// deletedFiles is how many files the process has open that no directory has, as SQLite
// makes them when it needs a temporary one.
func deletedFiles(t *testing.T) (n int) {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range open {
		if file, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.HasSuffix(file, " (deleted)") {
			n++
		}
	}
	return n
}

// usesTempFiles reports whether a large change in a savepoint, which SQLite must be
// able to undo, makes it open a temporary file.
func usesTempFiles(t *testing.T, db *sql.DB) bool {
	t.Helper()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	before, most := deletedFiles(t), 0
	for _, statement := range []string{
		`CREATE TABLE large (x)`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO large SELECT randomblob(500) FROM n`,
		`BEGIN IMMEDIATE`, `SAVEPOINT change`, `UPDATE large SET x = randomblob(499)`, `ROLLBACK TO change`, `COMMIT`,
	} {
		if _, err := conn.ExecContext(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
		most = max(most, deletedFiles(t))
	}
	return most > before
}

// Neither server needs a directory for temporary files: a container may have none, and
// then every write would fail, sooner or later.
// Guarantees: A29
func TestNoTemporaryFiles(t *testing.T) {
	files := t.TempDir()
	control, err := sql.Open("sqlite", "file:"+filepath.Join(files, "control.db")+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = control.Close() }()
	if !usesTempFiles(t, control) {
		t.Fatal("this test proves nothing: by default SQLite opens no temporary file here")
	}
	db, err := sqlitefile.OpenWriter("", filepath.Join(files, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if usesTempFiles(t, db) {
		t.Error("the writer opened a temporary file")
	}
}
