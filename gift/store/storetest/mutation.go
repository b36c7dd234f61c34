package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/familygifting/tidings/gift"
)

// withID is a call under a mutation id.
func withID(u gift.User, id, hash string) gift.Call {
	return gift.Call{Actor: u.ID, MutationID: id, RequestHash: hash}
}

var mutationTests = []test{
	{"a mutation id takes effect once", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		in := gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "Kite"}}
		first := must(f.s.CreateListItem(f.ctx, withID(f.ada, "m1", "h"), in))(t)
		must(f.s.UpdateListItem(f.ctx, withID(f.ada, "m2", "h"), first.ID, gift.ListItemPatch{Notes: gift.Set("n")}))(t)
		equal(t, must(f.s.CreateListItem(f.ctx, withID(f.ada, "m1", "h"), in))(t), first)
		equal(t, len(f.board(t, f.ada, l)), 1)
		moved := must(f.s.MoveListItem(f.ctx, withID(f.ada, "m3", "h"), first.ID, gift.Move{Status: "selected", Version: 2}))(t)
		equal(t, must(f.s.MoveListItem(f.ctx, withID(f.ada, "m3", "h"), first.ID, gift.Move{Status: "selected", Version: 2}))(t), moved)
		for range 2 {
			mustNot(t, f.s.DeleteListItem(f.ctx, withID(f.ada, "m4", "h"), first.ID))
		}
	}},
	{"a patch that changes nothing changes nothing", func(t *testing.T, f *family) {
		born, one := gift.Date("2016-02-29"), gift.Set(int64(1))
		p := must(f.s.CreatePerson(f.ctx, as(f.ada), gift.PersonInput{Name: "Eve", Birthdate: &born, Sizes: map[string]string{"shoe": "38"}}))(t)
		o := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Day", Type: "other", Date: "2099-01-01",
			BudgetTotal: euros(80), People: []gift.OccasionPerson{{PersonID: p.ID, Budget: euros(5)}}}))(t)
		l := f.list(t, f.ada, &p.ID)
		i := f.item(t, f.ada, l, "Kite")
		seen := f.everything(t, f.ada)
		for _, err := range []error{
			errOf(f.s.UpdatePerson(f.ctx, as(f.ben), p.ID, gift.PersonPatch{})),
			errOf(f.s.UpdatePerson(f.ctx, as(f.ben), p.ID, gift.PersonPatch{Name: gift.Set("Eve"), Birthdate: gift.Set(new(born)), Sizes: gift.Set(p.Sizes), Version: one})),
			errOf(f.s.UpdateOccasion(f.ctx, as(f.ben), o.ID, gift.OccasionPatch{})),
			errOf(f.s.UpdateOccasion(f.ctx, as(f.ben), o.ID, gift.OccasionPatch{BudgetTotal: gift.Set(euros(80)), People: gift.Set(o.People), Version: one})),
			errOf(f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{})),
			errOf(f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{PersonID: gift.Set(new(p.ID)), HiddenFromPerson: gift.Set(true), Version: one})),
			errOf(f.s.UpdateGift(f.ctx, as(f.ben), i.GiftID, gift.GiftPatch{})),
			errOf(f.s.UpdateGift(f.ctx, as(f.ben), i.GiftID, gift.GiftPatch{Name: gift.Set("Kite"), AdditionalLinks: gift.Set[[]gift.Link](nil), Version: one})),
			errOf(f.s.UpdateListItem(f.ctx, as(f.ben), i.ID, gift.ListItemPatch{})),
			errOf(f.s.UpdateListItem(f.ctx, as(f.ben), i.ID, gift.ListItemPatch{Status: gift.Set(gift.StatusIdea), Quantity: gift.Set(1), Version: one})),
		} {
			mustNot(t, err)
		}
		equal(t, f.everything(t, f.ada), seen)
		_, err := f.s.UpdateListItem(f.ctx, as(f.ben), i.ID, gift.ListItemPatch{Quantity: gift.Set(1), Version: gift.Set(int64(9))})
		refused(t, err, gift.ECONFLICT, "version")
		for range 2 {
			equal(t, must(f.s.UpdateGift(f.ctx, withID(f.ben, "m", "h"), i.GiftID, gift.GiftPatch{}))(t), i.Gift)
		}
		_, err = f.s.UpdateGift(f.ctx, withID(f.ben, "m", "other"), i.GiftID, gift.GiftPatch{Name: gift.Set("x")})
		refused(t, err, gift.EMUTATION, "Mutation-Id")
	}},
	{"the same id for another request is refused", func(t *testing.T, f *family) {
		must(f.s.CreateGift(f.ctx, withID(f.ada, "m", "h1"), gift.GiftInput{Name: "Kite"}))(t)
		_, err := f.s.CreateGift(f.ctx, withID(f.ada, "m", "h2"), gift.GiftInput{Name: "Ball"})
		refused(t, err, gift.EMUTATION, "Mutation-Id")
		equal(t, len(must(f.s.Gifts(f.ctx, f.ada.ID, gift.Page{}))(t).Items), 1)
	}},
	{"an id belongs to its user", func(t *testing.T, f *family) {
		a := must(f.s.CreateGift(f.ctx, withID(f.ada, "m", "h"), gift.GiftInput{Name: "Kite"}))(t)
		b := must(f.s.CreateGift(f.ctx, withID(f.ben, "m", "h"), gift.GiftInput{Name: "Kite"}))(t)
		if a.ID == b.ID {
			t.Fatal("ben got ada's answer")
		}
	}},
	{"a failure leaves its id free", func(t *testing.T, f *family) {
		_, err := f.s.CreateGift(f.ctx, withID(f.ada, "m", "h"), gift.GiftInput{Name: ""})
		refused(t, err, gift.EINVALID, "name")
		must(f.s.CreateGift(f.ctx, withID(f.ada, "m", "h"), gift.GiftInput{Name: "Kite"}))(t)
	}},
	{"every kind of mutation repeats", func(t *testing.T, f *family) {
		n := 0
		next := func() gift.Call { n++; return withID(f.ada, fmt.Sprintf("m%d", n), "h") }
		call := next()
		p := must(f.s.CreatePerson(f.ctx, call, gift.PersonInput{Name: "Eve"}))(t)
		equal(t, must(f.s.CreatePerson(f.ctx, call, gift.PersonInput{Name: "Eve"}))(t), p)
		call = next()
		o := must(f.s.CreateOccasion(f.ctx, call, gift.OccasionInput{Name: "Day", Type: "other", Date: "2099-01-01"}))(t)
		equal(t, must(f.s.CreateOccasion(f.ctx, call, gift.OccasionInput{Name: "Day", Type: "other", Date: "2099-01-01"}))(t), o)
		call = next()
		l := must(f.s.CreateList(f.ctx, call, gift.ListInput{Name: "L", Type: "ideas"}))(t)
		equal(t, must(f.s.CreateList(f.ctx, call, gift.ListInput{Name: "L", Type: "ideas"}))(t), l)
		call = next()
		w := must(f.s.CreateWish(f.ctx, call, gift.WishInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "G"}}))(t)
		equal(t, must(f.s.CreateWish(f.ctx, call, gift.WishInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "G"}}))(t), w)
		for _, twice := range []func(gift.Call) error{
			func(c gift.Call) error { return f.s.DeleteWish(f.ctx, c, w.ID) },
			func(c gift.Call) error { return f.s.DeleteGift(f.ctx, c, w.GiftID) },
			func(c gift.Call) error { return f.s.DeleteList(f.ctx, c, l.ID) },
			func(c gift.Call) error { return f.s.DeleteOccasion(f.ctx, c, o.ID) },
			func(c gift.Call) error { return f.s.DeletePerson(f.ctx, c, p.ID) },
		} {
			call := next()
			mustNot(t, twice(call))
			mustNot(t, twice(call))
			refused(t, twice(next()), gift.ENOTFOUND, "")
		}
	}},
	{"repeats at the same time take effect once", func(t *testing.T, f *family) {
		ids := make([]gift.GiftID, 20)
		var callers sync.WaitGroup
		for i := range ids {
			callers.Go(func() {
				g, err := f.s.CreateGift(f.ctx, withID(f.ada, "m", "h"), gift.GiftInput{Name: "Kite"})
				if err != nil {
					t.Errorf("caller %d: %v", i, err)
				}
				ids[i] = g.ID
			})
		}
		callers.Wait()
		for _, id := range ids {
			equal(t, id, ids[0])
		}
	}},
	{"those who wait together fail alone", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		var callers sync.WaitGroup
		for i := range 40 {
			callers.Go(func() {
				name := ""
				if i%2 == 0 {
					name = "Gift"
				}
				ctx, cancel := context.WithCancel(f.ctx)
				if i%5 == 0 {
					cancel()
				}
				defer cancel()
				_, err := f.s.CreateListItem(ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: name}})
				switch {
				case i%5 == 0:
					if !errors.Is(err, context.Canceled) && (i%2 == 1) != (gift.CodeOf(err) == gift.EINVALID) {
						t.Errorf("caller %d gave up, and got %v", i, err)
					}
				case i%2 == 1 && gift.CodeOf(err) != gift.EINVALID:
					t.Errorf("caller %d sent an empty name, and got %v", i, err)
				case i%2 == 0 && err != nil:
					t.Errorf("caller %d: %v", i, err)
				}
			})
		}
		callers.Wait()
		// 20 had a name, 4 of these gave up: whether in time is up to chance.
		if got := len(f.board(t, f.ada, l)); got < 16 || got > 20 {
			t.Fatalf("the board has %d items", got)
		}
	}},
	{"a bad mutation id is refused", func(t *testing.T, f *family) {
		for _, id := range []string{"a b", "ü", strings.Repeat("x", gift.MaxMutationID+1), "a\x00"} {
			_, err := f.s.CreateGift(f.ctx, withID(f.ada, id, "h"), gift.GiftInput{Name: "Kite"})
			refused(t, err, gift.EINVALID, "Mutation-Id")
		}
		must(f.s.CreateGift(f.ctx, withID(f.ada, strings.Repeat("x", gift.MaxMutationID), "h"), gift.GiftInput{Name: "Kite"}))(t)
	}},
	{"an unknown actor changes nothing", func(t *testing.T, f *family) {
		_, err := f.s.CreateGift(f.ctx, gift.Call{Actor: "nobody"}, gift.GiftInput{Name: "Kite"})
		refused(t, err, gift.EUNAUTHORIZED, "")
		_, err = f.s.Lists(f.ctx, "nobody", gift.ListFilter{}, gift.Page{})
		refused(t, err, gift.EUNAUTHORIZED, "")
	}},
}
