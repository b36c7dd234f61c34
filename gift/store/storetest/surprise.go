package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
)

// everything is all that an account can read, as it goes over the wire.
func (f *family) everything(t *testing.T, u gift.User) string {
	t.Helper()
	lists := allOf(t, func(p gift.Page) (gift.PageOf[gift.List], error) { return f.s.Lists(f.ctx, u.ID, gift.ListFilter{}, p) })
	seen := []any{
		lists,
		allOf(t, func(p gift.Page) (gift.PageOf[gift.Gift], error) { return f.s.Gifts(f.ctx, u.ID, p) }),
		allOf(t, func(p gift.Page) (gift.PageOf[gift.Person], error) { return f.s.Persons(f.ctx, u.ID, p) }),
		allOf(t, func(p gift.Page) (gift.PageOf[gift.Occasion], error) { return f.s.Occasions(f.ctx, u.ID, p) }),
		must(f.s.Users(f.ctx, u.ID))(t),
		must(f.s.Person(f.ctx, u.ID, *u.PersonID))(t),
	}
	for _, l := range lists {
		seen = append(seen, must(f.s.List(f.ctx, u.ID, l.ID))(t), must(f.s.Wishes(f.ctx, u.ID, l.ID))(t))
		if l.Access == gift.AccessPlanner {
			seen = append(seen, f.board(t, u, l), must(f.s.GiftsOfList(f.ctx, u.ID, l.ID))(t))
		}
	}
	return text(t, seen)
}

// secret is something that planners do and ben, whom it is about, may not notice.
type secret struct {
	name string
	do   func(t *testing.T, f *family, s *stage)
}

// stage is ben's wishlist, a list hidden from him, one for all with a card for
// him, and occasions for him.
type stage struct {
	wishes, hidden, shared gift.List
	// wished is a wish as planners see it, surprise what he does not know of.
	wished, surprise gift.ListItem
	// present is on the shared list, for him.
	present         gift.ListItem
	birthday, party gift.Occasion
}

func newStage(t *testing.T, f *family) *stage {
	t.Helper()
	s := &stage{wishes: f.wishlist(t, f.ben), hidden: f.list(t, f.ada, f.ben.PersonID), shared: f.list(t, f.ben, nil)}
	f.item(t, f.ben, s.shared, "Lamp")
	s.present = f.cardFor(t, f.ada, s.shared, "Boat", *f.ben.PersonID)
	f.wish(t, f.ben, s.wishes, "Kite")
	s.wished = f.board(t, f.ada, s.wishes)[0]
	s.surprise = f.item(t, f.ada, s.wishes, "Drum")
	everyone := []gift.OccasionPerson{{PersonID: *f.ben.PersonID, Budget: euros(50)}, {PersonID: f.dan.ID, Budget: euros(30)}}
	s.party = must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Party", Type: gift.OccasionOther, Date: "2099-01-01",
		BudgetTotal: euros(80), People: everyone}))(t)
	s.birthday = must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Birthday", Type: gift.OccasionOther, Date: "2099-01-01",
		BudgetTotal: euros(100), People: everyone[:1]}))(t)
	return s
}

