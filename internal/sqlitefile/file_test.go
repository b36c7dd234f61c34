package sqlitefile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/familygifting/tidings/internal/sqlitefile"
)

// Damage is found, wherever in the file it is.
// Guarantees: F8
func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := sqlitefile.OpenWriter("", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`CREATE TABLE t (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
		INSERT INTO t SELECT randomblob(500) FROM n`)
	if err := errors.Join(err, sqlitefile.Check(t.Context(), db), db.Close()); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteAt([]byte(strings.Repeat("damage", 100)), 10*4096)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	db, err = sqlitefile.OpenReaders("", path, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := sqlitefile.Check(t.Context(), db); err == nil {
		t.Error("the file with damage passed")
	}
	if _, err := db.Exec(`DELETE FROM t`); err == nil || sqlitefile.Damaged(err) {
		t.Errorf("a reader wrote, or: %v", err)
	}
}

// What is no database is named as damage.
func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlitefile.OpenReaders("", path, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := sqlitefile.Check(t.Context(), db); !sqlitefile.Damaged(err) {
		t.Errorf("check = %v; want damage", err)
	}
}
