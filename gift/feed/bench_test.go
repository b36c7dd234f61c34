package feed_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// BenchmarkMove moves items durably, each move with its event: rows, log and
// fsync, without HTTP. The cards of one board go round between two columns.
func BenchmarkMove(b *testing.B) {
	for _, inFlight := range []int{1, 16} {
		b.Run(fmt.Sprintf("in-flight-%d", inFlight), func(b *testing.B) { benchmarkMoves(b, inFlight) })
	}
}

func benchmarkMoves(b *testing.B, inFlight int) {
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
