package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
)

// cardFor puts a new gift for some people on a list.
func (f *family) cardFor(t *testing.T, by gift.User, list gift.List, name string, people ...gift.PersonID) gift.ListItem {
	t.Helper()
	return must(f.s.CreateListItem(f.ctx, as(by), gift.ListItemInput{ListID: list.ID, Gift: &gift.GiftInput{Name: name}, RecipientIDs: people}))(t)
}

// forPeople is a patch that says whom a card is for.
func forPeople(people ...gift.PersonID) gift.ListItemPatch {
	return gift.ListItemPatch{RecipientIDs: gift.Set(people)}
}

func sorted(people ...gift.PersonID) []gift.PersonID {
	slices.Sort(people)
	return people
}

// person creates a further person without an account.
func (f *family) person(t *testing.T, name string) gift.PersonID {
	t.Helper()
	return must(f.s.CreatePerson(f.ctx, as(f.ada), gift.PersonInput{Name: name}))(t).ID
}

// joinAs adds an account of a person by an invite.
func (f *family) joinAs(t *testing.T, name string, person gift.PersonID) gift.User {
	t.Helper()
	now := time.Now()
	must(f.s.CreateInvite(f.ctx, f.ada.ID, "invite of "+name, &person, now.Add(time.Hour)))(t)
	return must(f.s.AcceptInvite(f.ctx, "invite of "+name, account(name), now))(t)
}

