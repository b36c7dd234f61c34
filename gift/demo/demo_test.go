package demo_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/demo"
	"github.com/familygifting/tidings/gift/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func hash(password string) string { return "hash of " + password }

func open(t *testing.T, now time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gifts.db"), store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// seeded is a sample family, with the ids of its two accounts.
func seeded(t *testing.T, now time.Time) (s *store.Store, clara, jonas gift.UserID) {
	t.Helper()
	s = open(t, now)
	logins, err := demo.Seed(t.Context(), s, hash, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(logins) != 2 {
		t.Fatalf("got %d logins", len(logins))
	}
	var users [2]gift.UserID
	for i, login := range logins {
		c, err := s.Credentials(t.Context(), login.Email)
		if err != nil || c.PasswordHash != hash(login.Password) {
			t.Fatalf("%s cannot log in: %v", login.Email, err)
		}
		users[i] = c.User
	}
	return s, users[0], users[1]
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// TestSeed: the family is as lived in as a newcomer should find it.
func TestSeed(t *testing.T) {
	s, clara, jonas := seeded(t, noon)
	people, err := s.Persons(t.Context(), clara, gift.Page{})
	if err != nil || len(people.Items) < 6 {
		t.Fatalf("%d people, %v", len(people.Items), err)
	}
	seen := map[gift.ListID]bool{}
	gifts, assigned, columns := 0, 0, map[gift.Status]int{}
	for _, user := range []gift.UserID{clara, jonas} {
		lists, err := s.Lists(t.Context(), user, gift.ListFilter{}, gift.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lists.Items {
			if seen[l.ID] || l.Access != gift.AccessPlanner {
				continue
			}
			seen[l.ID] = true
			board, err := s.ListItems(t.Context(), user, l.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range board.Value {
				gifts++
				columns[item.Status]++
				if item.AssigneeID != nil {
					assigned++
				}
			}
		}
	}
	if len(seen) < 4 || gifts < 14 || assigned < 4 || len(columns) != len(gift.Statuses) {
		t.Fatalf("%d lists, %d gifts, %d assigned, columns %v", len(seen), gifts, assigned, columns)
	}
}

// TestSeedChristmas: both accounts plan one board that looks like a family's, and
// it looks so without any network.
func TestSeedChristmas(t *testing.T) {
	s, clara, jonas := seeded(t, noon)
	lists, err := s.Lists(t.Context(), jonas, gift.ListFilter{}, gift.Page{})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(lists.Items, func(l gift.List) bool { return l.Name == "Christmas presents" })
	if at < 0 {
		t.Fatalf("Jonas sees %v", lists.Items)
	}
	board, err := s.ListItems(t.Context(), clara, lists.Items[at].ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(board.Value) < 12 {
		t.Errorf("%d gifts", len(board.Value))
	}
	columns, buyers := map[gift.Status]int{}, map[gift.UserID]int{}
	for _, item := range board.Value {
		columns[item.Status]++
		if item.AssigneeID != nil {
			buyers[*item.AssigneeID]++
		}
		if !strings.HasPrefix(item.Gift.ImageURL, "data:image/") || item.Gift.Price == nil {
			t.Errorf("%s costs %v and looks like %q", item.Gift.Name, item.Gift.Price, item.Gift.ImageURL)
		}
		if item.Status != gift.StatusIdea && item.AssigneeID == nil {
			t.Errorf("%s is %s, by nobody", item.Gift.Name, item.Status)
		}
	}
	for _, status := range gift.Statuses {
		if columns[status] < 2 {
			t.Errorf("columns %v", columns)
		}
	}
	if buyers[clara] < 3 || buyers[jonas] < 3 {
		t.Errorf("buyers %v", buyers)
	}
}

// TestSeedHides: each of the two has something that the other may not see.
func TestSeedHides(t *testing.T) {
	s, clara, jonas := seeded(t, noon)
	names := func(user gift.UserID, access gift.Access) (names []string) {
		lists, err := s.Lists(t.Context(), user, gift.ListFilter{}, gift.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lists.Items {
			if l.Access == access {
				names = append(names, l.Name)
			}
		}
		return names
	}
	if slices.Contains(names(jonas, gift.AccessPlanner), "Surprise for Jonas") || !slices.Contains(names(clara, gift.AccessPlanner), "Surprise for Jonas") {
		t.Error("the list about Jonas is not hidden from him alone")
	}
	if !slices.Contains(names(clara, gift.AccessWisher), "Clara's wishlist") || !slices.Contains(names(jonas, gift.AccessPlanner), "Clara's wishlist") {
		t.Error("Clara's wishlist is not hers, with Jonas as its planner")
	}
}

// TestSeedSaysForWhom: a member who joins as Grandma Edith finds the Christmas board
// without her own presents.
// Guarantees: P5
func TestSeedSaysForWhom(t *testing.T) {
	s, clara, _ := seeded(t, noon)
	people, err := s.Persons(t.Context(), clara, gift.Page{})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(people.Items, func(p gift.Person) bool { return p.Name == "Grandma Edith" })
	edith := people.Items[at]
	preview, err := s.InvitePreview(t.Context(), clara, edith.ID)
	if err != nil || preview.HiddenCards.Count < 4 {
		t.Fatalf("%d cards are hidden from her, %v", preview.HiddenCards.Count, err)
	}
	if _, err := s.CreateInvite(t.Context(), clara, "token", &edith.ID, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	user, err := s.AcceptInvite(t.Context(), "token", gift.NewAccount{Name: "Edith", Email: "edith@example.org"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	board := func(user gift.UserID) []gift.ListItem {
		items, err := s.ListItems(t.Context(), user, preview.HiddenCards.Cards[0].ListID)
		if err != nil {
			t.Fatal(err)
		}
		return items.Value
	}
	hers, whole := board(user.ID), board(clara)
	if len(hers) != len(whole)-preview.HiddenCards.Count {
		t.Errorf("she sees %d of %d cards, though %d are for her", len(hers), len(whole), preview.HiddenCards.Count)
	}
	for _, item := range hers {
		if slices.Contains(item.RecipientIDs, edith.ID) {
			t.Errorf("she sees her own %s", item.Gift.Name)
		}
	}
}

// TestSeedDates: Christmas and the birthday lie ahead, whatever day it is.
func TestSeedDates(t *testing.T) {
	for now, christmas := range map[time.Time]gift.Date{
		noon: "2026-12-25",
		time.Date(2026, 12, 25, 23, 59, 0, 0, time.UTC): "2026-12-25",
		time.Date(2026, 12, 26, 0, 0, 0, 0, time.UTC):   "2027-12-25",
		time.Date(2028, 2, 29, 9, 0, 0, 0, time.UTC):    "2028-12-25",
	} {
		s, clara, _ := seeded(t, now)
		page, err := s.Occasions(t.Context(), clara, gift.Page{})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) != 2 {
			t.Fatalf("%d occasions", len(page.Items))
		}
		for _, o := range page.Items {
			if o.NextOccurrence == nil || o.Name == "Christmas" && *o.NextOccurrence != christmas {
				t.Errorf("on %s: %s is on %s, next %v", now, o.Name, o.Date, o.NextOccurrence)
			}
		}
	}
}

// TestSeedOnce: a database that has a family is left alone.
func TestSeedOnce(t *testing.T) {
	s, clara, _ := seeded(t, noon)
	before, err := s.Gifts(t.Context(), clara, gift.Page{})
	if err != nil {
		t.Fatal(err)
	}
	logins, err := demo.Seed(t.Context(), s, hash, noon)
	if err != nil || logins != nil {
		t.Fatalf("seeded again: %v, %v", logins, err)
	}
	after, err := s.Gifts(t.Context(), clara, gift.Page{})
	if err != nil || len(after.Items) != len(before.Items) {
		t.Fatalf("%d gifts, then %d: %v", len(before.Items), len(after.Items), err)
	}
}

// TestSeedFails: errors are returned, not hidden.
func TestSeedFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := demo.Seed(ctx, open(t, noon), hash, noon); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}