var secrets = []secret{
	{"a surprise is added", func(t *testing.T, f *family, s *stage) { f.item(t, f.cleo, s.wishes, "Bell") }},
	{"a surprise is moved", func(t *testing.T, f *family, s *stage) {
		must(f.s.MoveListItem(f.ctx, as(f.cleo), s.surprise.ID, gift.Move{Status: gift.StatusPurchased, Version: 1}))(t)
	}},
	{"a surprise is edited", func(t *testing.T, f *family, s *stage) {
		must(f.s.UpdateGift(f.ctx, as(f.cleo), s.surprise.GiftID, gift.GiftPatch{Name: gift.Set("Big drum")}))(t)
	}},
	{"a surprise is removed", func(t *testing.T, f *family, s *stage) {
		mustNot(t, f.s.DeleteListItem(f.ctx, as(f.cleo), s.surprise.ID))
	}},
	{"a surprise's gift is deleted", func(t *testing.T, f *family, s *stage) {
		mustNot(t, f.s.DeleteGift(f.ctx, as(f.ada), s.surprise.GiftID))
	}},
	{"a wish is moved within its column", func(t *testing.T, f *family, s *stage) {
		must(f.s.MoveListItem(f.ctx, as(f.cleo), s.wished.ID, gift.Move{Status: gift.StatusIdea, Before: &s.surprise.ID, Version: 1}))(t)
	}},
	{"a wish is bought", func(t *testing.T, f *family, s *stage) {
		must(f.s.MoveListItem(f.ctx, as(f.cleo), s.wished.ID, gift.Move{Status: gift.StatusPurchased, Version: 1}))(t)
	}},
	{"a wish gets a buyer, notes and a price", func(t *testing.T, f *family, s *stage) {
		must(f.s.UpdateListItem(f.ctx, as(f.cleo), s.wished.ID, gift.ListItemPatch{AssigneeID: gift.Set(&f.cleo.ID), Notes: gift.Set("n"),
			Price: gift.Set(euros(1)), DiscountPrice: gift.Set(euros(1)), Quantity: gift.Set(2)}))(t)
	}},
	{"a wish's gift goes onto a hidden list", func(t *testing.T, f *family, s *stage) {
		must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: s.hidden.ID, GiftID: &s.wished.GiftID}))(t)
	}},
	{"a hidden list is filled, renamed and deleted", func(t *testing.T, f *family, s *stage) {
		f.item(t, f.cleo, s.hidden, "Trumpet")
		must(f.s.UpdateList(f.ctx, as(f.ada), s.hidden.ID, gift.ListPatch{Name: gift.Set("Secret")}))(t)
		mustNot(t, f.s.DeleteList(f.ctx, as(f.ada), s.hidden.ID))
	}},
	{"a list about him is created for an occasion", func(t *testing.T, f *family, s *stage) {
		must(f.s.CreateList(f.ctx, as(f.cleo), gift.ListInput{Name: "More", Type: gift.ListIdeas, PersonID: f.ben.PersonID, OccasionID: &s.birthday.ID}))(t)
	}},
	{"a card for him is added", func(t *testing.T, f *family, s *stage) {
		f.cardFor(t, f.cleo, s.shared, "Train", *f.ben.PersonID, f.dan.ID)
	}},
	{"a gift of his comes to be for him, too", func(t *testing.T, f *family, s *stage) {
		must(f.s.CreateListItem(f.ctx, as(f.cleo), gift.ListItemInput{ListID: s.shared.ID, GiftID: &s.wished.GiftID, RecipientIDs: []gift.PersonID{*f.ben.PersonID}}))(t)
	}},
	{"a card for him is moved", func(t *testing.T, f *family, s *stage) {
		must(f.s.MoveListItem(f.ctx, as(f.cleo), s.present.ID, gift.Move{Status: gift.StatusIdea, Before: &f.board(t, f.ben, s.shared)[0].ID, Version: 1}))(t)
		must(f.s.MoveListItem(f.ctx, as(f.cleo), s.present.ID, gift.Move{Status: gift.StatusPurchased, Version: 2}))(t)
	}},
	{"a card for him is seen to, and for another person, too", func(t *testing.T, f *family, s *stage) {
		patch := forPeople(f.dan.ID, *f.ben.PersonID)
		patch.AssigneeID, patch.Notes, patch.Link = gift.Set(&f.cleo.ID), gift.Set("n"), gift.Set("https://example.org")
		must(f.s.UpdateListItem(f.ctx, as(f.cleo), s.present.ID, patch))(t)
	}},
	{"a present's gift is edited", func(t *testing.T, f *family, s *stage) {
		must(f.s.UpdateGift(f.ctx, as(f.cleo), s.present.GiftID, gift.GiftPatch{Name: gift.Set("Big boat")}))(t)
	}},
	{"a present is removed", func(t *testing.T, f *family, s *stage) {
		mustNot(t, f.s.DeleteListItem(f.ctx, as(f.cleo), s.present.ID))
	}},
	{"a present's gift is deleted", func(t *testing.T, f *family, s *stage) {
		mustNot(t, f.s.DeleteGift(f.ctx, as(f.ada), s.present.GiftID))
	}},
	{"notes about him are written", func(t *testing.T, f *family, s *stage) {
		must(f.s.UpdatePerson(f.ctx, as(f.cleo), *f.ben.PersonID, gift.PersonPatch{Notes: gift.Set("wants a boat")}))(t)
	}},
	{"his wish would suit him and others", func(t *testing.T, f *family, s *stage) {
		must(f.s.UpdateGift(f.ctx, as(f.cleo), s.wished.GiftID, suits(*f.ben.PersonID, f.dan.ID)))(t)
		must(f.s.UpdateGift(f.ctx, as(f.cleo), s.wished.GiftID, suits(f.dan.ID)))(t)
		must(f.s.UpdateGift(f.ctx, as(f.cleo), s.wished.GiftID, suits()))(t)
		must(f.s.UpdateGift(f.ctx, as(f.cleo), s.wished.GiftID, suits(*f.ben.PersonID)))(t)
	}},
	{"his budget is changed", func(t *testing.T, f *family, s *stage) {
		must(f.s.UpdateOccasion(f.ctx, as(f.cleo), s.party.ID, gift.OccasionPatch{People: gift.Set([]gift.OccasionPerson{
			{PersonID: *f.ben.PersonID, Budget: euros(70)}, {PersonID: f.dan.ID, Budget: euros(30)},
		})}))(t)
	}},
	{"his budget is changed, and the total with it", func(t *testing.T, f *family, s *stage) {
		must(f.s.UpdateOccasion(f.ctx, as(f.cleo), s.party.ID, gift.OccasionPatch{BudgetTotal: gift.Set(euros(100)), People: gift.Set([]gift.OccasionPerson{
			{PersonID: *f.ben.PersonID, Budget: euros(70)}, {PersonID: f.dan.ID, Budget: euros(30)},
		})}))(t)
	}},
	{"the budget of his birthday is changed", func(t *testing.T, f *family, s *stage) {
		must(f.s.UpdateOccasion(f.ctx, as(f.cleo), s.birthday.ID, gift.OccasionPatch{BudgetTotal: gift.Set(euros(500))}))(t)
	}},
}

