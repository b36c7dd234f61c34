package feed_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// The test program starts itself as the process that is killed.
const (
	// crashFile is the environment variable that names the database to it.
	crashFile = "TIDINGS_TEST_CRASH_FILE"
	// crashMovers is how many moves are in flight, so that commits are shared.
	crashMovers = 8
)

// crashes is how often it is killed.
var crashes = flag.Int("feed.crashes", 6, "how often a process that moves cards and withdraws lists is killed")

// TestCrash (S1, S11): a process that moves cards is killed again and again.
// Each move that it was told of is there, and each that is there has its event.
// Guarantees: S1, S11
func TestCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gifts.db")
	list := prepareCrash(t, path)
	acknowledged := map[gift.ItemID]int64{}
	for n := range *crashes {
		moveAndKill(t, path, 20+37*(n%8), acknowledged)
		s, log := openFed(t, path)
		user, err := s.Credentials(t.Context(), "ada@example.org")
		if err != nil {
			t.Fatal(err)
		}
		board, err := s.ListItems(t.Context(), user.User, list)
		if err != nil {
			t.Fatal(err)
		}
		events := eventsPerItem(t, log, own("list-items", list, gift.User{ID: user.User}))
		for _, item := range board.Value {
			if item.Version < acknowledged[item.ID] {
				t.Fatalf("crash %d: %s has version %d, and %d was acknowledged", n, item.ID, item.Version, acknowledged[item.ID])
			}
			if int64(events[item.ID]) != item.Version {
				t.Fatalf("crash %d: %s has version %d and %d events", n, item.ID, item.Version, events[item.ID])
			}
		}
		checkWithdrawn(t, s, log)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(acknowledged) != crashMovers {
		t.Fatalf("%d items were moved, want %d", len(acknowledged), crashMovers)
	}
}

func openFed(t *testing.T, path string) (*store.Store, *sqllog.Log) {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{Hook: feed.New(), Migrate: sqllog.Migrate})
	if err != nil {
		t.Fatal(err)
	}
	log, err := sqllog.Open(t.Context(), s.ReadDB(), sqllog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

// prepareCrash creates a board with an item for each mover.
func prepareCrash(t *testing.T, path string) gift.ListID {
	t.Helper()
	s, _ := openFed(t, path)
	ada, err := s.Setup(t.Context(), gift.Family{Name: "F"}, gift.NewAccount{Name: "Ada", Email: "ada@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	call := gift.Call{Actor: ada.ID}
	l, err := s.CreateList(t.Context(), call, gift.ListInput{Name: "Board", Type: gift.ListIdeas})
	if err != nil {
		t.Fatal(err)
	}
	for range crashMovers {
		if _, err := s.CreateListItem(t.Context(), call, gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "Kite"}}); err != nil {
			t.Fatal(err)
		}
	}
	prepareWithdrawals(t, s, call)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return l.ID
}

// moveAndKill runs the process until it has acknowledged so many moves.
func moveAndKill(t *testing.T, path string, moves int, acknowledged map[gift.ItemID]int64) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program)
	child.Env = append(os.Environ(), crashFile+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		var id gift.ItemID
		var version int64
		if _, err := fmt.Sscan(lines.Text(), &id, &version); err != nil {
			t.Fatalf("the process said %q: %v", lines.Text(), err)
		}
		acknowledged[id] = max(acknowledged[id], version)
		if n == moves {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the process ended before it was killed: %v", err)
	}
}

// eventsPerItem counts the events of each item, and checks that positions have
// no gap.
func eventsPerItem(t *testing.T, log *sqllog.Log, topic realtime.Topic) map[gift.ItemID]int {
	t.Helper()
	count := map[gift.ItemID]int{}
	for i, e := range readAll(t, log, topic, 0) {
		if e.Seq != realtime.Seq(i+1) {
			t.Fatalf("event %d has seq %d", i, e.Seq)
		}
		count[gift.ItemID(e.EntityID)]++
	}
	return count
}

// moveUntilKilled moves every item from column to column, and says each move
// that was acknowledged. It never returns.
func moveUntilKilled(path string) {
	ctx := context.Background()
	s, err := store.Open(ctx, path, store.Options{Hook: feed.New(), Migrate: sqllog.Migrate})
	exitIf(err)
	user, err := s.Credentials(ctx, "ada@example.org")
	exitIf(err)
	lists, err := s.Lists(ctx, user.User, gift.ListFilter{}, gift.Page{})
	exitIf(err)
	at := slices.IndexFunc(lists.Items, func(l gift.List) bool { return l.Name == "Board" })
	board, err := s.ListItems(ctx, user.User, lists.Items[at].ID)
	exitIf(err)
	var movers sync.WaitGroup
	movers.Go(func() { withdrawUntilKilled(ctx, s, user.User, lists.Items) })
	for _, item := range board.Value {
		movers.Go(func() {
			for n := 0; ; n++ {
				moved, err := s.MoveListItem(ctx, gift.Call{Actor: user.User}, item.ID,
					gift.Move{Status: gift.Statuses[n%len(gift.Statuses)], Version: item.Version})
				exitIf(err)
				item = moved
				fmt.Fprintf(os.Stdout, "%s %d\n", item.ID, item.Version)
			}
		})
	}
	movers.Wait()
}

func exitIf(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "the process that is to be killed failed:", err)
		os.Exit(1)
	}
}
