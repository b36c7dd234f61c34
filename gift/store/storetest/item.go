package storetest

import (
	"testing"

	"github.com/familygifting/tidings/gift"
)

func euros(n int64) *gift.Money { return &gift.Money{Amount: n * 100, Currency: "EUR"} }

var itemTests = []test{
	{"an item is kept whole", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		open := false
		item := must(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{
			ListID: l.ID, Gift: &gift.GiftInput{Name: "Kite"}, Status: gift.StatusPurchased, AssigneeID: &f.cleo.ID, Notes: "in the attic",
			Price: euros(20), DiscountPrice: euros(15), Quantity: 2, Surprise: &open,
		}))(t)
		equal(t, item.Version, int64(1))
		equal(t, f.board(t, f.ada, l), []gift.ListItem{item})
		equal(t, must(f.s.ListItem(f.ctx, f.ada.ID, item.ID))(t), item)
	}},
	{"what a planner adds is an idea and a surprise", func(t *testing.T, f *family) {
		item := f.item(t, f.ada, f.list(t, f.ada, nil), "Kite")
		if item.Status != gift.StatusIdea || !item.Surprise || item.Quantity != 1 || item.Position == "" {
			t.Fatalf("got %s", text(t, item))
		}
	}},
	{"an empty board is an empty array", func(t *testing.T, f *family) {
		equal(t, text(t, f.board(t, f.ada, f.list(t, f.ada, nil))), "[]")
	}},
	{"a board comes by column and place", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		for _, c := range []struct {
			name   string
			status gift.Status
		}{{"d", "received"}, {"a", "idea"}, {"c", "purchased"}, {"b", "selected"}, {"a2", "idea"}, {"d2", "received"}} {
			must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: c.name}, Status: c.status}))(t)
		}
		equal(t, names(f.board(t, f.ben, l), func(i gift.ListItem) string { return i.Gift.Name }), []string{"a", "a2", "b", "c", "d", "d2"})
	}},
	{"a list holds a gift once", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		item := f.item(t, f.ada, l, "Kite")
		_, err := f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: l.ID, GiftID: &item.GiftID})
		refused(t, err, gift.EEXISTS, "gift_id")
		equal(t, f.board(t, f.ada, l), []gift.ListItem{item})
	}},
	{"only gifts that the actor sees", func(t *testing.T, f *family) {
		g := must(f.s.CreateGift(f.ctx, as(f.ada), gift.GiftInput{Name: "Ada's"}))(t)
		_, err := f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: f.list(t, f.ben, nil).ID, GiftID: &g.ID})
		refused(t, err, gift.EINVALID, "gift_id")
	}},
	{"only planners are assigned", func(t *testing.T, f *family) {
		l := must(f.s.CreateList(f.ctx, as(f.ada), gift.ListInput{Name: "For Ben", Type: gift.ListWishlist, PersonID: f.ben.PersonID}))(t)
		unknown := gift.UserID("unknown")
		for _, id := range []*gift.UserID{&f.ben.ID, &unknown} {
			_, err := f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "x"}, AssigneeID: id})
			refused(t, err, gift.EINVALID, "assignee_id")
		}
		item := f.item(t, f.ada, l, "Kite")
		_, err := f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, gift.ListItemPatch{AssigneeID: gift.Set(&f.ben.ID)})
		refused(t, err, gift.EINVALID, "assignee_id")
		item = must(f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, gift.ListItemPatch{AssigneeID: gift.Set(&f.cleo.ID)}))(t)
		equal(t, *item.AssigneeID, f.cleo.ID)
	}},
	{"a patch changes what it sets", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		item := f.item(t, f.ada, l, "Kite")
		got := must(f.s.UpdateListItem(f.ctx, as(f.ben), item.ID, gift.ListItemPatch{
			Notes: gift.Set("n"), Price: gift.Set(euros(5)), DiscountPrice: gift.Set(euros(4)), Quantity: gift.Set(7), Version: gift.Set(int64(1)),
		}))(t)
		want := item
		want.Notes, want.Price, want.DiscountPrice, want.Quantity = "n", euros(5), euros(4), 7
		want.Version, want.UpdatedAt = 2, got.UpdatedAt
		equal(t, got, want)
		equal(t, f.board(t, f.ada, l), []gift.ListItem{want})
		got = must(f.s.UpdateListItem(f.ctx, as(f.ben), item.ID, gift.ListItemPatch{Price: gift.Set[*gift.Money](nil)}))(t)
		equal(t, got.Price, (*gift.Money)(nil))
		_, err := f.s.UpdateListItem(f.ctx, as(f.ben), item.ID, gift.ListItemPatch{Notes: gift.Set("x"), Version: gift.Set(int64(1))})
		equal(t, refused(t, err, gift.ECONFLICT, "version").Current, any(got))
	}},
	{"a patched status goes to the end of its column, the same one stays", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		a, b, c := f.item(t, f.ada, l, "a"), f.item(t, f.ada, l, "b"), f.item(t, f.ada, l, "c")
		must(f.s.UpdateListItem(f.ctx, as(f.ada), b.ID, gift.ListItemPatch{Status: gift.Set(gift.StatusSelected)}))(t)
		must(f.s.UpdateListItem(f.ctx, as(f.ada), a.ID, gift.ListItemPatch{Status: gift.Set(gift.StatusSelected)}))(t)
		same := must(f.s.UpdateListItem(f.ctx, as(f.ada), b.ID, gift.ListItemPatch{Status: gift.Set(gift.StatusSelected)}))(t)
		equal(t, same.Version, int64(2))
		equal(t, names(f.board(t, f.ada, l), func(i gift.ListItem) string { return i.Gift.Name }), []string{"c", "b", "a"})
		equal(t, f.board(t, f.ada, l)[0], c)
	}},
	{"a deleted item is gone", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		item := f.item(t, f.ada, l, "Kite")
		mustNot(t, f.s.DeleteListItem(f.ctx, as(f.ben), item.ID))
		equal(t, len(f.board(t, f.ada, l)), 0)
		refused(t, f.s.DeleteListItem(f.ctx, as(f.ben), item.ID), gift.ENOTFOUND, "")
		must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, GiftID: &item.GiftID}))(t)
	}},
}