var surpriseTests = append([]test{
	{"adding what planners hold as a surprise tells nothing", func(t *testing.T, f *family) {
		held, free := f.wishlist(t, f.ben), f.wishlist(t, f.ben)
		g := must(f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{Name: "Kite"}))(t)
		onBoard := f.list(t, f.ben, nil)
		must(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: onBoard.ID, GiftID: &g.ID}))(t)
		item := must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: held.ID, GiftID: &g.ID}))(t)
		older := f.wish(t, f.ben, held, "older wish")
		wishes := [2]gift.Wish{}
		for i, l := range []gift.List{held, free} {
			wishes[i] = must(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l.ID, GiftID: &g.ID}))(t)
		}
		if wishes[0].ID == item.ID || wishes[0].CreatedAt.Before(older.CreatedAt) {
			t.Fatalf("the wish gives away that it was there: %s", text(t, wishes[0]))
		}
		equal(t, wishes[0].Gift, wishes[1].Gift)
		equal(t, f.wishes(t, f.ben, held), []gift.Wish{older, wishes[0]})
		if got := must(f.s.ListItem(f.ctx, f.ada.ID, item.ID))(t); got.Surprise || got.Version != 2 {
			t.Fatalf("planners have %s", text(t, got))
		}
	}},
	{"taking a wish back tells nothing", func(t *testing.T, f *family) {
		for _, acted := range []bool{false, true} {
			l := f.wishlist(t, f.ben)
			w := f.wish(t, f.ben, l, "Kite")
			if acted {
				must(f.s.UpdateListItem(f.ctx, as(f.ada), f.board(t, f.ada, l)[0].ID, gift.ListItemPatch{Notes: gift.Set("bought it")}))(t)
			}
			mustNot(t, f.s.DeleteWish(f.ctx, as(f.ben), w.ID))
			refused(t, f.s.DeleteWish(f.ctx, as(f.ben), w.ID), gift.ENOTFOUND, "")
			again := must(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l.ID, GiftID: &w.GiftID}))(t)
			if again.ID == w.ID || !again.CreatedAt.After(w.CreatedAt) {
				t.Fatalf("acted on %v: wished again it is %s, it was %s", acted, text(t, again), text(t, w))
			}
		}
	}},
	{"a surprise that became a wish stays with planners when it is taken back", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		g := must(f.s.CreateGift(f.ctx, as(f.ben), gift.GiftInput{Name: "Kite"}))(t)
		onBoard := f.list(t, f.ben, nil)
		must(f.s.CreateListItem(f.ctx, as(f.ben), gift.ListItemInput{ListID: onBoard.ID, GiftID: &g.ID}))(t)
		must(f.s.CreateListItem(f.ctx, as(f.ada), gift.ListItemInput{ListID: l.ID, GiftID: &g.ID}))(t)
		w := must(f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l.ID, GiftID: &g.ID}))(t)
		mustNot(t, f.s.DeleteWish(f.ctx, as(f.ben), w.ID))
		if got := f.board(t, f.ada, l); len(got) != 1 || !got[0].Surprise {
			t.Fatalf("planners lost what they had: %s", text(t, got))
		}
	}},
	{"a wisher does not come to be a planner of their own list", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		f.item(t, f.ada, l, "Surprise")
		for _, person := range []*gift.PersonID{nil, f.ada.PersonID, &f.dan.ID} {
			_, err := f.s.UpdateList(f.ctx, as(f.ben), l.ID, gift.ListPatch{PersonID: gift.Set(person)})
			refused(t, err, gift.EFORBIDDEN, "person_id")
		}
		equal(t, must(f.s.List(f.ctx, f.ben.ID, l.ID))(t), l)
	}},
	{"a surprise's gift does not exist for its wisher", func(t *testing.T, f *family) {
		l := f.wishlist(t, f.ben)
		item := f.item(t, f.ada, l, "Surprise")
		unknown := gift.GiftID("unknown")
		_, hidden := f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l.ID, GiftID: &item.GiftID})
		_, missing := f.s.CreateWish(f.ctx, as(f.ben), gift.WishInput{ListID: l.ID, GiftID: &unknown})
		refused(t, hidden, gift.EINVALID, "gift_id")
		equal(t, hidden, missing)
		refused(t, f.s.DeleteWish(f.ctx, as(f.ben), item.ID), gift.ENOTFOUND, "")
	}},
	{"notes about oneself are neither read nor written", func(t *testing.T, f *family) {
		me := *f.ben.PersonID
		must(f.s.UpdatePerson(f.ctx, as(f.ada), me, gift.PersonPatch{Notes: gift.Set("secret")}))(t)
		seen := must(f.s.Person(f.ctx, f.ben.ID, me))(t)
		equal(t, seen.Notes, "")
		_, err := f.s.UpdatePerson(f.ctx, as(f.ben), me, gift.PersonPatch{Notes: gift.Set("mine")})
		refused(t, err, gift.EFORBIDDEN, "notes")
		// What was read may come back: it loses nothing, and is no conflict.
		must(f.s.UpdatePerson(f.ctx, as(f.ben), me, gift.PersonPatch{Name: gift.Set("Benjamin"), Notes: gift.Set(""), Version: gift.Set(seen.Version)}))(t)
		equal(t, must(f.s.Person(f.ctx, f.ada.ID, me))(t).Notes, "secret")
		_, err = f.s.UpdatePerson(f.ctx, as(f.ben), me, gift.PersonPatch{Name: gift.Set("B"), Version: gift.Set(seen.Version)})
		equal(t, refused(t, err, gift.ECONFLICT, "version").Current, any(must(f.s.Person(f.ctx, f.ben.ID, me))(t)))
	}},
	{"a budget for oneself is neither read nor written", func(t *testing.T, f *family) {
		s := newStage(t, f)
		party, birthday := must(f.s.Occasion(f.ctx, f.ben.ID, s.party.ID))(t), must(f.s.Occasion(f.ctx, f.ben.ID, s.birthday.ID))(t)
		equal(t, party.People[0].Budget, (*gift.Money)(nil))
		equal(t, party.People[1].Budget, euros(30))
		equal(t, party.BudgetTotal, (*gift.Money)(nil)) // it would be 30 more than what is his
		equal(t, birthday.BudgetTotal, (*gift.Money)(nil))
		equal(t, must(f.s.Occasion(f.ctx, f.ada.ID, s.party.ID))(t).BudgetTotal, euros(80))
		mine := []gift.OccasionPerson{{PersonID: *f.ben.PersonID, Budget: euros(1000)}, {PersonID: f.dan.ID}}
		_, err := f.s.UpdateOccasion(f.ctx, as(f.ben), s.party.ID, gift.OccasionPatch{People: gift.Set(mine)})
		refused(t, err, gift.EFORBIDDEN, "people[0].budget")
		for _, o := range []gift.Occasion{party, birthday} {
			_, err = f.s.UpdateOccasion(f.ctx, as(f.ben), o.ID, gift.OccasionPatch{BudgetTotal: gift.Set(euros(1))})
			refused(t, err, gift.EFORBIDDEN, "budget_total")
			_, err = f.s.UpdateOccasion(f.ctx, as(f.ben), o.ID, gift.OccasionPatch{People: gift.Set(o.People[1:])})
			refused(t, err, gift.EFORBIDDEN, "people")
		}
		must(f.s.UpdateOccasion(f.ctx, as(f.ben), s.party.ID, gift.OccasionPatch{People: gift.Set(party.People),
			BudgetTotal: gift.Set(party.BudgetTotal), Version: gift.Set(party.Version)}))(t)
		must(f.s.UpdateOccasion(f.ctx, as(f.ben), s.birthday.ID, gift.OccasionPatch{Name: gift.Set("My day"),
			BudgetTotal: gift.Set(birthday.BudgetTotal), People: gift.Set(birthday.People), Version: gift.Set(birthday.Version)}))(t)
		kept := must(f.s.Occasion(f.ctx, f.ada.ID, s.party.ID))(t)
		equal(t, kept.People, s.party.People)
		equal(t, kept.BudgetTotal, s.party.BudgetTotal)
		equal(t, must(f.s.Occasion(f.ctx, f.ada.ID, s.birthday.ID))(t).BudgetTotal, s.birthday.BudgetTotal)
	}},
	{"a total is shown where nobody else has a budget, whatever the reader has", func(t *testing.T, f *family) {
		s := newStage(t, f)
		for _, own := range []*gift.Money{nil, euros(50)} {
			for _, c := range []struct {
				dan  *gift.Money
				want *gift.Money
			}{{nil, euros(80)}, {euros(30), nil}} {
				people := []gift.OccasionPerson{{PersonID: *f.ben.PersonID, Budget: own}, {PersonID: f.dan.ID, Budget: c.dan}}
				must(f.s.UpdateOccasion(f.ctx, as(f.ada), s.party.ID, gift.OccasionPatch{People: gift.Set(people)}))(t)
				equal(t, must(f.s.Occasion(f.ctx, f.ben.ID, s.party.ID))(t).BudgetTotal, c.want)
				equal(t, must(f.s.Occasion(f.ctx, f.ada.ID, s.party.ID))(t).BudgetTotal, euros(80))
			}
		}
	}},
	{"no answer about an occasion depends on a budget for who asks", func(t *testing.T, f *family) {
		me, dan := *f.ben.PersonID, f.dan.ID
		patches := map[string]gift.OccasionPatch{
			"a name":              {Name: gift.Set("Feast")},
			"a total":             {BudgetTotal: gift.Set(euros(70))},
			"the very total":      {BudgetTotal: gift.Set(euros(80))},
			"no total":            {BudgetTotal: gift.Set[*gift.Money](nil)},
			"leaving":             {People: gift.Set([]gift.OccasionPerson{{PersonID: dan}})},
			"leaving with budget": {People: gift.Set([]gift.OccasionPerson{{PersonID: dan, Budget: euros(30)}})},
			"being alone":         {People: gift.Set([]gift.OccasionPerson{{PersonID: me}})},
			"another's budget":    {People: gift.Set([]gift.OccasionPerson{{PersonID: me}, {PersonID: dan, Budget: euros(10)}})},
			"another's no budget": {People: gift.Set([]gift.OccasionPerson{{PersonID: me}, {PersonID: dan}})},
			"a third":             {People: gift.Set([]gift.OccasionPerson{{PersonID: me}, {PersonID: dan, Budget: euros(30)}, {PersonID: *f.cleo.PersonID}})},
			"his own budget":      {People: gift.Set([]gift.OccasionPerson{{PersonID: me, Budget: euros(50)}, {PersonID: dan, Budget: euros(30)}})},
		}
		for name, patch := range patches {
			for _, guests := range [][]gift.OccasionPerson{{{PersonID: me}}, {{PersonID: me}, {PersonID: dan}}, {{PersonID: me}, {PersonID: dan, Budget: euros(30)}}} {
				var answers [2]string
				for i, own := range []*gift.Money{nil, euros(50)} {
					people := slices.Clone(guests)
					people[0].Budget = own
					o := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Party", Type: gift.OccasionOther, Date: "2099-01-01",
						BudgetTotal: euros(80), People: people}))(t)
					written, err := f.s.UpdateOccasion(f.ctx, as(f.ben), o.ID, patch)
					read := must(f.s.Occasion(f.ctx, f.ben.ID, o.ID))(t)
					answers[i] = text(t, []any{timeless(written), timeless(read), fmt.Sprint(err)})
				}
				if answers[0] != answers[1] {
					t.Errorf("%s, with %d guests: without a budget for him %s, and with one %s", name, len(guests), answers[0], answers[1])
				}
			}
		}
	}},
	{"nobody deletes a person to see a total", func(t *testing.T, f *family) {
		for _, own := range []*gift.Money{nil, euros(50)} {
			eve := f.person(t, "Eve")
			o := must(f.s.CreateOccasion(f.ctx, as(f.ada), gift.OccasionInput{Name: "Party", Type: gift.OccasionOther, Date: "2099-01-01",
				BudgetTotal: euros(80), People: []gift.OccasionPerson{{PersonID: *f.ben.PersonID, Budget: own}, {PersonID: eve, Budget: euros(30)}, {PersonID: f.dan.ID}}}))(t)
			refused(t, f.s.DeletePerson(f.ctx, as(f.ben), eve), gift.EFORBIDDEN, "")
			mustNot(t, f.s.DeletePerson(f.ctx, as(f.cleo), eve))
			mustNot(t, f.s.DeleteOccasion(f.ctx, as(f.ada), o.ID))
		}
	}},
	{"who leaves an occasion does not learn how often their budget was changed", func(t *testing.T, f *family) {
		s := newStage(t, f)
		me := f.ben.PersonID
		before := must(f.s.Occasion(f.ctx, f.ben.ID, s.party.ID))(t)
		for i := range int64(3) {
			must(f.s.UpdateOccasion(f.ctx, as(f.cleo), s.party.ID, gift.OccasionPatch{People: gift.Set([]gift.OccasionPerson{
				{PersonID: *me, Budget: euros(60 + i)}, {PersonID: f.dan.ID, Budget: euros(30)},
			})}))(t)
		}
		steps := []gift.OccasionPatch{
			{People: gift.Set([]gift.OccasionPerson{{PersonID: f.dan.ID, Budget: euros(30)}})},
			{Name: gift.Set("Without him")},
			{People: gift.Set([]gift.OccasionPerson{{PersonID: f.dan.ID}, {PersonID: *me, Budget: euros(5)}})},
			{Name: gift.Set("With him again")},
		}
		for i, step := range steps {
			must(f.s.UpdateOccasion(f.ctx, as(f.cleo), s.party.ID, step))(t)
			seen := must(f.s.Occasion(f.ctx, f.ben.ID, s.party.ID))(t)
			if seen.Version != before.Version+1 {
				t.Errorf("step %d: version %d follows %d", i, seen.Version, before.Version)
			}
			before = seen
		}
		_, err := f.s.UpdateOccasion(f.ctx, as(f.ben), s.party.ID, gift.OccasionPatch{Name: gift.Set("Mine"), Version: gift.Set(before.Version)})
		mustNot(t, err)
	}},
	{"what is not secret is noticed", func(t *testing.T, f *family) { // or the tests of secrets could not fail
		s := newStage(t, f)
		seen := f.everything(t, f.ben)
		for _, do := range []func(){
			func() { f.wish(t, f.ada, s.wishes, "Another") },
			func() {
				must(f.s.UpdateGift(f.ctx, as(f.ben), s.wished.GiftID, gift.GiftPatch{Name: gift.Set("Red kite")}))(t)
			},
			func() {
				must(f.s.UpdatePerson(f.ctx, as(f.ada), *f.ben.PersonID, gift.PersonPatch{Name: gift.Set("Benjamin")}))(t)
			},
			func() {
				must(f.s.UpdateOccasion(f.ctx, as(f.ada), s.party.ID, gift.OccasionPatch{Name: gift.Set("Feast")}))(t)
			},
			func() {
				must(f.s.UpdateListItem(f.ctx, as(f.ada), s.surprise.ID, gift.ListItemPatch{Surprise: gift.Set(false)}))(t)
			},
			func() { must(f.s.UpdateListItem(f.ctx, as(f.ada), s.present.ID, forPeople(f.dan.ID)))(t) },
			func() { must(f.s.UpdateListItem(f.ctx, as(f.ada), s.present.ID, forPeople(*f.ben.PersonID)))(t) },
		} {
			before := seen
			do()
			if seen = f.everything(t, f.ben); seen == before {
				t.Fatal("ben does not notice what he may see")
			}
		}
	}},
}, secretTests()...)

