package store_test

import (
	"context"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/gift/store/storetest"
)

// Guarantees: P1, P2, P3, P16, P17, P18
func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) gift.Service { return open(t, store.Options{}) })
}

// emptyFile is a new, migrated file.
var emptyFile = storetest.Template(func(path string) error {
	s, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		return err
	}
	return s.Close()
})

// open opens a new store in a file of its own.
func open(t *testing.T, opts store.Options) *store.Store {
	t.Helper()
	return openFile(t, emptyFile(t), opts)
}

func openFile(t *testing.T, path string, opts store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return s
}
