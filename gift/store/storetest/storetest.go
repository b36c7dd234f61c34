// Package storetest is the suite that every implementation of [gift.Service]
// must pass. It speaks to the service alone, so that another database has to
// keep the same promises as the one before.
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/gift"
)

// Run tests a service. open returns a new, empty one and closes it by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) gift.Service) {
	for _, suite := range []struct {
		name  string
		tests []test
	}{
		{"Account", accountTests}, {"Login", loginTests}, {"Person", personTests}, {"Occasion", occasionTests},
		{"List", listTests}, {"Gift", giftTests}, {"Item", itemTests}, {"Move", moveTests}, {"Wish", wishTests},
		{"Surprise", surpriseTests}, {"Recipient", recipientTests}, {"Rank", rankTests}, {"Blind", blindTests(open)}, {"WishTheirs", wishTheirs}, {"Mutation", mutationTests}, {"Input", inputTests},
	} {
		t.Run(suite.name, func(t *testing.T) {
			for _, test := range suite.tests {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					test.run(t, newFamily(t, open(t)))
				})
			}
		})
	}
}

// test is one promise.
type test struct {
	name string
	run  func(t *testing.T, f *family)
}

// family is a service with three accounts and a child without one.
type family struct {
	ctx context.Context
	s   gift.Service
	// ada is an admin. ben and cleo are not.
	ada, ben, cleo gift.User
	dan            gift.Person
}

func newFamily(t *testing.T, s gift.Service) *family {
	f := &family{ctx: t.Context(), s: s}
	f.ada = must(s.Setup(f.ctx, gift.Family{Name: "The Byrons"}, account("Ada")))(t)
	f.ben, f.cleo = f.join(t, "Ben"), f.join(t, "Cleo")
	f.dan = must(s.CreatePerson(f.ctx, as(f.ada), gift.PersonInput{Name: "Dan"}))(t)
	return f
}

func account(name string) gift.NewAccount {
	return gift.NewAccount{Name: name, Email: name + "@example.org", PasswordHash: "hash of " + name}
}

// join adds an account by an invite.
func (f *family) join(t *testing.T, name string) gift.User {
	t.Helper()
	now := time.Now()
	must(f.s.CreateInvite(f.ctx, f.ada.ID, "invite of "+name, nil, now.Add(time.Hour)))(t)
	return must(f.s.AcceptInvite(f.ctx, "invite of "+name, account(name), now))(t)
}

func as(u gift.User) gift.Call { return gift.Call{Actor: u.ID} }

// must fails the test if there was an error.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%T: unexpected error: %v", value, err)
		}
		return value
	}
}

func mustNot(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

// refused checks the code of an error, and the field it blames.
func refused(t *testing.T, err error, code gift.ErrorCode, field string) *gift.Error {
	t.Helper()
	var e *gift.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want the code %s", err, code)
	}
	if e.Code != code || e.Field != field {
		t.Fatalf("got %s blaming %q (%s), want %s blaming %q", e.Code, e.Field, e.Message, code, field)
	}
	if e.Message == "" {
		t.Fatalf("%s has no message for people", code)
	}
	return e
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("unexpected (-want +got):\n%s", diff)
	}
}

// text is how a value goes over the wire.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	mustNot(t, err)
	return string(b)
}

// list creates a list of ideas about somebody, or about nobody.
func (f *family) list(t *testing.T, by gift.User, about *gift.PersonID) gift.List {
	t.Helper()
	return must(f.s.CreateList(f.ctx, as(by), gift.ListInput{Name: "Ideas", Type: gift.ListIdeas, PersonID: about}))(t)
}

// openList creates a list of ideas about somebody who may read its wishes.
func (f *family) openList(t *testing.T, by gift.User, about *gift.PersonID) gift.List {
	t.Helper()
	return must(f.s.CreateList(f.ctx, as(by), gift.ListInput{Name: "Ideas", Type: gift.ListIdeas, PersonID: about, HiddenFromPerson: new(false)}))(t)
}

// wishlist creates somebody's own wishlist.
func (f *family) wishlist(t *testing.T, by gift.User) gift.List {
	t.Helper()
	return must(f.s.CreateList(f.ctx, as(by), gift.ListInput{Name: "Wishes", Type: gift.ListWishlist}))(t)
}

// item puts a new gift on a list.
func (f *family) item(t *testing.T, by gift.User, list gift.List, name string) gift.ListItem {
	t.Helper()
	return must(f.s.CreateListItem(f.ctx, as(by), gift.ListItemInput{ListID: list.ID, Gift: &gift.GiftInput{Name: name}}))(t)
}

// wish wishes for a new gift.
func (f *family) wish(t *testing.T, by gift.User, list gift.List, name string) gift.Wish {
	t.Helper()
	return must(f.s.CreateWish(f.ctx, as(by), gift.WishInput{ListID: list.ID, Gift: &gift.GiftInput{Name: name}}))(t)
}

func (f *family) board(t *testing.T, by gift.User, list gift.List) []gift.ListItem {
	t.Helper()
	return must(f.s.ListItems(f.ctx, by.ID, list.ID))(t).Value
}

func (f *family) wishes(t *testing.T, by gift.User, list gift.List) []gift.Wish {
	t.Helper()
	return must(f.s.Wishes(f.ctx, by.ID, list.ID))(t).Value
}

// allOf pages through a collection, two at a time.
func allOf[T any](t *testing.T, read func(gift.Page) (gift.PageOf[T], error)) []T {
	t.Helper()
	items := []T{}
	page := gift.Page{Limit: 2}
	for {
		got := must(read(page))(t)
		items = append(items, got.Items...)
		if got.NextCursor == "" {
			return items
		}
		if len(got.Items) != page.Limit {
			t.Fatalf("a page of %d, and another behind it; want %d", len(got.Items), page.Limit)
		}
		page.Cursor = got.NextCursor
	}
}

func names[T any](items []T, name func(T) string) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = name(item)
	}
	return out
}