// timeless is an occasion without what is new each time.
func timeless(o gift.Occasion) gift.Occasion {
	o.ID, o.CreatedAt, o.UpdatedAt = "", time.Time{}, time.Time{}
	return o
}

// secretTests compare all that ben can read before and after each secret, byte
// by byte: counts, order, versions and times among it.
func secretTests() []test {
	tests := make([]test, 0, len(secrets)+1)
	for _, secret := range secrets {
		tests = append(tests, test{"unnoticed: " + secret.name, func(t *testing.T, f *family) {
			s := newStage(t, f)
			before := f.everything(t, f.ben)
			secret.do(t, f, s)
			equal(t, f.everything(t, f.ben), before)
		}})
	}
	return append(tests, test{"unnoticed: a year of secrets", func(t *testing.T, f *family) {
		s := newStage(t, f)
		before := f.everything(t, f.ben)
		for _, name := range []string{"a surprise is added", "a wish gets a buyer, notes and a price", "notes about him are written",
			"his budget is changed", "notes about him are written", "his budget is changed", "a surprise is edited", "a surprise is moved"} {
			at := slices.IndexFunc(secrets, func(s secret) bool { return s.name == name })
			secrets[at].do(t, f, s)
		}
		equal(t, f.everything(t, f.ben), before)
	}})
}
