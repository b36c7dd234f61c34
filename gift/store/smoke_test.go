package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "a b.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	u, err := s.Setup(ctx, gift.Family{Name: "F"}, gift.NewAccount{Name: "Ada", Email: " Ada@x.org", PasswordHash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	call := gift.Call{Actor: u.ID, MutationID: "m1"}
	l, err := s.CreateList(ctx, call, gift.ListInput{Name: "L", Type: gift.ListIdeas})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", l)
	call.MutationID = ""
	var items []gift.ListItem
	for range 3 {
		i, err := s.CreateListItem(ctx, call, gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "G"}})
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, i)
	}
	mv, err := s.MoveListItem(ctx, call, items[2].ID, gift.Move{Status: gift.StatusIdea, Before: &items[0].ID, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", mv)
	ii, err := s.ListItems(ctx, u.ID, l.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range ii.Value {
		t.Logf("%s %s", i.ID, i.Position)
	}
	if _, err := s.Persons(ctx, u.ID, gift.Page{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Gifts(ctx, u.ID, gift.Page{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lists(ctx, u.ID, gift.ListFilter{}, gift.Page{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Occasions(ctx, u.ID, gift.Page{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Users(ctx, u.ID); err != nil {
		t.Fatal(err)
	}
}
