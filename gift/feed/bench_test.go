package feed_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// BenchmarkMove moves items durably, each move with its event: rows, log and
// fsync, without HTTP. The cards of one board, about one person or shared by six
// accounts, go round between two columns.
func BenchmarkMove(b *testing.B) {
	for _, inFlight := range []int{1, 16} {
		for _, accounts := range []int{1, 6} {
			b.Run(fmt.Sprintf("accounts-%d-in-flight-%d", accounts, inFlight), func(b *testing.B) { benchmarkMoves(b, accounts, inFlight) })
		}
	}
}

func benchmarkMoves(b *testing.B, accounts, inFlight int) {
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(b.TempDir(), "gifts.db"), store.Options{Hook: feed.New(), Migrate: sqllog.Migrate})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	user, err := s.Setup(ctx, gift.Family{Name: "Bench"}, gift.NewAccount{Name: "Ada", Email: "ada@example.org", PasswordHash: "x"})
	if err != nil {
		b.Fatal(err)
	}
	call := gift.Call{Actor: user.ID}
	for n := range accounts - 1 {
		name := fmt.Sprint("Member", n)
		if _, err := s.CreateInvite(ctx, user.ID, name, nil, time.Now().Add(time.Hour)); err != nil {
			b.Fatal(err)
		}
		if _, err := s.AcceptInvite(ctx, name, gift.NewAccount{Name: name, Email: strings.ToLower(name) + "@example.org"}, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	list, err := s.CreateList(ctx, call, gift.ListInput{Name: "Board", Type: gift.ListIdeas})
	if err != nil {
		b.Fatal(err)
	}
	items := make([]gift.ListItem, inFlight)
	for i := range items {
		items[i], err = s.CreateListItem(ctx, call, gift.ListItemInput{ListID: list.ID, Gift: &gift.GiftInput{Name: "Gift"}})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	var movers sync.WaitGroup
	for i := range items {
		movers.Go(func() {
			item, neighbour := items[i], items[(i+1)%len(items)].ID
			for n := i; n < b.N; n += inFlight {
				call := gift.Call{Actor: user.ID, MutationID: string(gift.NewID[gift.ItemID]()), RequestHash: "hash"}
				moved, err := s.MoveListItem(ctx, call, item.ID, gift.Move{
					Status: gift.Statuses[n/inFlight%2], Before: &neighbour, Version: item.Version,
				})
				if err != nil {
					b.Error(err)
					return
				}
				item = moved
			}
		})
	}
	movers.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "moves/s")
}
