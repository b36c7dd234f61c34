package storetest

import (
	"testing"

	"github.com/familygifting/tidings/gift"
)

var personTests = []test{
	{"a person is kept whole", func(t *testing.T, f *family) {
		born := gift.Date("2016-02-29")
		p := must(f.s.CreatePerson(f.ctx, as(f.ben), gift.PersonInput{
			Name: "Eve", Relationship: "daughter", Birthdate: &born, Notes: "likes <b>bold</b> & ümläuts",
			Interests: []string{"chess"}, Sizes: map[string]string{"shoe": "38"}, Constraints: []string{"nuts"},
			PhotoURL: "https://example.org/eve.jpg", Color: "#0a0b0c",
		}))(t)
		equal(t, p.Version, int64(1))
		equal(t, must(f.s.Person(f.ctx, f.cleo.ID, p.ID))(t), p)
	}},
	{"empty is not null, and a colour is given", func(t *testing.T, f *family) {
		p := must(f.s.Person(f.ctx, f.ada.ID, f.dan.ID))(t)
		equal(t, p, f.dan)
		if p.Interests == nil || p.Sizes == nil || p.Constraints == nil || p.Color == "" {
			t.Fatalf("got %s", text(t, p))
		}
	}},
	{"people come by name, in pages", func(t *testing.T, f *family) {
		must(f.s.CreatePerson(f.ctx, as(f.ada), gift.PersonInput{Name: "bea"}))(t)
		got := allOf(t, func(p gift.Page) (gift.PageOf[gift.Person], error) { return f.s.Persons(f.ctx, f.ben.ID, p) })
		equal(t, names(got, func(p gift.Person) string { return p.Name }), []string{"Ada", "bea", "Ben", "Cleo", "Dan"})
	}},
	{"a patch changes what it sets", func(t *testing.T, f *family) {
		born := gift.Date("2015-01-01")
		p := must(f.s.UpdatePerson(f.ctx, as(f.ben), f.dan.ID, gift.PersonPatch{Birthdate: gift.Set(&born), Version: gift.Set(int64(1))}))(t)
		equal(t, p.Version, int64(2))
		equal(t, p.Name, "Dan")
		equal(t, must(f.s.Person(f.ctx, f.ada.ID, f.dan.ID))(t), p)
		p = must(f.s.UpdatePerson(f.ctx, as(f.ben), f.dan.ID, gift.PersonPatch{Birthdate: gift.Set[*gift.Date](nil)}))(t)
		equal(t, p.Birthdate, (*gift.Date)(nil))
	}},
	{"a stale patch answers with the present", func(t *testing.T, f *family) {
		now := must(f.s.UpdatePerson(f.ctx, as(f.ben), f.dan.ID, gift.PersonPatch{Name: gift.Set("Daniel")}))(t)
		_, err := f.s.UpdatePerson(f.ctx, as(f.ada), f.dan.ID, gift.PersonPatch{Name: gift.Set("Danny"), Version: gift.Set(int64(1))})
		equal(t, refused(t, err, gift.ECONFLICT, "version").Current, any(now))
		equal(t, must(f.s.Person(f.ctx, f.ada.ID, f.dan.ID))(t), now)
	}},
	{"a person whom a list is about stays", func(t *testing.T, f *family) {
		hidden := must(f.s.CreateList(f.ctx, as(f.cleo), gift.ListInput{Name: "For Dan", Type: gift.ListIdeas, PersonID: &f.dan.ID, Visibility: gift.VisibilityPrivate}))(t)
		refused(t, f.s.DeletePerson(f.ctx, as(f.ben), f.dan.ID), gift.EFORBIDDEN, "")
		equal(t, must(f.s.List(f.ctx, f.cleo.ID, hidden.ID))(t), hidden)
		must(f.s.UpdateList(f.ctx, as(f.cleo), hidden.ID, gift.ListPatch{PersonID: gift.Set[*gift.PersonID](nil), HiddenFromPerson: gift.Set(false)}))(t)
		mustNot(t, f.s.DeletePerson(f.ctx, as(f.ben), f.dan.ID))
	}},
	{"a deleted person leaves occasions and gifts", func(t *testing.T, f *family) {
		o := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{
			Name: "Day", Type: gift.OccasionOther, Date: "2030-01-01",
			People: []gift.OccasionPerson{{PersonID: f.dan.ID}, {PersonID: *f.ben.PersonID}},
		}))(t)
		g := must(f.s.CreateGift(f.ctx, as(f.ada), gift.GiftInput{Name: "Drum", PersonIDs: []gift.PersonID{*f.ben.PersonID, f.dan.ID}}))(t)
		mustNot(t, f.s.DeletePerson(f.ctx, as(f.ben), f.dan.ID))
		_, err := f.s.Person(f.ctx, f.ada.ID, f.dan.ID)
		refused(t, err, gift.ENOTFOUND, "")
		equal(t, must(f.s.Occasion(f.ctx, f.ada.ID, o.ID))(t).People, []gift.OccasionPerson{{PersonID: *f.ben.PersonID}})
		equal(t, must(f.s.Gift(f.ctx, f.ada.ID, g.ID))(t).Value.PersonIDs, []gift.PersonID{*f.ben.PersonID})
	}},
	{"a person with an account stays", func(t *testing.T, f *family) {
		refused(t, f.s.DeletePerson(f.ctx, as(f.ada), *f.ben.PersonID), gift.EFORBIDDEN, "")
		refused(t, f.s.DeletePerson(f.ctx, as(f.ada), "unknown"), gift.ENOTFOUND, "")
	}},
}

