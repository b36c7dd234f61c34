package storetest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Template prepares a database file once, and returns a function that copies
// it for each test: migrating takes longer than most tests do. prepare leaves
// the file closed.
func Template(prepare func(path string) error) func(t *testing.T) (path string) {
	prepared := sync.OnceValues(func() ([]byte, error) {
		folder, err := os.MkdirTemp("", "storetest")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(folder) }() // a leftover hurts no test
		path := filepath.Join(folder, "template.db")
		if err := prepare(path); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	})
	return func(t *testing.T) string {
		t.Helper()
		content, err := prepared()
		mustNot(t, err)
		path := filepath.Join(t.TempDir(), "gifts with a space?.db")
		mustNot(t, os.WriteFile(path, content, 0o600))
		return path
	}
}
