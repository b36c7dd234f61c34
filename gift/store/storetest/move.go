package storetest

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/familygifting/tidings/gift"
)

// column is the names of the items in a column, in order.
func (f *family) column(t *testing.T, l gift.List, status gift.Status) []string {
	t.Helper()
	items := slices.DeleteFunc(f.board(t, f.ada, l), func(i gift.ListItem) bool { return i.Status != status })
	return names(items, func(i gift.ListItem) string { return i.Gift.Name })
}

// ideas creates items a, b, c … in the first column.
func (f *family) ideas(t *testing.T, l gift.List, n int) []gift.ListItem {
	t.Helper()
	items := make([]gift.ListItem, n)
	for i := range items {
		items[i] = f.item(t, f.ada, l, string(rune('a'+i)))
	}
	return items
}

var moveTests = []test{
	{"between neighbours", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		items := f.ideas(t, l, 4)
		a, b, c, d := items[0], items[1], items[2], items[3]
		unknown := gift.ItemID("unknown")
		elsewhere := f.item(t, f.ada, f.list(t, f.ada, nil), "elsewhere")
		version := d.Version
		for _, step := range []struct {
			name          string
			before, after *gift.ItemID
			want          []string
		}{
			{"both", &a.ID, &b.ID, []string{"a", "d", "b", "c"}},
			{"only before", &b.ID, nil, []string{"a", "b", "d", "c"}},
			{"only after", nil, &a.ID, []string{"d", "a", "b", "c"}},
			{"neither: the end", nil, nil, []string{"a", "b", "c", "d"}},
			{"before vanished", &unknown, &b.ID, []string{"a", "d", "b", "c"}},
			{"after vanished", &b.ID, &unknown, []string{"a", "b", "d", "c"}},
			{"both vanished: the end", &unknown, &unknown, []string{"a", "b", "c", "d"}},
			{"no longer side by side: behind before", &a.ID, &c.ID, []string{"a", "d", "b", "c"}},
			{"on another list: the end", &elsewhere.ID, nil, []string{"a", "b", "c", "d"}},
			{"itself: the end", &d.ID, &d.ID, []string{"a", "b", "c", "d"}},
			{"behind the last", &c.ID, nil, []string{"a", "b", "c", "d"}},
		} {
			moved := must(f.s.MoveListItem(f.ctx, as(f.ben), d.ID, gift.Move{Status: gift.StatusIdea, Before: step.before, After: step.after, Version: version}))(t)
			version++
			equal(t, moved.Version, version)
			if got := f.column(t, l, gift.StatusIdea); !slices.Equal(got, step.want) {
				t.Fatalf("%s: got %v, want %v", step.name, got, step.want)
			}
		}
	}},
	{"between columns", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		items := f.ideas(t, l, 3)
		for _, status := range []gift.Status{gift.StatusReceived, gift.StatusIdea, gift.StatusPurchased} {
			now := must(f.s.ListItem(f.ctx, f.ada.ID, items[1].ID))(t)
			moved := must(f.s.MoveListItem(f.ctx, as(f.ada), now.ID, gift.Move{Status: status, Before: &items[0].ID, Version: now.Version}))(t)
			equal(t, moved.Status, status)
			equal(t, must(f.s.ListItem(f.ctx, f.ada.ID, now.ID))(t), moved)
		}
		equal(t, f.column(t, l, gift.StatusIdea), []string{"a", "c"})
		equal(t, f.column(t, l, gift.StatusPurchased), []string{"b"})
	}},
	{"a stale move changes nothing", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		item := f.ideas(t, l, 1)[0]
		now := must(f.s.UpdateListItem(f.ctx, as(f.ben), item.ID, gift.ListItemPatch{Notes: gift.Set("n")}))(t)
		_, err := f.s.MoveListItem(f.ctx, as(f.ada), item.ID, gift.Move{Status: gift.StatusSelected, Version: item.Version})
		equal(t, refused(t, err, gift.ECONFLICT, "version").Current, any(now))
		equal(t, f.board(t, f.ada, l), []gift.ListItem{now})
	}},
	{"two moves into the same slot keep both cards", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		items := f.ideas(t, l, 10)
		first, last := items[0], items[1]
		var movers sync.WaitGroup
		for _, item := range items[2:] {
			movers.Go(func() {
				_, err := f.s.MoveListItem(f.ctx, as(f.ben), item.ID, gift.Move{Status: gift.StatusIdea, Before: &first.ID, After: &last.ID, Version: item.Version})
				if err != nil {
					t.Errorf("moving %s: %v", item.Gift.Name, err)
				}
			})
		}
		movers.Wait()
		got := f.column(t, l, gift.StatusIdea)
		if len(got) != 10 || got[0] != "a" || got[9] != "b" {
			t.Fatalf("got %v", got)
		}
		ranks := names(f.board(t, f.ada, l), func(i gift.ListItem) string { return i.Position })
		if !slices.IsSorted(ranks) || len(slices.Compact(ranks)) != 10 {
			t.Fatalf("ranks are not distinct and in order: %v", ranks)
		}
	}},
	{"ranks stay short, and the column is spread when they grow", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		items := f.ideas(t, l, 3)
		low := items[0]
		pair := []gift.ListItem{items[1], items[2]}
		versions := map[gift.ItemID]int64{pair[0].ID: 1, pair[1].ID: 1}
		spread := false
		for n := range 200 { // each move halves the same gap
			item := pair[n%2]
			for _, now := range f.board(t, f.ada, l) {
				spread = spread || now.ID == low.ID && now.Version > 1
				versions[now.ID] = now.Version
			}
			moved := must(f.s.MoveListItem(f.ctx, as(f.ada), item.ID, gift.Move{Status: gift.StatusIdea, Before: &low.ID, Version: versions[item.ID]}))(t)
			if len(moved.Position) > gift.MaxRankLength {
				t.Fatalf("rank %q is longer than %d", moved.Position, gift.MaxRankLength)
			}
			equal(t, f.column(t, l, gift.StatusIdea)[:2], []string{"a", item.Gift.Name})
		}
		if !spread {
			t.Fatal("the column was never spread")
		}
	}},
	{"any moves keep the order that they asked for", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		items := f.ideas(t, l, 6)
		model := map[gift.Status][]gift.ItemID{}
		for _, i := range items {
			model[gift.StatusIdea] = append(model[gift.StatusIdea], i.ID)
		}
		random := rand.New(rand.NewPCG(1, 2))
		for range 80 {
			item := &items[random.IntN(len(items))]
			for status, ids := range model {
				model[status] = slices.DeleteFunc(ids, func(id gift.ItemID) bool { return id == item.ID })
			}
			move := gift.Move{Status: gift.Statuses[random.IntN(4)], Version: item.Version}
			column := model[move.Status]
			at := random.IntN(len(column) + 1)
			if at > 0 {
				move.Before = &column[at-1]
			}
			if at < len(column) {
				move.After = &column[at]
			}
			*item = must(f.s.MoveListItem(f.ctx, as(f.ada), item.ID, move))(t)
			model[move.Status] = slices.Insert(slices.Clone(column), at, item.ID)
			want := slices.Concat(model["idea"], model["selected"], model["purchased"], model["received"])
			got := f.board(t, f.ben, l)
			for i := range want {
				if len(got) != len(want) || got[i].ID != want[i] {
					t.Fatalf("the board has another order than the moves: %v", move)
				}
			}
		}
	}},
}

