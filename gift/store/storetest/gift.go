package storetest

import (
	"slices"
	"testing"

	"github.com/familygifting/tidings/gift"
)

// sees reports whether a gift exists for a user.
func (f *family) sees(t *testing.T, u gift.User, id gift.GiftID) bool {
	t.Helper()
	_, err := f.s.Gift(f.ctx, u.ID, id)
	listed := allOf(t, func(p gift.Page) (gift.PageOf[gift.Gift], error) { return f.s.Gifts(f.ctx, u.ID, p) })
	has := slices.ContainsFunc(listed, func(g gift.Gift) bool { return g.ID == id })
	if err != nil {
		refused(t, err, gift.ENOTFOUND, "")
	}
	if has != (err == nil) {
		t.Fatalf("%s: listed %v, but reading it gives %v", u.Name, has, err)
	}
	return has
}

// suits is a patch that says whom a gift would suit.
func suits(people ...gift.PersonID) gift.GiftPatch {
	return gift.GiftPatch{PersonIDs: gift.Set(people)}
}

var giftTests = []test{
	{"a gift is kept whole", func(t *testing.T, f *family) {
		g := must(f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{
			Name: "Kite", URL: "https://example.org/kite?a=1&b=2", Price: &gift.Money{Amount: gift.MaxAmount, Currency: "EUR"},
			SalePrice: &gift.Money{Amount: 0, Currency: "EUR"}, ImageURL: "http://example.org/kite.png", Source: "shop",
			Description: "red", Notes: "two lines", Priority: gift.PriorityHigh, Quantity: 3,
			AdditionalLinks: []gift.Link{{Label: "other", URL: "https://example.org"}}, PersonIDs: []gift.PersonID{f.dan.ID},
		}))(t)
		equal(t, must(f.s.Gift(f.ctx, f.ben.ID, g.ID))(t).Value, g)
		plain := must(f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{Name: "Ball"}))(t)
		equal(t, plain.Priority, gift.PriorityMedium)
		equal(t, plain.Quantity, 1)
		if plain.AdditionalLinks == nil || plain.PersonIDs == nil {
			t.Fatal("empty is not null")
		}
	}},
	{"who sees a gift", func(t *testing.T, f *family) {
		alone := must(f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{Name: "alone"}))(t)
		onBoard := f.item(t, f.ben, f.list(t, f.ada, nil), "on a board").GiftID
		hidden := f.item(t, f.ada, f.list(t, f.ada, f.ben.PersonID), "hidden from ben").GiftID
		wishlist := f.wishlist(t, f.ben)
		wish, surprise := f.wish(t, f.cleo, wishlist, "ben's wish").GiftID, f.item(t, f.ada, wishlist, "ben's surprise").GiftID
		for _, c := range []struct {
			name           string
			gift           gift.GiftID
			ada, ben, cleo bool
		}{
			{"created", alone.ID, false, true, false},
			{"on a board", onBoard, true, true, true},
			{"on a hidden list", hidden, true, false, true},
			{"a wish", wish, true, true, true},
			{"a surprise", surprise, true, false, true},
			{"unknown", "unknown", false, false, false},
		} {
			got := []bool{f.sees(t, f.ada, c.gift), f.sees(t, f.ben, c.gift), f.sees(t, f.cleo, c.gift)}
			if want := []bool{c.ada, c.ben, c.cleo}; !slices.Equal(got, want) {
				t.Fatalf("%s: seen by ada, ben, cleo: %v, want %v", c.name, got, want)
			}
		}
	}},
	{"nobody reads that a gift would suit them", func(t *testing.T, f *family) {
		ben, dan := *f.ben.PersonID, f.dan.ID
		g := must(f.s.CreateGift(f.ctx, as(f.cleo), gift.GiftInput{Name: "Kite", PersonIDs: []gift.PersonID{ben, dan}}))(t)
		equal(t, g.PersonIDs, []gift.PersonID{ben, dan})
		board := f.list(t, f.ben, nil)
		item := must(f.s.CreateListItem(f.ctx, as(f.cleo), gift.ListItemInput{ListID: board.ID, GiftID: &g.ID}))(t)
		wishes := f.wishlist(t, f.ben)
		must(f.s.CreateWish(f.ctx, as(f.cleo), gift.WishInput{ListID: wishes.ID, GiftID: &g.ID}))(t)
		_, stale := f.s.UpdateGift(f.ctx, as(f.ben), g.ID, gift.GiftPatch{Version: gift.Set(int64(9))})
		_, staleItem := f.s.UpdateListItem(f.ctx, as(f.ben), item.ID, gift.ListItemPatch{Version: gift.Set(int64(9))})
		_, staleMove := f.s.MoveListItem(f.ctx, as(f.ben), item.ID, gift.Move{Status: gift.StatusIdea, Version: 9})
		moved := must(f.s.MoveListItem(f.ctx, as(f.ben), item.ID, gift.Move{Status: gift.StatusSelected, Version: 1}))(t)
		listed := allOf(t, func(p gift.Page) (gift.PageOf[gift.Gift], error) { return f.s.Gifts(f.ctx, f.ben.ID, p) })
		other := f.list(t, f.ben, nil)
		for name, read := range map[string]gift.Gift{
			"Gift":                   must(f.s.Gift(f.ctx, f.ben.ID, g.ID))(t).Value,
			"Gifts":                  listed[0],
			"GiftsOfList":            must(f.s.GiftsOfList(f.ctx, f.ben.ID, board.ID))(t).Value[0].Gift,
			"ListItems":              f.board(t, f.ben, board)[0].Gift,
			"ListItem":               must(f.s.ListItem(f.ctx, f.ben.ID, item.ID))(t).Gift,
			"Wishes":                 f.wishes(t, f.ben, wishes)[0].Gift,
			"MoveListItem":           moved.Gift,
			"CreateListItem":         must(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: other.ID, GiftID: &g.ID}))(t).Gift,
			"CreateWish":             must(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: f.wishlist(t, f.ben).ID, GiftID: &g.ID}))(t).Gift,
			"UpdateListItem":         must(f.s.UpdateListItem(f.ctx, as(f.ben), item.ID, gift.ListItemPatch{Notes: gift.Set("n")}))(t).Gift,
			"stale UpdateGift":       refused(t, stale, gift.ECONFLICT, "version").Current.(gift.Gift),
			"stale UpdateListItem":   refused(t, staleItem, gift.ECONFLICT, "version").Current.(gift.ListItem).Gift,
			"stale MoveListItem":     refused(t, staleMove, gift.ECONFLICT, "version").Current.(gift.ListItem).Gift,
			"UpdateGift":             must(f.s.UpdateGift(f.ctx, as(f.ben), g.ID, gift.GiftPatch{Name: gift.Set("Red kite")}))(t),
			"UpdateGift of the same": must(f.s.UpdateGift(f.ctx, as(f.ben), g.ID, suits(dan)))(t),
		} {
			if !slices.Equal(read.PersonIDs, []gift.PersonID{dan}) {
				t.Errorf("%s: ben reads that it would suit %v", name, read.PersonIDs)
			}
		}
		equal(t, must(f.s.Gift(f.ctx, f.ada.ID, g.ID))(t).Value.PersonIDs, []gift.PersonID{ben, dan})
	}},
	{"what somebody cannot see they cannot write", func(t *testing.T, f *family) {
		ada, ben, dan := *f.ada.PersonID, *f.ben.PersonID, f.dan.ID
		g := f.item(t, f.cleo, f.list(t, f.cleo, nil), "Kite").Gift
		must(f.s.UpdateGift(f.ctx, as(f.cleo), g.ID, suits(dan, ben)))(t)
		equal(t, must(f.s.UpdateGift(f.ctx, as(f.ben), g.ID, suits()))(t).PersonIDs, []gift.PersonID{})
		equal(t, must(f.s.Gift(f.ctx, f.cleo.ID, g.ID))(t).Value.PersonIDs, []gift.PersonID{ben})
		_, err := f.s.UpdateGift(f.ctx, as(f.ben), g.ID, suits("unknown"))
		refused(t, err, gift.EINVALID, "person_ids[0]")
		equal(t, must(f.s.UpdateGift(f.ctx, as(f.ben), g.ID, suits(dan, ada)))(t).PersonIDs, []gift.PersonID{dan, ada})
		equal(t, must(f.s.Gift(f.ctx, f.cleo.ID, g.ID))(t).Value.PersonIDs, []gift.PersonID{ben, dan, ada})
		_, err = f.s.UpdateGift(f.ctx, as(f.ben), g.ID, suits(dan, ben))
		refused(t, err, gift.EFORBIDDEN, "person_ids[1]")
		_, err = f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{Name: "x", PersonIDs: []gift.PersonID{ben}})
		refused(t, err, gift.EFORBIDDEN, "person_ids[0]")
		_, err = f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: f.list(t, f.cleo, nil).ID,
			Gift: &gift.GiftInput{Name: "x", PersonIDs: []gift.PersonID{ben}}})
		refused(t, err, gift.EFORBIDDEN, "gift.person_ids[0]")
	}},
	{"whom a gift would suit counts no version", func(t *testing.T, f *family) {
		g := must(f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{Name: "Kite"}))(t)
		want := g
		want.PersonIDs = []gift.PersonID{f.dan.ID}
		equal(t, must(f.s.UpdateGift(f.ctx, as(f.ben), g.ID, suits(f.dan.ID)))(t), want)
		equal(t, must(f.s.Gift(f.ctx, f.ben.ID, g.ID))(t).Value, want)
		both := suits()
		both.Name = gift.Set("Red kite")
		if got := must(f.s.UpdateGift(f.ctx, as(f.ben), g.ID, both))(t); got.Version != 2 || len(got.PersonIDs) != 0 {
			t.Fatalf("got %s", text(t, got))
		}
	}},
	{"gifts come newest first", func(t *testing.T, f *family) {
		for _, name := range []string{"one", "two", "three"} {
			must(f.s.CreateGift(f.ctx, as(f.ada), gift.GiftInput{Name: name}))(t)
		}
		got := allOf(t, func(p gift.Page) (gift.PageOf[gift.Gift], error) { return f.s.Gifts(f.ctx, f.ada.ID, p) })
		equal(t, names(got, func(g gift.Gift) string { return g.Name }), []string{"three", "two", "one"})
	}},
	{"the gifts of a list are its items' gifts", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		one, two := f.item(t, f.ada, l, "one"), f.item(t, f.ben, l, "two")
		equal(t, must(f.s.GiftsOfList(f.ctx, f.cleo.ID, l.ID))(t).Value,
			[]gift.ListGift{{Gift: one.Gift, ListID: l.ID}, {Gift: two.Gift, ListID: l.ID}})
		empty := f.list(t, f.ada, nil)
		equal(t, must(f.s.GiftsOfList(f.ctx, f.cleo.ID, empty.ID))(t).Value, []gift.ListGift{})
		_, err := f.s.GiftsOfList(f.ctx, f.ada.ID, f.wishlist(t, f.ada).ID)
		refused(t, err, gift.ENOTFOUND, "")
	}},
	{"a patch reaches every list", func(t *testing.T, f *family) {
		one, two := f.list(t, f.ada, nil), f.list(t, f.ada, nil)
		item := f.item(t, f.ada, one, "Kite")
		must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: two.ID, GiftID: &item.GiftID}))(t)
		g := must(f.s.UpdateGift(f.ctx, as(f.ben), item.GiftID, gift.GiftPatch{Name: gift.Set("Red kite"), Version: gift.Set(int64(1))}))(t)
		equal(t, g.Version, int64(2))
		for _, l := range []gift.List{one, two} {
			equal(t, f.board(t, f.cleo, l)[0].Gift, g)
		}
		_, err := f.s.UpdateGift(f.ctx, as(f.ada), g.ID, gift.GiftPatch{Name: gift.Set("x"), Version: gift.Set(int64(1))})
		equal(t, refused(t, err, gift.ECONFLICT, "version").Current, any(g))
		_, err = f.s.UpdateGift(f.ctx, as(f.ada), g.ID, gift.GiftPatch{PersonIDs: gift.Set([]gift.PersonID{"unknown"})})
		refused(t, err, gift.EINVALID, "person_ids[0]")
		equal(t, must(f.s.Gift(f.ctx, f.ada.ID, g.ID))(t).Value, g)
	}},
	{"deleting a gift ends what the actor sees of it", func(t *testing.T, f *family) {
		shared, hidden, wishes := f.list(t, f.ada, nil), f.list(t, f.ada, f.ben.PersonID), f.wishlist(t, f.ben)
		item := f.item(t, f.ben, shared, "Kite")
		for _, l := range []gift.List{hidden, wishes} {
			must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, GiftID: &item.GiftID}))(t)
		}
		must(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: wishes.ID, GiftID: &item.GiftID}))(t)
		mustNot(t, f.s.DeleteGift(f.ctx, as(f.ben), item.GiftID))
		if f.sees(t, f.ben, item.GiftID) {
			t.Fatal("ben still sees it")
		}
		equal(t, len(f.board(t, f.ada, shared)), 0)
		equal(t, len(f.board(t, f.ada, hidden)), 1)
		equal(t, len(f.wishes(t, f.ben, wishes)), 0)
		if got := f.board(t, f.ada, wishes); len(got) != 1 || !got[0].Surprise {
			t.Fatalf("what ada planned for ben's wishlist is not a surprise again: %s", text(t, got))
		}
		mustNot(t, f.s.DeleteGift(f.ctx, as(f.ada), item.GiftID))
		for _, u := range []gift.User{f.ada, f.ben, f.cleo} {
			if f.sees(t, u, item.GiftID) {
				t.Fatalf("%s still sees it", u.Name)
			}
		}
	}},
	{"deleting a gift leaves the claim of its creator", func(t *testing.T, f *family) {
		item := f.item(t, f.ben, f.list(t, f.ada, nil), "Kite")
		mustNot(t, f.s.DeleteGift(f.ctx, as(f.ada), item.GiftID))
		if f.sees(t, f.ada, item.GiftID) || !f.sees(t, f.ben, item.GiftID) {
			t.Fatal("want it gone for ada, and there for ben")
		}
		mustNot(t, f.s.DeleteGift(f.ctx, as(f.ben), item.GiftID))
		refused(t, f.s.DeleteGift(f.ctx, as(f.ben), item.GiftID), gift.ENOTFOUND, "")
	}},
}
