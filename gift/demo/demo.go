package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/familygifting/tidings/gift"
)

// Login is an account of the sample family.
type Login struct {
	Name     string
	Email    string
	Password string
}

// The two accounts. Their lists hide something from each other.
var (
	clara = Login{Name: "Clara Bergmann", Email: "clara@example.org", Password: "gingerbread-house"}
	jonas = Login{Name: "Jonas Bergmann", Email: "jonas@example.org", Password: "candlelight-walk"}
)

// Logins are the accounts of the sample family.
func Logins() []Login { return []Login{clara, jonas} }

// inviteLasts is how long the invite exists by which the second account joins;
// it is used at once.
const inviteLasts = time.Hour

// Seed creates the sample family in an empty database and returns its logins.
// In a database that has a family it changes nothing and returns none. hash
// turns a password into what accounts store; now decides which Christmas and
// which birthday are next.
func Seed(ctx context.Context, service gift.Service, hash func(password string) string, now time.Time) ([]Login, error) {
	_, err := service.Family(ctx)
	if err == nil {
		return nil, nil
	}
	if gift.CodeOf(err) != gift.ENOTFOUND {
		return nil, fmt.Errorf("looking for a family: %w", err)
	}
	s := &seeder{ctx: ctx, service: service, now: now, people: map[string]gift.PersonID{}, users: map[string]gift.UserID{}}
	s.accounts(hash)
	s.persons()
	s.occasions()
	s.lists()
	if s.err != nil {
		return nil, fmt.Errorf("seeding the sample family: %w", s.err)
	}
	return []Login{clara, jonas}, nil
}

// seeder creates one thing after the other until the first error.
type seeder struct {
	ctx     context.Context
	service gift.Service
	now     time.Time
	err     error

	people    map[string]gift.PersonID
	users     map[string]gift.UserID
	christmas gift.OccasionID
	birthday  gift.OccasionID
}

// try runs a step unless an earlier one failed.
func try[T any](s *seeder, step func() (T, error)) T {
	var value T
	if s.err == nil {
		value, s.err = step()
	}
	return value
}

func (s *seeder) as(name string) gift.Call { return gift.Call{Actor: s.users[name]} }

// accounts sets the family up and lets the second account join by an invite.
func (s *seeder) accounts(hash func(string) string) {
	first := try(s, func() (gift.User, error) {
		return s.service.Setup(s.ctx, gift.Family{Name: "The Bergmanns", Currency: "EUR"}, account(clara, hash))
	})
	const token = "sample-family"
	try(s, func() (gift.Invite, error) {
		return s.service.CreateInvite(s.ctx, first.ID, token, nil, s.now.Add(inviteLasts))
	})
	second := try(s, func() (gift.User, error) {
		return s.service.AcceptInvite(s.ctx, token, account(jonas, hash), s.now)
	})
	for name, user := range map[string]gift.User{"Clara": first, "Jonas": second} {
		s.users[name] = user.ID
		if s.err == nil && user.PersonID == nil {
			s.err = errors.New("an account has no person")
		}
		if s.err == nil {
			s.people[name] = *user.PersonID
		}
	}
}

func account(l Login, hash func(string) string) gift.NewAccount {
	return gift.NewAccount{Name: l.Name, Email: l.Email, PasswordHash: hash(l.Password)}
}

// persons describes the two accounts' people and adds those without one.
func (s *seeder) persons() {
	s.describe("Jonas", "Clara", gift.PersonPatch{
		Relationship: gift.Set("mother"), Birthdate: gift.Set(new(gift.Date("1986-03-14"))),
		Interests: gift.Set([]string{"bouldering", "crime novels", "coffee"}), Sizes: gift.Set(map[string]string{"shoe": "39"}),
		Notes: gift.Set("Said she would love to throw a pot one day."), Color: gift.Set("#b4436c"),
	})
	s.describe("Clara", "Jonas", gift.PersonPatch{
		Relationship: gift.Set("father"), Birthdate: gift.Set(new(gift.Date("1984-09-02"))),
		Interests: gift.Set([]string{"bread baking", "cycling", "vinyl"}), Sizes: gift.Set(map[string]string{"shirt": "L"}),
		Notes: gift.Set("His rain jacket leaks at the shoulders."), Color: gift.Set("#1d6fa5"),
	})
	for _, p := range household {
		created := try(s, func() (gift.Person, error) { return s.service.CreatePerson(s.ctx, s.as("Clara"), p) })
		s.people[p.Name] = created.ID
	}
	// The birthday that is coming up: Mila turns nine in three weeks.
	birthdate := gift.Date(s.now.AddDate(-9, 0, daysToBirthday).Format(time.DateOnly))
	s.describe("Clara", "Mila", gift.PersonPatch{Birthdate: gift.Set(&birthdate)})
}