// rankTests are about what shows of hidden cards in the ranks of others.
var rankTests = []test{
	{"a rank is the same with and without hidden cards around it", func(t *testing.T, f *family) {
		var ranks [2][]string
		for i, hides := range []bool{false, true} {
			l := f.list(t, f.ben, nil)
			a, b, c := f.item(t, f.ben, l, "a"), f.item(t, f.ben, l, "b"), f.item(t, f.ben, l, "c")
			if hides {
				h := f.cardFor(t, f.ada, l, "h", *f.ben.PersonID)
				must(f.s.MoveListItem(f.ctx, as(f.ada), h.ID, gift.Move{Status: gift.StatusIdea, Before: &a.ID, Version: 1}))(t)
				f.cardFor(t, f.ada, l, "at the end", *f.ben.PersonID)
			}
			version := int64(1)
			for _, move := range []gift.Move{{Before: &a.ID}, {After: &b.ID}, {Before: &b.ID}, {After: &a.ID}, {}} {
				move.Status, move.Version = gift.StatusIdea, version
				moved := must(f.s.MoveListItem(f.ctx, as(f.ben), c.ID, move))(t)
				version = moved.Version
				ranks[i] = append(ranks[i], moved.Position)
			}
			ranks[i] = append(ranks[i], f.item(t, f.ben, l, "d").Position)
		}
		equal(t, ranks[1], ranks[0])
	}},
	{"a hidden neighbour is none", func(t *testing.T, f *family) {
		l := f.list(t, f.ben, nil)
		a := f.item(t, f.ben, l, "a")
		h := f.cardFor(t, f.ada, l, "h", *f.ben.PersonID)
		b := f.item(t, f.ben, l, "b")
		first := must(f.s.MoveListItem(f.ctx, as(f.ben), b.ID, gift.Move{Status: gift.StatusIdea, Before: &h.ID, After: &a.ID, Version: 1}))(t)
		if first.Position >= a.Position {
			t.Fatalf("it stands behind %q, at %q", a.Position, first.Position)
		}
	}},
	{"a hidden card's move changes no other card", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		a, b := f.item(t, f.ada, l, "a"), f.item(t, f.ada, l, "b")
		h := []gift.ListItem{f.cardFor(t, f.ada, l, "h", *f.ben.PersonID), f.cardFor(t, f.ada, l, "i", *f.ben.PersonID)}
		before := f.everything(t, f.ben)
		for n := range 250 { // more often than there is room for, between two cards
			card := &h[n%2]
			*card = must(f.s.MoveListItem(f.ctx, as(f.ada), card.ID, gift.Move{Status: gift.StatusIdea, Before: &a.ID, Version: card.Version}))(t)
			if len(card.Position) > gift.MaxRankLength || card.Position < a.Position || card.Position >= b.Position {
				t.Fatalf("at %q, between %q and %q", card.Position, a.Position, b.Position)
			}
		}
		equal(t, f.everything(t, f.ben), before)
	}},
	{"between two cards of one rank, a card that all see makes room", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		a := f.item(t, f.ada, l, "a")
		h := f.cardFor(t, f.ada, l, "h", *f.ben.PersonID)
		b := f.item(t, f.ben, l, "b") // ben does not see h: b shares its rank
		equal(t, h.Position, b.Position)
		twins := f.board(t, f.ada, l)[1:]
		moved := must(f.s.MoveListItem(f.ctx, as(f.ada), a.ID, gift.Move{Status: gift.StatusIdea, Before: &twins[0].ID, After: &twins[1].ID, Version: 1}))(t)
		board := f.board(t, f.ada, l)
		equal(t, []gift.ItemID{board[0].ID, board[1].ID, board[2].ID}, []gift.ItemID{twins[0].ID, moved.ID, twins[1].ID})
		ranks := names(board, func(i gift.ListItem) string { return i.Position })
		if !slices.IsSorted(ranks) || len(slices.Compact(ranks)) != 3 {
			t.Fatalf("ranks are not distinct and in order: %v", ranks)
		}
	}},
	{"a hidden card moves none that others see without it", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		h := f.cardFor(t, f.ada, l, "h", *f.ben.PersonID)
		f.item(t, f.ben, l, "b")
		other := f.cardFor(t, f.ada, l, "other", *f.cleo.PersonID)
		twins := f.board(t, f.ada, l)
		before := f.everything(t, f.cleo)
		must(f.s.MoveListItem(f.ctx, as(f.ada), other.ID, gift.Move{Status: gift.StatusIdea, Before: &twins[0].ID, After: &twins[1].ID, Version: 1}))(t)
		equal(t, f.everything(t, f.cleo), before)
		equal(t, must(f.s.ListItem(f.ctx, f.ada.ID, h.ID))(t), h)
	}},
	{"what another does beside a hidden card tells nothing of it", func(t *testing.T, f *family) {
		var ranks [2][]string
		for i, hides := range []bool{false, true} {
			l := f.list(t, f.ben, nil)
			a, b, c := f.item(t, f.ben, l, "a"), f.item(t, f.ben, l, "b"), f.item(t, f.ben, l, "c")
			behind, ahead := a, b
			if hides {
				h := f.cardFor(t, f.ada, l, "h", *f.ben.PersonID)
				h = must(f.s.MoveListItem(f.ctx, as(f.ada), h.ID, gift.Move{Status: gift.StatusIdea, Before: &a.ID, Version: 1}))(t)
				f.cardFor(t, f.ada, l, "i", *f.ben.PersonID)
				behind, ahead = h, h
			}
			note := func(want ...string) {
				t.Helper()
				ranks[i] = append(ranks[i], names(f.board(t, f.ben, l), func(i gift.ListItem) string { return i.Gift.Name + i.Position })...)
				if hides {
					equal(t, f.column(t, l, gift.StatusIdea), want)
				}
			}
			f.item(t, f.cleo, l, "d")
			note("a", "h", "b", "c", "i", "d")
			must(f.s.MoveListItem(f.ctx, as(f.cleo), c.ID, gift.Move{Status: gift.StatusIdea, Before: &behind.ID, Version: 1}))(t)
			note("a", "h", "c", "b", "i", "d")
			must(f.s.MoveListItem(f.ctx, as(f.cleo), c.ID, gift.Move{Status: gift.StatusIdea, After: &ahead.ID, Version: 2}))(t)
			note("a", "c", "h", "b", "i", "d")
			must(f.s.MoveListItem(f.ctx, as(f.cleo), c.ID, gift.Move{Status: gift.StatusIdea, Version: 3}))(t)
			note("a", "h", "b", "i", "d", "c")
		}
		equal(t, ranks[1], ranks[0])
	}},
	{"a spread column has no gap where a card is hidden", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		a := f.item(t, f.ada, l, "a")
		f.cardFor(t, f.ada, l, "h", *f.ben.PersonID)
		pair := []gift.ListItem{f.item(t, f.ada, l, "b"), f.item(t, f.ada, l, "c")}
		rankOf := func() string { return f.board(t, f.ben, l)[0].Position }
		for n := 0; rankOf() == a.Position; n++ {
			card := &pair[n%2]
			now := must(f.s.ListItem(f.ctx, f.ada.ID, card.ID))(t)
			*card = must(f.s.MoveListItem(f.ctx, as(f.ada), card.ID, gift.Move{Status: gift.StatusIdea, Before: &a.ID, Version: now.Version}))(t)
			if n > 400 {
				t.Fatal("the column is never spread")
			}
		}
		got := names(f.board(t, f.ben, l), func(i gift.ListItem) string { return i.Position })
		want := gift.SpreadRanks(2) // of what all see, but the card on the move
		if len(got) != 3 || got[0] != want[0] || got[2] != want[1] {
			t.Fatalf("ranks %v, want %v at both ends", got, want)
		}
	}},
}
