package storetest

import (
	"strings"
	"testing"

	"github.com/familygifting/tidings/gift"
)

// inputTests show that every write validates; gift's own tests try every limit.
var inputTests = []test{
	{"bad input names the field and changes nothing", func(t *testing.T, f *family) {
		l := f.list(t, f.ada, nil)
		item := f.item(t, f.ada, l, "Kite")
		o := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Day", Type: "other", Date: "2099-01-01"}))(t)
		seen := f.everything(t, f.ada)
		bad := strings.Repeat("x", 10<<20)
		broke := &gift.Money{Amount: -1, Currency: "EUR"}
		for _, c := range []struct {
			field string
			err   error
		}{
			{"name", errOf(f.s.CreatePerson(f.ctx, as(f.ada), gift.PersonInput{Name: bad}))},
			{"birthdate", errOf(f.s.CreatePerson(f.ctx, as(f.ada), gift.PersonInput{Name: "x", Birthdate: new(gift.Date("2023-02-29"))}))},
			{"photo_url", errOf(f.s.UpdatePerson(f.ctx, as(f.ada), f.dan.ID, gift.PersonPatch{PhotoURL: gift.Set("javascript:alert(1)")}))},
			{"date", errOf(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "x", Type: "other", Date: "soon"}))},
			{"budget_total.amount", errOf(f.s.UpdateOccasion(f.ctx, as(f.ada), o.ID, gift.OccasionPatch{BudgetTotal: gift.Set(broke)}))},
			{"type", errOf(f.s.CreateList(f.ctx, as(f.ada), gift.ListInput{Name: "x", Type: "heap"}))},
			{"visibility", errOf(f.s.UpdateList(f.ctx, as(f.ada), l.ID, gift.ListPatch{Visibility: gift.Set(gift.Visibility("all"))}))},
			{"price.amount", errOf(f.s.CreateGift(f.ctx, as(f.ada), gift.GiftInput{Name: "x", Price: broke}))},
			{"quantity", errOf(f.s.UpdateGift(f.ctx, as(f.ada), item.GiftID, gift.GiftPatch{Quantity: gift.Set(0)}))},
			{"gift.name", errOf(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{}}))},
			{"gift_id", errOf(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID}))},
			{"gift", errOf(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, GiftID: &item.GiftID, Gift: &gift.GiftInput{Name: "x"}}))},
			{"gift_id", errOf(f.s.CreateWish(f.ctx, as(f.ada), gift.WishInput{ListID: l.ID}))},
			{"list_id", errOf(f.s.CreateWish(f.ctx, as(f.ada), gift.WishInput{ListID: "undefined", Gift: &gift.GiftInput{Name: "x"}}))},
			{"notes", errOf(f.s.UpdateListItem(f.ctx, as(f.ada), item.ID, gift.ListItemPatch{Notes: gift.Set(bad)}))},
			{"status", errOf(f.s.MoveListItem(f.ctx, as(f.ada), item.ID, gift.Move{Status: "lost", Version: 1}))},
			{"version", errOf(f.s.MoveListItem(f.ctx, as(f.ada), item.ID, gift.Move{Status: "idea"}))},
			{"limit", errOf(f.s.Gifts(f.ctx, f.ada.ID, gift.Page{Limit: gift.MaxPageSize + 1}))},
			{"limit", errOf(f.s.Persons(f.ctx, f.ada.ID, gift.Page{Limit: -1}))},
			{"cursor", errOf(f.s.Lists(f.ctx, f.ada.ID, gift.ListFilter{}, gift.Page{Cursor: "made up"}))},
			{"cursor", errOf(f.s.Occasions(f.ctx, f.ada.ID, gift.Page{Cursor: "bm8"}))},
			{"family_name", errOf(f.s.Setup(f.ctx, gift.Family{Name: " "}, account("Eve")))},
			{"email", errOf(f.s.Setup(f.ctx, gift.Family{Name: "x"}, gift.NewAccount{Name: "Eve", Email: "eve"}))},
		} {
			code := gift.EINVALID
			if c.field == "list_id" {
				code = gift.ENOTFOUND
			}
			refused(t, c.err, code, c.field)
		}
		equal(t, f.everything(t, f.ada), seen)
	}},
}