// daysToBirthday is how far away the birthday is.
const daysToBirthday = 21

func (s *seeder) describe(by, name string, patch gift.PersonPatch) {
	try(s, func() (gift.Person, error) {
		return s.service.UpdatePerson(s.ctx, s.as(by), s.people[name], patch)
	})
}

// occasions creates the next Christmas and the birthday.
func (s *seeder) occasions() {
	christmas := time.Date(s.now.Year(), time.December, 25, 0, 0, 0, 0, s.now.Location())
	if s.now.Format(time.DateOnly) > christmas.Format(time.DateOnly) {
		christmas = christmas.AddDate(1, 0, 0)
	}
	everyone := []gift.OccasionPerson{{PersonID: s.people["Clara"]}, {PersonID: s.people["Jonas"]}}
	for _, p := range household {
		everyone = append(everyone, gift.OccasionPerson{PersonID: s.people[p.Name]})
	}
	s.christmas = s.occasion(gift.OccasionInput{
		Name: "Christmas", Type: gift.OccasionHoliday, Date: day(christmas), RecurrenceRule: gift.RecurYearly,
		Description: "At home, with Grandma Edith and Grandpa Karl.", BudgetTotal: euros(600), People: everyone,
	})
	s.birthday = s.occasion(gift.OccasionInput{
		Name: "Mila's birthday", Type: gift.OccasionRecurring, Date: day(s.now.AddDate(0, 0, daysToBirthday)),
		Description: "Nine candles, and a treasure hunt in the garden.", BudgetTotal: euros(150),
		People: []gift.OccasionPerson{{PersonID: s.people["Mila"], Budget: euros(150)}},
	})
}

func (s *seeder) occasion(in gift.OccasionInput) gift.OccasionID {
	return try(s, func() (gift.Occasion, error) { return s.service.CreateOccasion(s.ctx, s.as("Clara"), in) }).ID
}

// lists creates every list with its gifts.
func (s *seeder) lists() {
	for _, l := range sampleLists {
		occasion := &s.christmas
		if l.birthday {
			occasion = &s.birthday
		}
		in := gift.ListInput{Name: l.name, Type: l.kind, Description: l.description, OccasionID: occasion}
		if about, one := s.people[l.about]; one {
			in.PersonID = &about
		}
		list := try(s, func() (gift.List, error) { return s.service.CreateList(s.ctx, s.as(l.owner), in) })
		for _, w := range l.wishes {
			try(s, func() (gift.Wish, error) {
				return s.service.CreateWish(s.ctx, s.as(l.owner), gift.WishInput{ListID: list.ID, Gift: &w})
			})
		}
		for _, c := range l.cards {
			s.card(l, list.ID, c)
		}
	}
}

// card adds an item as its planner does.
func (s *seeder) card(l sampleList, list gift.ListID, c card) {
	in := gift.ListItemInput{ListID: list, Gift: &c.gift, Status: c.status, Notes: c.notes, Price: c.paid}
	for _, name := range c.forWhom {
		in.RecipientIDs = append(in.RecipientIDs, s.people[name])
	}
	if assignee, ok := s.users[c.buyer]; ok {
		in.AssigneeID = &assignee
	}
	planner := l.owner
	if l.planner != "" {
		planner = l.planner
	}
	try(s, func() (gift.ListItem, error) { return s.service.CreateListItem(s.ctx, s.as(planner), in) })
}

func day(t time.Time) gift.Date { return gift.Date(t.Format(time.DateOnly)) }

func euros(n int64) *gift.Money { return cents(n * 100) }

func cents(n int64) *gift.Money { return &gift.Money{Amount: n, Currency: "EUR"} }
