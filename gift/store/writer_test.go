package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
)

// hook is a hook that tests can stop, break and listen to.
type hook struct {
	mu sync.Mutex
	// onCommit runs inside each mutation that creates the gift of its name.
	onCommit map[string]func(ctx context.Context, tx store.Tx) error
	after    []string // the gifts whose after functions ran, in order
}

func (h *hook) OnCommit(ctx context.Context, tx store.Tx, changes []gift.Change) (func(), error) {
	if changes[0].Kind == gift.AccountJoined {
		return nil, nil
	}
	name := changes[0].Gift.After.Name
	h.mu.Lock()
	do := h.onCommit[name]
	h.mu.Unlock()
	if do != nil {
		if err := do(ctx, tx); err != nil {
			return nil, err
		}
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.after = append(h.after, name)
		if name == "panics after" {
			panic("after")
		}
	}, nil
}

func (h *hook) Position(context.Context, store.Tx, gift.Scope) (string, error) { return "", nil }

// on sets what happens inside the mutation that creates a gift.
func (h *hook) on(name string, do func(ctx context.Context, tx store.Tx) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.onCommit == nil {
		h.onCommit = map[string]func(context.Context, store.Tx) error{}
	}
	h.onCommit[name] = do
}

// hooked is a store with such a hook and an account.
func hooked(t *testing.T) (*store.Store, *hook, gift.Call) {
	t.Helper()
	h := &hook{}
	s := open(t, store.Options{Hook: h})
	return s, h, gift.Call{Actor: setup(t, s).ID}
}

func setup(t *testing.T, s *store.Store) gift.User {
	t.Helper()
	u, err := s.Setup(t.Context(), gift.Family{Name: "F"}, gift.NewAccount{Name: "Ada", Email: "ada@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// create creates a gift.
func create(ctx context.Context, s *store.Store, call gift.Call, name string) error {
	_, err := s.CreateGift(ctx, call, gift.GiftInput{Name: name})
	return err
}

func giftNames(t *testing.T, s *store.Store, user gift.UserID) []string {
	t.Helper()
	page, err := s.Gifts(t.Context(), user, gift.Page{Limit: gift.MaxPageSize})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, g := range page.Items {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return names
}

// TestAfterCommit: after functions run once what they speak of is durable, in
// the order of the commits, and never for what failed.
// Guarantees: S2
func TestAfterCommit(t *testing.T) {
	s, h, call := hooked(t)
	h.on("fails", func(context.Context, store.Tx) error { return errors.New("no") })
	want := []string{}
	for i := range 150 {
		name := string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		if i%50 == 7 {
			_ = create(t.Context(), s, call, "fails")
		}
		if err := create(t.Context(), s, call, name); err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	if err := s.Close(); err != nil { // waits for the after functions
		t.Fatal(err)
	}
	if !slices.Equal(h.after, want) {
		t.Fatalf("after functions ran for %v", h.after)
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	s, _, call := hooked(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := create(t.Context(), s, call, "late"); err == nil {
		t.Error("a write was taken")
	}
	if err := s.Ready(t.Context()); err == nil {
		t.Error("a read was taken")
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing it again: %v", err)
	}
}