var recipientTests = []test{
	{"a card of a shared list is for whom it says, sorted", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		eve := f.person(t, "Eve")
		card := f.cardFor(t, f.ada, l, "Kite", eve, f.dan.ID)
		equal(t, card.RecipientIDs, sorted(eve, f.dan.ID))
		equal(t, f.item(t, f.ada, l, "Ball").RecipientIDs, []gift.PersonID{})
		changed := must(f.s.UpdateListItem(f.ctx, as(f.cleo), card.ID, forPeople(f.dan.ID)))(t)
		equal(t, changed.RecipientIDs, []gift.PersonID{f.dan.ID})
		equal(t, changed.Version, int64(2))
		equal(t, must(f.s.UpdateListItem(f.ctx, as(f.cleo), card.ID, forPeople(f.dan.ID)))(t).Version, int64(2))
		equal(t, must(f.s.UpdateListItem(f.ctx, as(f.cleo), card.ID, forPeople()))(t).RecipientIDs, []gift.PersonID{})
	}},
	{"a card of a list about a person is for that person", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, &f.dan.ID)
		dan := []gift.PersonID{f.dan.ID}
		card := f.item(t, f.ada, l, "Kite")
		equal(t, card.RecipientIDs, dan)
		equal(t, f.cardFor(t, f.ada, l, "Ball", dan...).RecipientIDs, dan)
		f.wish(t, f.ben, f.wishlist(t, f.ben), "Drum")
		for _, people := range [][]gift.PersonID{{}, {*f.cleo.PersonID}, {f.dan.ID, *f.cleo.PersonID}} {
			_, err := f.s.UpdateListItem(f.ctx, as(f.ada), card.ID, forPeople(people...))
			refused(t, err, gift.EINVALID, "recipient_ids")
			_, err = f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "x"}, RecipientIDs: people})
			refused(t, err, gift.EINVALID, "recipient_ids")
		}
		equal(t, must(f.s.UpdateListItem(f.ctx, as(f.ada), card.ID, forPeople(dan...)))(t), card)
	}},
	{"bad recipients are named", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		card := f.item(t, f.ada, l, "Kite")
		many := make([]gift.PersonID, gift.MaxRecipients+1)
		for i := range many {
			many[i] = gift.PersonID(fmt.Sprint("person ", i))
		}
		seen := f.everything(t, f.ada)
		for field, people := range map[string][]gift.PersonID{
			"recipient_ids[1]": {f.dan.ID, "unknown"},
			"recipient_ids[2]": {f.dan.ID, *f.ben.PersonID, f.dan.ID},
			"recipient_ids[0]": {*f.ada.PersonID},
			"recipient_ids":    many,
		} {
			_, err := f.s.UpdateListItem(f.ctx, as(f.ada), card.ID, forPeople(people...))
			refused(t, err, gift.EINVALID, field)
			_, err = f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "x"}, RecipientIDs: people})
			refused(t, err, gift.EINVALID, field)
		}
		equal(t, f.everything(t, f.ada), seen)
		_, err := f.s.UpdateListItem(f.ctx, as(f.ada), card.ID, forPeople(*f.ada.PersonID))
		if e := refused(t, err, gift.EINVALID, "recipient_ids[0]"); !strings.Contains(e.Message, "wishlist") {
			t.Fatalf("no word of what to do: %s", e.Message)
		}
	}},
	{"as many recipients as there may be", func(t *testing.T, f *family) {
		people := make([]gift.PersonID, gift.MaxRecipients)
		for i := range people {
			people[i] = f.person(t, fmt.Sprint("Person ", i))
		}
		card := f.cardFor(t, f.ada, f.list(t, f.ada, nil), "Kite", people...)
		equal(t, len(card.RecipientIDs), gift.MaxRecipients)
	}},
	{"to a recipient's account a card does not exist", func(t *testing.T, f *family) {
		l := f.list(t, f.ben, nil)
		card := f.cardFor(t, f.ada, l, "Kite", *f.ben.PersonID)
		equal(t, f.board(t, f.ben, l), []gift.ListItem{})
		equal(t, f.wishes(t, f.ben, l), []gift.Wish{})
		equal(t, must(f.s.List(f.ctx, f.ben.ID, l.ID))(t).ItemCount, 0)
		equal(t, must(f.s.List(f.ctx, f.cleo.ID, l.ID))(t).ItemCount, 1)
		equal(t, must(f.s.GiftsOfList(f.ctx, f.ben.ID, l.ID))(t).Value, []gift.ListGift{})
		if f.sees(t, f.ben, card.GiftID) || !f.sees(t, f.cleo, card.GiftID) {
			t.Fatal("the gift is not hidden from ben alone")
		}
		for name, err := range map[string]error{
			"ListItem":       errOf(f.s.ListItem(f.ctx, f.ben.ID, card.ID)),
			"UpdateListItem": errOf(f.s.UpdateListItem(f.ctx, as(f.ben), card.ID, gift.ListItemPatch{Notes: gift.Set("n")})),
			"MoveListItem":   errOf(f.s.MoveListItem(f.ctx, as(f.ben), card.ID, gift.Move{Status: gift.StatusIdea, Version: 1})),
			"DeleteListItem": f.s.DeleteListItem(f.ctx, as(f.ben), card.ID),
			"DeleteWish":     f.s.DeleteWish(f.ctx, as(f.ben), card.ID),
			"UpdateGift":     errOf(f.s.UpdateGift(f.ctx, as(f.ben), card.GiftID, gift.GiftPatch{Name: gift.Set("n")})),
			"DeleteGift":     f.s.DeleteGift(f.ctx, as(f.ben), card.GiftID),
		} {
			if gift.CodeOf(err) != gift.ENOTFOUND {
				t.Errorf("%s: got %v", name, err)
			}
		}
		_, hidden := f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: l.ID, GiftID: &card.GiftID})
		_, unknown := f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: l.ID, GiftID: new(gift.GiftID("unknown"))})
		equal(t, hidden, unknown)
		equal(t, f.board(t, f.ada, l), []gift.ListItem{card})
	}},
	{"a card hidden from somebody is no reason to refuse them its gift", func(t *testing.T, f *family) {
		g := must(f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{Name: "Kite"}))(t)
		must(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: f.list(t, f.ben, nil).ID, GiftID: &g.ID}))(t)
		held, free := f.list(t, f.ada, nil), f.list(t, f.ada, nil)
		hidden := must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: held.ID, GiftID: &g.ID, RecipientIDs: []gift.PersonID{*f.ben.PersonID}}))(t)
		for _, add := range []func(gift.ListID) error{
			func(l gift.ListID) error {
				return errOf(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: l, GiftID: &g.ID}))
			},
			func(l gift.ListID) error {
				return errOf(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l, GiftID: &g.ID}))
			},
		} {
			mustNot(t, add(held.ID))
			mustNot(t, add(free.ID))
			refused(t, add(held.ID), gift.EEXISTS, "gift_id")
			refused(t, add(free.ID), gift.EEXISTS, "gift_id")
			for _, l := range []gift.List{held, free} {
				mustNot(t, f.s.DeleteListItem(f.ctx, as(f.ben), f.board(t, f.ben, l)[0].ID))
			}
		}
		equal(t, f.board(t, f.ada, held), []gift.ListItem{hidden})
	}},
	{"two cards may hold one gift, which the list has once", func(t *testing.T, f *family) {
		l := f.list(t, f.ben, nil)
		open := f.item(t, f.ben, l, "Kite")
		other := f.list(t, f.ada, nil)
		mustNot(t, f.s.DeleteListItem(f.ctx, as(f.ben), open.ID))
		hidden := must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: other.ID, Gift: &gift.GiftInput{Name: "Ball"}}))(t)
		first := must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, GiftID: &hidden.GiftID, RecipientIDs: []gift.PersonID{*f.ben.PersonID}}))(t)
		second := must(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: l.ID, GiftID: &hidden.GiftID}))(t)
		equal(t, len(f.board(t, f.ada, l)), 2)
		equal(t, len(must(f.s.GiftsOfList(f.ctx, f.ada.ID, l.ID))(t).Value), 1)
		must(f.s.UpdateListItem(f.ctx, as(f.ada), first.ID, forPeople()))(t)
		equal(t, len(f.board(t, f.ben, l)), 2)
		mustNot(t, f.s.DeleteListItem(f.ctx, as(f.ben), second.ID))
		equal(t, len(must(f.s.GiftsOfList(f.ctx, f.ben.ID, l.ID))(t).Value), 1)
	}},
	{"who sees to a card sees it", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		card := f.cardFor(t, f.ada, l, "Kite", *f.ben.PersonID)
		_, err := f.s.UpdateListItem(f.ctx, as(f.ada), card.ID, gift.ListItemPatch{AssigneeID: gift.Set(&f.ben.ID)})
		refused(t, err, gift.EINVALID, "assignee_id")
		_, err = f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "x"},
			RecipientIDs: []gift.PersonID{*f.ben.PersonID}, AssigneeID: &f.ben.ID})
		refused(t, err, gift.EINVALID, "assignee_id")
		must(f.s.UpdateListItem(f.ctx, as(f.ada), card.ID, gift.ListItemPatch{AssigneeID: gift.Set(&f.cleo.ID)}))(t)
		_, err = f.s.UpdateListItem(f.ctx, as(f.ada), card.ID, forPeople(f.dan.ID, *f.cleo.PersonID))
		refused(t, err, gift.EINVALID, "recipient_ids[1]")
		both := forPeople(*f.cleo.PersonID)
		both.AssigneeID = gift.Set(&f.ben.ID)
		equal(t, must(f.s.UpdateListItem(f.ctx, as(f.ada), card.ID, both))(t).RecipientIDs, []gift.PersonID{*f.cleo.PersonID})
		equal(t, f.board(t, f.cleo, l), []gift.ListItem{})
	}},
	{"a person who is deleted is nobody's recipient", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		eve := f.person(t, "Eve")
		card := f.cardFor(t, f.ada, l, "Kite", eve, *f.ben.PersonID)
		mustNot(t, f.s.DeletePerson(f.ctx, as(f.cleo), eve))
		now := must(f.s.ListItem(f.ctx, f.ada.ID, card.ID))(t)
		equal(t, now.RecipientIDs, []gift.PersonID{*f.ben.PersonID})
		equal(t, now.Version, int64(2))
	}},
	{"a list about nobody in particular stays so", func(t *testing.T, f *family) {
		l := f.list(t, f.ben, nil)
		for range 2 { // with nothing on it, and with what its owner does not see
			_, err := f.s.UpdateList(f.ctx, as(f.ben), l.ID, gift.ListPatch{PersonID: gift.Set(&f.dan.ID)})
			refused(t, err, gift.EINVALID, "person_id")
			f.cardFor(t, f.ada, l, "Kite", *f.ben.PersonID)
		}
	}},
	{"the cards of a list follow whom it is about", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, f.ben.PersonID)
		card := f.item(t, f.ada, l, "Kite")
		must(f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{PersonID: gift.Set(&f.dan.ID)}))(t)
		equal(t, f.board(t, f.ben, l)[0].RecipientIDs, []gift.PersonID{f.dan.ID})
		must(f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{PersonID: gift.Set(f.ben.PersonID)}))(t)
		must(f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{PersonID: gift.Set[*gift.PersonID](nil)}))(t)
		equal(t, f.board(t, f.ben, l), []gift.ListItem{}) // about nobody, it is for him still
		equal(t, f.board(t, f.cleo, l)[0].ID, card.ID)
		f.item(t, f.ben, l, "Ball")
		equal(t, len(f.board(t, f.cleo, l)), 2)
	}},
	{"who joins finds nothing that is for them", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		f.cardFor(t, f.ada, l, "Kite", f.dan.ID)
		both := f.cardFor(t, f.ada, l, "Ball", f.dan.ID, *f.ben.PersonID)
		open := f.item(t, f.ada, l, "Drum")
		dan := f.joinAs(t, "Daniel", f.dan.ID)
		equal(t, f.board(t, dan, l), []gift.ListItem{open})
		equal(t, f.board(t, f.ben, l)[0].Gift.Name, "Kite")
		if f.sees(t, dan, both.GiftID) {
			t.Fatal("dan sees his present among the gifts")
		}
	}},
	{"a planner's link is checked, and never the wisher's to see", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		f.wish(t, f.ben, l, "Kite")
		item := f.board(t, f.ada, l)[0]
		_, err := f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, gift.ListItemPatch{Link: gift.Set("javascript:alert(1)")})
		refused(t, err, gift.EINVALID, "link")
		before := f.everything(t, f.ben)
		now := must(f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, gift.ListItemPatch{Link: gift.Set("https://example.org/kite")}))(t)
		equal(t, now.Link, "https://example.org/kite")
		equal(t, f.everything(t, f.ben), before)
		mustNot(t, f.s.DeleteWish(f.ctx, as(f.ben), f.wishes(t, f.ben, l)[0].ID))
		equal(t, len(f.board(t, f.ada, l)), 1) // they acted on it
	}},
}

