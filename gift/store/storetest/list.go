package storetest

import (
	"testing"

	"github.com/familygifting/tidings/gift"
)

var listTests = []test{
	{"who sees which list", func(t *testing.T, f *family) {
		yes, no := true, false
		for _, c := range []struct {
			name           string
			in             gift.ListInput
			ada, ben, cleo gift.Access // ada owns it
		}{
			{"about nobody", gift.ListInput{Type: gift.ListIdeas}, "planner", "planner", "planner"},
			{"private", gift.ListInput{Type: gift.ListIdeas, Visibility: gift.VisibilityPrivate}, "planner", "none", "none"},
			{"public", gift.ListInput{Type: gift.ListIdeas, Visibility: gift.VisibilityPublic}, "planner", "planner", "planner"},
			{"own wishlist", gift.ListInput{Type: gift.ListWishlist}, "wisher", "planner", "planner"},
			{"private wishlist", gift.ListInput{Type: gift.ListWishlist, Visibility: gift.VisibilityPrivate}, "wisher", "none", "none"},
			{"about ben", gift.ListInput{Type: gift.ListIdeas, PersonID: f.ben.PersonID}, "planner", "none", "planner"},
			{"about ben, open", gift.ListInput{Type: gift.ListIdeas, PersonID: f.ben.PersonID, HiddenFromPerson: &no}, "planner", "wisher", "planner"},
			{"ben's wishlist, by ada", gift.ListInput{Type: gift.ListWishlist, PersonID: f.ben.PersonID}, "planner", "wisher", "planner"},
			{"ben's wishlist, hidden", gift.ListInput{Type: gift.ListWishlist, PersonID: f.ben.PersonID, HiddenFromPerson: &yes}, "planner", "none", "planner"},
			{"own ideas", gift.ListInput{Type: gift.ListIdeas, PersonID: f.ada.PersonID}, "wisher", "planner", "planner"},
			{"about a child", gift.ListInput{Type: gift.ListAssigned, PersonID: &f.dan.ID}, "planner", "planner", "planner"},
		} {
			c.in.Name = c.name
			l := must(f.s.CreateList(f.ctx, as(f.ada), c.in))(t)
			for _, as := range []struct {
				user gift.User
				want gift.Access
			}{{f.ada, c.ada}, {f.ben, c.ben}, {f.cleo, c.cleo}} {
				got, err := f.s.List(f.ctx, as.user.ID, l.ID)
				if as.want == gift.AccessNone {
					refused(t, err, gift.ENOTFOUND, "")
				} else if err != nil || got.Access != as.want {
					t.Fatalf("%s, for %s: got %s, %v; want %s", c.name, as.user.Name, got.Access, err, as.want)
				}
				listed := allOf(t, func(p gift.Page) (gift.PageOf[gift.List], error) {
					return f.s.Lists(f.ctx, as.user.ID, gift.ListFilter{}, p)
				})
				has := false
				for _, o := range listed {
					has = has || o.ID == l.ID
				}
				if has != (as.want != gift.AccessNone) {
					t.Fatalf("%s, for %s: listed %v", c.name, as.user.Name, has)
				}
			}
		}
	}},
	{"what does not exist and what is hidden are the same", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, f.ben.PersonID)
		item := f.item(t, f.ada, l, "Kite")
		for _, c := range []struct {
			name            string
			hidden, unknown error
		}{
			{"List", errOf(f.s.List(f.ctx, f.ben.ID, l.ID)), errOf(f.s.List(f.ctx, f.ben.ID, "unknown"))},
			{"ListItems", errOf(f.s.ListItems(f.ctx, f.ben.ID, l.ID)), errOf(f.s.ListItems(f.ctx, f.ben.ID, "unknown"))},
			{"Wishes", errOf(f.s.Wishes(f.ctx, f.ben.ID, l.ID)), errOf(f.s.Wishes(f.ctx, f.ben.ID, "unknown"))},
			{"GiftsOfList", errOf(f.s.GiftsOfList(f.ctx, f.ben.ID, l.ID)), errOf(f.s.GiftsOfList(f.ctx, f.ben.ID, "unknown"))},
			{"UpdateList", errOf(f.s.UpdateList(f.ctx, as(f.ben), l.ID, gift.ListPatch{})), errOf(f.s.UpdateList(f.ctx, as(f.ben), "unknown", gift.ListPatch{}))},
			{"DeleteList", f.s.DeleteList(f.ctx, as(f.ben), l.ID), f.s.DeleteList(f.ctx, as(f.ben), "unknown")},
			{"CreateListItem", errOf(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "x"}})),
				errOf(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: "unknown", Gift: &gift.GiftInput{Name: "x"}}))},
			{"CreateWish", errOf(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l.ID, GiftID: &item.GiftID})),
				errOf(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: "unknown", GiftID: &item.GiftID}))},
			{"ListItem", errOf(f.s.ListItem(f.ctx, f.ben.ID, item.ID)), errOf(f.s.ListItem(f.ctx, f.ben.ID, "unknown"))},
			{"UpdateListItem", errOf(f.s.UpdateListItem(f.ctx, as(f.ben), item.ID, gift.ListItemPatch{})), errOf(f.s.UpdateListItem(f.ctx, as(f.ben), "unknown", gift.ListItemPatch{}))},
			{"MoveListItem", errOf(f.s.MoveListItem(f.ctx, as(f.ben), item.ID, gift.Move{Status: "idea", Version: 9})), errOf(f.s.MoveListItem(f.ctx, as(f.ben), "unknown", gift.Move{Status: "idea", Version: 9}))},
			{"DeleteListItem", f.s.DeleteListItem(f.ctx, as(f.ben), item.ID), f.s.DeleteListItem(f.ctx, as(f.ben), "unknown")},
			{"DeleteWish", f.s.DeleteWish(f.ctx, as(f.ben), item.ID), f.s.DeleteWish(f.ctx, as(f.ben), "unknown")},
			{"Gift", errOf(f.s.Gift(f.ctx, f.ben.ID, item.GiftID)), errOf(f.s.Gift(f.ctx, f.ben.ID, "unknown"))},
			{"UpdateGift", errOf(f.s.UpdateGift(f.ctx, as(f.ben), item.GiftID, gift.GiftPatch{})), errOf(f.s.UpdateGift(f.ctx, as(f.ben), "unknown", gift.GiftPatch{}))},
			{"DeleteGift", f.s.DeleteGift(f.ctx, as(f.ben), item.GiftID), f.s.DeleteGift(f.ctx, as(f.ben), "unknown")},
		} {
			if gift.CodeOf(c.hidden) != gift.ENOTFOUND {
				t.Fatalf("%s: got %v", c.name, c.hidden)
			}
			equal(t, c.hidden, c.unknown)
		}
		equal(t, f.board(t, f.ada, l), []gift.ListItem{item})
	}},
	{"lists come newest first, narrowed, in pages", func(t *testing.T, f *family) {
		o := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Day", Type: gift.OccasionOther, Date: "2099-01-01"}))(t)
		for _, in := range []gift.ListInput{
			{Name: "one", Type: gift.ListIdeas, OccasionID: &o.ID}, {Name: "two", Type: gift.ListIdeas, PersonID: &f.dan.ID},
			{Name: "three", Type: gift.ListIdeas, OccasionID: &o.ID, PersonID: &f.dan.ID},
		} {
			must(f.s.CreateList(f.ctx, as(f.ada), in))(t)
		}
		read := func(filter gift.ListFilter) []string {
			return names(allOf(t, func(p gift.Page) (gift.PageOf[gift.List], error) { return f.s.Lists(f.ctx, f.ben.ID, filter, p) }),
				func(l gift.List) string { return l.Name })
		}
		equal(t, read(gift.ListFilter{}), []string{"three", "two", "one"})
		equal(t, read(gift.ListFilter{Occasion: o.ID}), []string{"three", "one"})
		equal(t, read(gift.ListFilter{Person: f.dan.ID}), []string{"three", "two"})
		equal(t, read(gift.ListFilter{Occasion: "unknown"}), []string{})
	}},
	{"the owner or a planning admin changes a list", func(t *testing.T, f *family) {
		l := f.list(t, f.ben, nil)
		_, err := f.s.UpdateList(f.ctx, as(f.cleo), l.ID, gift.ListPatch{Name: gift.Set("x")})
		refused(t, err, gift.EFORBIDDEN, "")
		refused(t, f.s.DeleteList(f.ctx, as(f.cleo), l.ID), gift.EFORBIDDEN, "")
		l = must(f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{Name: gift.Set("by the admin"), Version: gift.Set(l.Version)}))(t)
		l = must(f.s.UpdateList(f.ctx, as(f.ben), l.ID, gift.ListPatch{Description: gift.Set("by the owner")}))(t)
		equal(t, l.Version, int64(3))
		equal(t, must(f.s.List(f.ctx, f.ben.ID, l.ID))(t), l)
		_, err = f.s.UpdateList(f.ctx, as(f.ben), l.ID, gift.ListPatch{Version: gift.Set(int64(1))})
		equal(t, refused(t, err, gift.ECONFLICT, "version").Current, any(l))
		wishes := must(f.s.CreateList(f.ctx, as(f.ben), gift.ListInput{Name: "for Ada", Type: gift.ListWishlist, PersonID: f.ada.PersonID}))(t)
		_, err = f.s.UpdateList(f.ctx, as(f.ada), wishes.ID, gift.ListPatch{Name: gift.Set("x")})
		refused(t, err, gift.EFORBIDDEN, "")
	}},
	{"a list that comes to be about somebody else is hidden from them", func(t *testing.T, f *family) {
		l := f.openList(t, f.ada, &f.dan.ID)
		l = must(f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{PersonID: gift.Set(f.ben.PersonID)}))(t)
		equal(t, l.HiddenFromPerson, true)
		_, err := f.s.List(f.ctx, f.ben.ID, l.ID)
		refused(t, err, gift.ENOTFOUND, "")
	}},
	{"an admin does not change what its owner may do with a list", func(t *testing.T, f *family) {
		board, wishes := f.openList(t, f.ben, &f.dan.ID), f.wishlist(t, f.ben)
		_, err := f.s.UpdateList(f.ctx, as(f.ada), board.ID, gift.ListPatch{PersonID: gift.Set(f.ben.PersonID)})
		refused(t, err, gift.EFORBIDDEN, "person_id")
		equal(t, must(f.s.List(f.ctx, f.ben.ID, board.ID))(t), board)
		_, err = f.s.UpdateList(f.ctx, as(f.ada), wishes.ID, gift.ListPatch{PersonID: gift.Set(&f.dan.ID)})
		refused(t, err, gift.EFORBIDDEN, "person_id")
		own := must(f.s.UpdateList(f.ctx, as(f.ben), board.ID, gift.ListPatch{PersonID: gift.Set(f.ben.PersonID)}))(t)
		equal(t, own.Access, gift.AccessWisher)
		about := f.list(t, f.ben, &f.dan.ID)
		must(f.s.UpdateList(f.ctx, as(f.ada), about.ID, gift.ListPatch{PersonID: gift.Set(f.cleo.PersonID)}))(t)
	}},
	{"nobody loses a list to themselves", func(t *testing.T, f *family) {
		yes := true
		_, err := f.s.CreateList(f.ctx, as(f.ben), gift.ListInput{Name: "x", Type: gift.ListWishlist, HiddenFromPerson: &yes})
		refused(t, err, gift.EINVALID, "hidden_from_person")
		own := f.wishlist(t, f.ben)
		_, err = f.s.UpdateList(f.ctx, as(f.ben), own.ID, gift.ListPatch{HiddenFromPerson: gift.Set(true)})
		refused(t, err, gift.EINVALID, "hidden_from_person")
		l := f.list(t, f.ben, nil)
		_, err = f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{Visibility: gift.Set(gift.VisibilityPrivate)})
		refused(t, err, gift.EINVALID, "visibility")
		about := f.list(t, f.ben, &f.dan.ID)
		_, err = f.s.UpdateList(f.ctx, as(f.ada), about.ID, gift.ListPatch{PersonID: gift.Set(f.ada.PersonID)})
		refused(t, err, gift.EINVALID, "hidden_from_person")
	}},
	{"unknown people and occasions are refused", func(t *testing.T, f *family) {
		person, occasion := gift.PersonID("unknown"), gift.OccasionID("unknown")
		_, err := f.s.CreateList(f.ctx, as(f.ada), gift.ListInput{Name: "x", Type: gift.ListIdeas, PersonID: &person})
		refused(t, err, gift.EINVALID, "person_id")
		_, err = f.s.CreateList(f.ctx, as(f.ada), gift.ListInput{Name: "x", Type: gift.ListIdeas, OccasionID: &occasion})
		refused(t, err, gift.EINVALID, "occasion_id")
	}},
	{"a deleted list takes its items, and gifts that nobody sees", func(t *testing.T, f *family) {
		l, other := f.list(t, f.ada, nil), f.list(t, f.ada, nil)
		kept, shared, gone := f.item(t, f.ben, l, "created by ben"), f.item(t, f.ada, l, "on two lists"), f.item(t, f.ada, l, "given up")
		must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: other.ID, GiftID: &shared.GiftID}))(t)
		mustNot(t, f.s.DeleteGift(f.ctx, as(f.ada), gone.GiftID))
		mustNot(t, f.s.DeleteList(f.ctx, as(f.ada), l.ID))
		_, err := f.s.List(f.ctx, f.ada.ID, l.ID)
		refused(t, err, gift.ENOTFOUND, "")
		must(f.s.Gift(f.ctx, f.ben.ID, kept.GiftID))(t)
		must(f.s.Gift(f.ctx, f.cleo.ID, shared.GiftID))(t)
		for _, u := range []gift.User{f.ada, f.ben, f.cleo} {
			_, err = f.s.Gift(f.ctx, u.ID, gone.GiftID)
			refused(t, err, gift.ENOTFOUND, "")
		}
	}},
	{"counts are of what the reader sees", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		f.wish(t, f.ben, l, "Wish")
		f.item(t, f.ada, l, "Surprise")
		equal(t, must(f.s.List(f.ctx, f.ada.ID, l.ID))(t).ItemCount, 2)
		equal(t, must(f.s.List(f.ctx, f.ben.ID, l.ID))(t).ItemCount, 1)
		listed := must(f.s.Lists(f.ctx, f.ben.ID, gift.ListFilter{}, gift.Page{}))(t)
		equal(t, listed.Items[0].ItemCount, 1)
	}},
}

// errOf is the error of a call whose value does not matter.
func errOf[T any](_ T, err error) error { return err }
