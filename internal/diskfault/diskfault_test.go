package diskfault_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver

	"github.com/familygifting/tidings/internal/diskfault"
)

// The codes are those of the driver: real faults are found.
// Guarantees: F7
func TestReason(t *testing.T) {
	t.Parallel()
	for pragma, want := range map[string]string{"max_page_count = 2": "full", "query_only = 1": "read-only"} {
		db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "test.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }() // the test is over
		db.SetMaxOpenConns(1)
		if _, err := db.Exec(`CREATE TABLE t (x); PRAGMA ` + pragma); err != nil {
			t.Fatal(err)
		}
		_, err = db.Exec(`INSERT INTO t VALUES (zeroblob(100000))`)
		if reason, ok := diskfault.Reason(fmt.Errorf("writing: %w", err)); !ok || !strings.Contains(reason, want) {
			t.Errorf("%s: %v is because %q", pragma, err, reason)
		}
		if _, err := db.Exec(`INSERT INTO nothing VALUES (1)`); err == nil {
			t.Error("no error")
		} else if reason, ok := diskfault.Reason(err); ok {
			t.Errorf("%v is because %q", err, reason)
		}
	}
	for _, err := range []error{nil, errors.New("else"), coded(10), coded(266)} {
		if reason, ok := diskfault.Reason(err); ok {
			t.Errorf("%v is because %q", err, reason)
		}
	}
	for _, code := range []coded{778, 1034, 4874, 14, 526, 1032} {
		if _, ok := diskfault.Reason(code); !ok {
			t.Errorf("code %d is no fault of the disk", code)
		}
	}
}

// coded is an error with a code, as the driver's are.
type coded int

func (coded) Error() string { return "coded" }
func (c coded) Code() int   { return int(c) }