// wishTheirs are the users who may change a gift that is wished for.
var wishTheirs = []test{
	{"a wish is its wisher's to change", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		w := f.wish(t, f.ben, l, "Kite")
		sale := gift.GiftPatch{SalePrice: gift.Set(euros(5))}
		_, err := f.s.UpdateGift(f.ctx, as(f.ada), w.GiftID, sale)
		if e := refused(t, err, gift.EFORBIDDEN, ""); !strings.Contains(e.Message, "card") {
			t.Fatalf("no word of where to note it: %s", e.Message)
		}
		must(f.s.UpdateGift(f.ctx, as(f.ada), w.GiftID, suits(*f.ben.PersonID)))(t)
		must(f.s.UpdateGift(f.ctx, as(f.ada), w.GiftID, gift.GiftPatch{Name: gift.Set("Kite")}))(t) // the same
		equal(t, must(f.s.UpdateGift(f.ctx, as(f.ben), w.GiftID, sale))(t).SalePrice, euros(5))
	}},
	{"two who wish for a gift may each change it", func(t *testing.T, f *family) {
		w := f.wish(t, f.ben, f.wishlist(t, f.ben), "Kite")
		must(f.s.CreateWish(f.ctx, as(f.cleo), gift.WishInput{ListID: f.wishlist(t, f.cleo).ID, GiftID: &w.GiftID}))(t)
		for _, u := range []gift.User{f.ben, f.cleo} {
			must(f.s.UpdateGift(f.ctx, as(u), w.GiftID, gift.GiftPatch{Name: gift.Set("by " + u.Name)}))(t)
		}
		_, err := f.s.UpdateGift(f.ctx, as(f.ada), w.GiftID, gift.GiftPatch{Name: gift.Set("x")})
		refused(t, err, gift.EFORBIDDEN, "")
	}},
	{"what nobody sees as a wish is its planners' to change", func(t *testing.T, f *family) {
		surprise := f.item(t, f.ada, f.wishlist(t, f.ben), "a surprise").GiftID
		child := f.wish(t, f.ada, f.list(t, f.ada, &f.dan.ID), "of a child").GiftID
		hidden := f.wish(t, f.ada, f.list(t, f.ada, f.ben.PersonID), "on a hidden list").GiftID
		shared := f.wish(t, f.ben, f.list(t, f.ada, nil), "on a shared list").GiftID
		for _, id := range []gift.GiftID{surprise, child, hidden, shared} {
			must(f.s.UpdateGift(f.ctx, as(f.cleo), id, gift.GiftPatch{Name: gift.Set("x")}))(t)
		}
	}},
	{"a wish that the writer does not see refuses nothing", func(t *testing.T, f *family) {
		gifts := [2]gift.GiftID{}
		for i := range gifts {
			gifts[i] = f.item(t, f.ben, f.list(t, f.ben, nil), "Kite").GiftID
		}
		private := must(f.s.CreateList(f.ctx, as(f.ben), gift.ListInput{Name: "Mine", Type: gift.ListWishlist, Visibility: gift.VisibilityPrivate}))(t)
		must(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: private.ID, GiftID: &gifts[0]}))(t)
		for _, id := range gifts {
			must(f.s.UpdateGift(f.ctx, as(f.cleo), id, gift.GiftPatch{Name: gift.Set("x")}))(t)
		}
	}},
	{"as many as a gift may suit, and one more unseen, stop nobody", func(t *testing.T, f *family) {
		people := []gift.PersonID{}
		for i := range gift.MaxGiftPeople {
			people = append(people, f.person(t, fmt.Sprint("Person ", i)))
		}
		g := f.item(t, f.cleo, f.list(t, f.cleo, nil), "Kite").Gift
		must(f.s.UpdateGift(f.ctx, as(f.cleo), g.ID, suits(*f.ben.PersonID)))(t)
		must(f.s.UpdateGift(f.ctx, as(f.ben), g.ID, suits(people...)))(t)
		whole := must(f.s.Gift(f.ctx, f.cleo.ID, g.ID))(t).Value
		equal(t, len(whole.PersonIDs), gift.MaxGiftPeople+1)
		back := suits(whole.PersonIDs...)
		back.Name = gift.Set("Red kite")
		must(f.s.UpdateGift(f.ctx, as(f.cleo), g.ID, back))(t)
		must(f.s.UpdateGift(f.ctx, as(f.ada), g.ID, gift.GiftPatch{Name: gift.Set("Blue kite")}))(t)
		_, err := f.s.UpdateGift(f.ctx, as(f.ada), g.ID, suits(append(whole.PersonIDs, f.dan.ID)...))
		refused(t, err, gift.EINVALID, "person_ids")
	}},
}