var occasionTests = []test{
	{"an occasion is kept whole", func(t *testing.T, f *family) {
		o := must(f.s.CreateOccasion(f.ctx, as(f.ben), gift.OccasionInput{
			Name: "Christmas", Type: gift.OccasionHoliday, Date: "2099-12-25", Description: "at home",
			BudgetTotal: &gift.Money{Amount: 60000, Currency: "EUR"}, RecurrenceRule: gift.RecurYearly,
			People: []gift.OccasionPerson{{PersonID: f.dan.ID, Budget: &gift.Money{Amount: 5000, Currency: "EUR"}}, {PersonID: *f.ada.PersonID}},
		}))(t)
		equal(t, *o.NextOccurrence, gift.Date("2099-12-25"))
		equal(t, must(f.s.Occasion(f.ctx, f.cleo.ID, o.ID))(t), o)
	}},
	{"occasions come by their next day, in pages", func(t *testing.T, f *family) {
		for name, date := range map[string]gift.Date{"over": "2001-05-05", "long over": "2000-05-05", "far": "2099-01-01", "near": "2098-01-01"} {
			must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: name, Type: gift.OccasionOther, Date: date}))(t)
		}
		birthday := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "birthday", Type: gift.OccasionRecurring, Date: "2001-05-05"}))(t)
		equal(t, birthday.RecurrenceRule, gift.RecurYearly)
		got := allOf(t, func(p gift.Page) (gift.PageOf[gift.Occasion], error) { return f.s.Occasions(f.ctx, f.ada.ID, p) })
		equal(t, names(got, func(o gift.Occasion) string { return o.Name }), []string{"birthday", "near", "far", "long over", "over"})
	}},
	{"a patch replaces people and counts a version", func(t *testing.T, f *family) {
		o := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Day", Type: gift.OccasionOther, Date: "2099-01-01"}))(t)
		people := []gift.OccasionPerson{{PersonID: f.dan.ID}, {PersonID: *f.ben.PersonID}}
		o = must(f.s.UpdateOccasion(f.ctx, as(f.ben), o.ID, gift.OccasionPatch{People: gift.Set(people), Version: gift.Set(o.Version)}))(t)
		equal(t, o.People, people)
		equal(t, o.Version, int64(2))
		equal(t, must(f.s.Occasion(f.ctx, f.ada.ID, o.ID))(t), o)
		_, err := f.s.UpdateOccasion(f.ctx, as(f.ada), o.ID, gift.OccasionPatch{Name: gift.Set("x"), Version: gift.Set(int64(1))})
		equal(t, refused(t, err, gift.ECONFLICT, "version").Current, any(o))
		_, err = f.s.UpdateOccasion(f.ctx, as(f.ada), o.ID, gift.OccasionPatch{People: gift.Set([]gift.OccasionPerson{{PersonID: "unknown"}})})
		refused(t, err, gift.EINVALID, "people[0].person_id")
		equal(t, must(f.s.Occasion(f.ctx, f.ada.ID, o.ID))(t), o)
	}},
	{"a deleted occasion leaves its lists", func(t *testing.T, f *family) {
		o := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Day", Type: gift.OccasionOther, Date: "2099-01-01"}))(t)
		l := must(f.s.CreateList(f.ctx, as(f.ada), gift.ListInput{Name: "L", Type: gift.ListIdeas, OccasionID: &o.ID}))(t)
		mustNot(t, f.s.DeleteOccasion(f.ctx, as(f.ben), o.ID))
		left := must(f.s.List(f.ctx, f.ada.ID, l.ID))(t)
		equal(t, left.OccasionID, (*gift.OccasionID)(nil))
		equal(t, left.Version, int64(2))
		refused(t, f.s.DeleteOccasion(f.ctx, as(f.ben), o.ID), gift.ENOTFOUND, "")
	}},
}
