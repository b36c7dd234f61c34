package store_test

import (
	"context"
	"errors"
	"runtime"
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

// stop makes the mutation "stops" wait. It returns when that has begun; the
// function it returns lets it go on, and returns its error.
func stop(t *testing.T, s *store.Store, h *hook, call gift.Call) (goOn func() error) {
	t.Helper()
	begun, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	h.on("stops", func(context.Context, store.Tx) error {
		close(begun)
		<-release
		return nil
	})
	go func() { done <- create(context.Background(), s, call, "stops") }()
	<-begun
	return func() error {
		close(release)
		return <-done
	}
}

func TestWaitingMutationIsWithdrawnByItsContext(t *testing.T) {
	s, h, call := hooked(t)
	goOn := stop(t, s, h, call)
	ctx, cancel := context.WithCancel(t.Context())
	withdrawn, stays := make(chan error, 1), make(chan error, 1)
	go func() { withdrawn <- create(ctx, s, call, "withdrawn") }()
	go func() { stays <- create(t.Context(), s, call, "stays") }()
	cancel()
	if err := <-withdrawn; !errors.Is(err, context.Canceled) { // while the writer is still busy
		t.Fatalf("withdrawn: got %v", err)
	}
	if err := errors.Join(goOn(), <-stays); err != nil {
		t.Fatal(err)
	}
	if got := giftNames(t, s, call.Actor); !slices.Equal(got, []string{"stays", "stops"}) {
		t.Fatalf("got %v", got)
	}
}

func TestRunningMutationOutlivesItsContext(t *testing.T) {
	s, h, call := hooked(t)
	ctx, cancel := context.WithCancel(t.Context())
	h.on("runs", func(inner context.Context, tx store.Tx) error {
		cancel()
		if inner.Err() != nil {
			return errors.New("the mutation's context ended with the caller's")
		}
		return nil
	})
	if err := create(ctx, s, call, "runs"); err != nil {
		t.Fatalf("the caller was not told that it took effect: %v", err)
	}
	if err := create(ctx, s, call, "too late"); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if got := giftNames(t, s, call.Actor); !slices.Equal(got, []string{"runs"}) {
		t.Fatalf("got %v", got)
	}
}

func TestPanicHurtsNobodyElse(t *testing.T) {
	s, h, call := hooked(t)
	h.on("panics", func(context.Context, store.Tx) error { panic("oh no") })
	goOn := stop(t, s, h, call)
	names := []string{"one", "panics", "two", "panics after", "three"}
	errs := make([]error, len(names))
	var callers sync.WaitGroup
	for i, name := range names {
		callers.Go(func() { errs[i] = create(t.Context(), s, call, name) })
	}
	if err := goOn(); err != nil {
		t.Fatal(err)
	}
	callers.Wait()
	for i, name := range names {
		if panicked := errs[i] != nil && strings.Contains(errs[i].Error(), "oh no"); panicked != (name == "panics") {
			t.Errorf("%s: got %v", name, errs[i])
		}
	}
	if got := giftNames(t, s, call.Actor); !slices.Equal(got, []string{"one", "panics after", "stops", "three", "two"}) {
		t.Fatalf("got %v", got)
	}
}

// TestLostTransaction: when the transaction is lost under a batch, nobody of
// it is told that it took effect, and the writer goes on.
// Guarantees: S2
func TestLostTransaction(t *testing.T) {
	s, h, call := hooked(t)
	h.on("loses", func(ctx context.Context, tx store.Tx) error {
		_, err := tx.ExecContext(ctx, "ROLLBACK")
		return err
	})
	if err := create(t.Context(), s, call, "loses"); err == nil {
		t.Fatal("told that it took effect")
	}
	if err := create(t.Context(), s, call, "next"); err != nil {
		t.Fatal(err)
	}
	if got := giftNames(t, s, call.Actor); !slices.Equal(got, []string{"next"}) {
		t.Fatalf("got %v", got)
	}
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

// TestBatchIsOneTransaction: those who wait together share one commit.
func TestBatchIsOneTransaction(t *testing.T) {
	s, h, call := hooked(t)
	goOn := stop(t, s, h, call)
	const waiting = 10
	var visible []int // while each of them runs
	h.on("waits", func(context.Context, store.Tx) error {
		page, err := s.Gifts(context.Background(), call.Actor, gift.Page{Limit: gift.MaxPageSize})
		visible = append(visible, len(page.Items))
		return err
	})
	var callers sync.WaitGroup
	for range waiting {
		callers.Go(func() {
			if err := create(t.Context(), s, call, "waits"); err != nil {
				t.Error(err)
			}
		})
	}
	for store.Waiting(s) < waiting {
		runtime.Gosched()
	}
	if err := goOn(); err != nil {
		t.Fatal(err)
	}
	callers.Wait()
	if !slices.Equal(visible, make([]int, waiting)) {
		t.Fatalf("something had committed before the last of them ran: %v", visible)
	}
	if got := len(giftNames(t, s, call.Actor)); got != waiting+1 {
		t.Fatalf("got %d gifts", got)
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
