package storetest

import (
	"slices"
	"testing"

	"github.com/familygifting/tidings/gift"
)

var wishTests = []test{
	{"wishes come oldest first, for wisher and planners alike", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		equal(t, text(t, f.wishes(t, f.ben, l)), "[]")
		one, two := f.wish(t, f.ben, l, "one"), f.wish(t, f.ada, l, "two")
		f.item(t, f.ada, l, "surprise")
		for _, u := range []gift.User{f.ben, f.ada, f.cleo} {
			equal(t, f.wishes(t, u, l), []gift.Wish{one, two})
		}
		equal(t, len(f.board(t, f.cleo, l)), 3)
	}},
	{"a wish is there once", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		w := f.wish(t, f.ben, l, "Kite")
		_, err := f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l.ID, GiftID: &w.GiftID})
		refused(t, err, gift.EEXISTS, "gift_id")
	}},
	{"a withdrawn wish is gone", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		w := f.wish(t, f.ben, l, "Kite")
		mustNot(t, f.s.DeleteWish(f.ctx, as(f.ben), w.ID))
		equal(t, len(f.wishes(t, f.ben, l)), 0)
		equal(t, len(f.board(t, f.ada, l)), 0)
		refused(t, f.s.DeleteWish(f.ctx, as(f.ben), w.ID), gift.ENOTFOUND, "")
	}},
	{"what planners acted on stays with them as a surprise", func(t *testing.T, f *family) {
		for name, patch := range map[string]gift.ListItemPatch{
			"status":         {Status: gift.Set(gift.StatusSelected)},
			"assignee":       {AssigneeID: gift.Set(&f.ada.ID)},
			"notes":          {Notes: gift.Set("n")},
			"price":          {Price: gift.Set(euros(1))},
			"discount price": {DiscountPrice: gift.Set(euros(1))},
		} {
			l := f.wishlist(t, f.ben)
			w := f.wish(t, f.ben, l, "Kite")
			item := f.board(t, f.ada, l)[0]
			must(f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, patch))(t)
			mustNot(t, f.s.DeleteWish(f.ctx, as(f.ben), w.ID))
			equal(t, len(f.wishes(t, f.ben, l)), 0)
			if got := f.board(t, f.ada, l); len(got) != 1 || !got[0].Surprise {
				t.Fatalf("%s: the board has %s", name, text(t, got))
			}
		}
	}},
	{"a planner keeps a planner's wish secret, and opens it again", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		f.wish(t, f.cleo, l, "Kite")
		item := f.board(t, f.ada, l)[0]
		must(f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, gift.ListItemPatch{Surprise: gift.Set(true)}))(t)
		equal(t, len(f.wishes(t, f.ben, l)), 0)
		must(f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, gift.ListItemPatch{Surprise: gift.Set(false)}))(t)
		equal(t, len(f.wishes(t, f.ben, l)), 1)
	}},
	{"only the wisher takes back what they wish for", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		kite := must(f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{Name: "Kite"}))(t)
		shared := must(f.s.CreateList(f.ctx, as(f.ben), gift.ListInput{Name: "x", Type: gift.ListIdeas, Visibility: gift.VisibilityFamily}))(t)
		must(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: shared.ID, GiftID: &kite.ID}))(t)
		must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, GiftID: &kite.ID}))(t)
		onPlanned := must(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l.ID, GiftID: &kite.ID}))(t)
		for _, wished := range []gift.Wish{f.wish(t, f.ben, l, "Ball"), onPlanned} {
			board := f.board(t, f.ada, l)
			item := board[slices.IndexFunc(board, func(i gift.ListItem) bool { return i.GiftID == wished.GiftID })]
			_, err := f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, gift.ListItemPatch{Surprise: gift.Set(true)})
			refused(t, err, gift.EFORBIDDEN, "surprise")
			refused(t, f.s.DeleteListItem(f.ctx, as(f.ada), item.ID), gift.EFORBIDDEN, "")
			refused(t, f.s.DeleteWish(f.ctx, as(f.ada), wished.ID), gift.EFORBIDDEN, "")
			refused(t, f.s.DeleteGift(f.ctx, as(f.ada), wished.GiftID), gift.EFORBIDDEN, "")
			equal(t, f.board(t, f.ada, l), board)
			mustNot(t, f.s.DeleteWish(f.ctx, as(f.ben), wished.ID))
		}
		equal(t, len(f.wishes(t, f.ben, l)), 0)
	}},
	{"others' wishes are not theirs to see", func(t *testing.T, f *family) {
		l := must(f.s.CreateList(f.ctx, as(f.ben), gift.ListInput{Name: "x", Type: gift.ListWishlist, Visibility: gift.VisibilityPrivate}))(t)
		w := f.wish(t, f.ben, l, "Kite")
		_, err := f.s.Wishes(f.ctx, f.ada.ID, l.ID)
		refused(t, err, gift.ENOTFOUND, "")
		_, err = f.s.CreateWish(f.ctx, as(f.ada), gift.WishInput{ListID: l.ID, GiftID: &w.GiftID})
		refused(t, err, gift.ENOTFOUND, "list_id")
		refused(t, f.s.DeleteWish(f.ctx, as(f.ada), w.ID), gift.ENOTFOUND, "")
	}},
}
