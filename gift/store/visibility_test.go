package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
)

// listener is a hook that notes all changes.
type listener struct {
	mu      sync.Mutex
	changes []gift.Change
	scopes  []gift.Scope
}

func (l *listener) OnCommit(_ context.Context, _ store.Tx, changes []gift.Change) (func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changes = append(l.changes, changes...)
	return nil, nil
}

func (l *listener) Position(_ context.Context, _ store.Tx, scope gift.Scope) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.scopes = append(l.scopes, scope)
	return "", nil
}

func (l *listener) take() []gift.Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.changes
	l.changes = nil
	return taken
}

// household is a store with three accounts, a child, and a listener.
type household struct {
	*store.Store
	t              *testing.T
	heard          *listener
	ada, ben, cleo gift.User
	dan            gift.PersonID
	names          map[gift.UserID]string
}

func newHousehold(t *testing.T) *household {
	t.Helper()
	heard := &listener{}
	h := &household{Store: open(t, store.Options{Hook: heard}), t: t, heard: heard, names: map[gift.UserID]string{}}
	h.ada = setup(t, h.Store)
	h.names[h.ada.ID] = "ada"
	h.ben, h.cleo = h.join("ben", nil), h.join("cleo", nil)
	p, err := h.CreatePerson(t.Context(), as(h.ada), gift.PersonInput{Name: "Dan"})
	h.check(err)
	h.dan = p.ID
	heard.take()
	return h
}

func (h *household) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func as(u gift.User) gift.Call { return gift.Call{Actor: u.ID} }

func (h *household) join(name string, person *gift.PersonID) gift.User {
	h.t.Helper()
	now := time.Now()
	_, err := h.CreateInvite(h.t.Context(), h.ada.ID, name, person, now.Add(time.Hour))
	h.check(err)
	u, err := h.AcceptInvite(h.t.Context(), name, gift.NewAccount{Name: name, Email: name + "@example.org"}, now)
	h.check(err)
	h.names[u.ID] = name
	return u
}

func (h *household) list(by gift.User, in gift.ListInput) gift.ListID {
	h.t.Helper()
	in.Name = "List"
	l, err := h.CreateList(h.t.Context(), as(by), in)
	h.check(err)
	return l.ID
}

func (h *household) card(by gift.User, in gift.ListItemInput) gift.ListItem {
	h.t.Helper()
	if in.GiftID == nil {
		in.Gift = &gift.GiftInput{Name: "Kite"}
	}
	i, err := h.CreateListItem(h.t.Context(), as(by), in)
	h.check(err)
	return i
}

func (h *household) users(ids []gift.UserID) string {
	var names []string
	for _, id := range ids {
		names = append(names, h.names[id])
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// said are the changes since it was called last, each in a line: its kind, and the
// accounts that saw its subject before and see it now.
func (h *household) said() []string {
	var lines []string
	for _, c := range h.heard.take() {
		line := string(c.Kind) + ":"
		if i := c.Item; i != nil && i.Shared {
			line += fmt.Sprintf(" [%s] [%s]", h.users(i.SeenBefore), h.users(i.SeenAfter))
			if i.Elsewhere != nil {
				line += fmt.Sprintf(" elsewhere [%s]", h.users(i.Elsewhere))
			}
		}
		if g := c.Gift; g != nil {
			line += fmt.Sprintf(" [%s] [%s]", h.users(g.SeenBefore), h.users(g.SeenAfter))
		}
		if l := c.List; l != nil {
			line += fmt.Sprintf(" %v [%s] [%s], %v [%s] [%s]", l.SharedBefore, h.users(l.PlannersBefore), h.users(l.ReadersBefore),
				l.SharedAfter, h.users(l.PlannersAfter), h.users(l.ReadersAfter))
		}
		lines = append(lines, line)
	}
	return lines
}

func (h *household) heardOnly(what string, want ...string) {
	h.t.Helper()
	if got := h.said(); !slices.Equal(got, want) {
		h.t.Errorf("%s: got\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestChangesSayWhoSeesACard(t *testing.T) {
	h := newHousehold(t)
	ctx, shared := t.Context(), h.list(h.ada, gift.ListInput{Type: gift.ListIdeas})
	card := h.card(h.ada, gift.ListItemInput{ListID: shared})
	h.heardOnly("a card for nobody", "gift_created: [] [ada]", "item_created: [] [ada ben cleo]", "gift_sight_changed: [ada] [ada ben cleo]")
	hidden := h.card(h.ben, gift.ListItemInput{ListID: shared, RecipientIDs: []gift.PersonID{*h.cleo.PersonID}})
	h.heardOnly("a card for cleo", "gift_created: [] [ben]", "item_created: [] [ada ben]", "gift_sight_changed: [ben] [ada ben]")
	_, err := h.MoveListItem(ctx, as(h.ada), hidden.ID, gift.Move{Status: gift.StatusSelected, Version: 1})
	h.check(err)
	h.heardOnly("a move", "item_changed: [ada ben] [ada ben]")
	_, err = h.UpdateListItem(ctx, as(h.ada), card.ID, gift.ListItemPatch{RecipientIDs: gift.Set([]gift.PersonID{*h.ben.PersonID, h.dan})})
	h.check(err)
	h.heardOnly("it comes to be for ben", "item_changed: [ada ben cleo] [ada cleo]", "gift_sight_changed: [ada ben cleo] [ada cleo]")
	_, err = h.UpdateListItem(ctx, as(h.ada), card.ID, gift.ListItemPatch{RecipientIDs: gift.Set([]gift.PersonID{*h.ben.PersonID})})
	h.check(err)
	h.heardOnly("the child makes no difference", "item_changed: [ada cleo] [ada cleo]")
	_, err = h.UpdateGift(ctx, as(h.cleo), card.GiftID, gift.GiftPatch{Name: gift.Set("Red kite")})
	h.check(err)
	h.heardOnly("its gift is changed", "gift_changed: [ada cleo] [ada cleo]", "item_gift_changed: [ada cleo] [ada cleo]")
	second := h.card(h.ada, gift.ListItemInput{ListID: h.list(h.ada, gift.ListInput{Type: gift.ListIdeas}), GiftID: &card.GiftID})
	h.heardOnly("another list shows the gift", "item_created: [] [ada ben cleo]", "gift_sight_changed: [ada cleo] [ada ben cleo]")
	mine := h.card(h.ben, gift.ListItemInput{ListID: shared, GiftID: &card.GiftID})
	h.heardOnly("ben adds it, too", "item_created: [] [ada ben cleo] elsewhere [ada cleo]")
	h.check(h.DeleteListItem(ctx, as(h.ada), second.ID))
	h.check(h.DeleteListItem(ctx, as(h.ben), mine.ID))
	h.heardOnly("and both go", "item_deleted: [ada ben cleo] []",
		"item_deleted: [ada ben cleo] [] elsewhere [ada cleo]", "gift_sight_changed: [ada ben cleo] [ada cleo]")
	h.check(h.DeleteGift(ctx, as(h.ada), card.GiftID))
	h.heardOnly("the gift is gone", "item_deleted: [ada cleo] []", "gift_gone: [ada cleo] []")
}

func TestChangesSayWhoSeesAWish(t *testing.T) {
	h := newHousehold(t)
	ctx, wishes := t.Context(), h.list(h.ben, gift.ListInput{Type: gift.ListWishlist})
	card := h.card(h.ada, gift.ListItemInput{ListID: wishes})
	h.heardOnly("a surprise", "gift_created: [] [ada]", "item_created:", "gift_sight_changed: [ada] [ada cleo]")
	open := func(surprise bool) {
		_, err := h.UpdateListItem(ctx, as(h.cleo), card.ID, gift.ListItemPatch{Surprise: gift.Set(surprise)})
		h.check(err)
	}
	open(false)
	h.heardOnly("it becomes a wish", "item_changed:", "gift_sight_changed: [ada cleo] [ada ben cleo]")
	open(true)
	h.heardOnly("and a surprise", "item_changed:", "gift_sight_changed: [ada ben cleo] [ada cleo]")
	w, err := h.CreateWish(ctx, as(h.ben), gift.WishInput{ListID: wishes, Gift: &gift.GiftInput{Name: "Drum"}})
	h.check(err)
	h.heardOnly("he wishes", "gift_created: [] [ben]", "item_created:", "gift_sight_changed: [ben] [ada ben cleo]")
	h.check(h.DeleteWish(ctx, as(h.ben), w.ID))
	h.heardOnly("and withdraws", "item_deleted:", "gift_sight_changed: [ada ben cleo] [ben]")
	h.check(h.DeleteGift(ctx, as(h.ben), w.GiftID))
	h.heardOnly("for good", "gift_gone: [ben] []")
}

func TestChangesSayWhoSeesAList(t *testing.T) {
	h := newHousehold(t)
	ctx, about := t.Context(), h.list(h.ada, gift.ListInput{Type: gift.ListIdeas, PersonID: h.ben.PersonID})
	h.card(h.ada, gift.ListItemInput{ListID: about})
	h.heard.take()
	update := func(patch gift.ListPatch) {
		t.Helper()
		_, err := h.UpdateList(ctx, as(h.ada), about, patch)
		h.check(err)
	}
	update(gift.ListPatch{HiddenFromPerson: gift.Set(false)})
	h.heardOnly("ben may read its wishes", "list_access_changed: false [ada cleo] [ada cleo], false [ada cleo] [ada ben cleo]")
	update(gift.ListPatch{PersonID: gift.Set(&h.dan)})
	h.heardOnly("it is about dan", "list_access_changed: false [ada cleo] [ada ben cleo], false [ada ben cleo] [ada ben cleo]",
		"item_changed:", "gift_sight_changed: [ada cleo] [ada ben cleo]")
	update(gift.ListPatch{PersonID: gift.Set[*gift.PersonID](nil)})
	h.heardOnly("it is about nobody", "list_access_changed: false [ada ben cleo] [ada ben cleo], true [ada ben cleo] [ada ben cleo]")
	update(gift.ListPatch{Visibility: gift.Set(gift.VisibilityPrivate)})
	h.heardOnly("it is private", "list_access_changed: true [ada ben cleo] [ada ben cleo], true [ada] [ada]",
		"gift_sight_changed: [ada ben cleo] [ada]")
	h.check(h.DeleteList(ctx, as(h.ada), about))
	h.heardOnly("it is deleted", "item_deleted: [ada] []", "list_deleted: true [ada] [ada], false [] []")
}

// Guarantees: P5
func TestANewAccountIsMadeKnown(t *testing.T) {
	h := newHousehold(t)
	shared := h.list(h.ada, gift.ListInput{Type: gift.ListIdeas})
	wishes := h.list(h.ada, gift.ListInput{Type: gift.ListWishlist, PersonID: &h.dan})
	h.list(h.ada, gift.ListInput{Type: gift.ListIdeas, PersonID: &h.dan})
	seen := h.card(h.ada, gift.ListItemInput{ListID: shared}).GiftID
	h.card(h.ada, gift.ListItemInput{ListID: shared, RecipientIDs: []gift.PersonID{h.dan}})
	h.card(h.ada, gift.ListItemInput{ListID: wishes})
	h.heard.take()
	dan := h.join("dan", &h.dan)
	changes := h.heard.take()
	if len(changes) != 1 || changes[0].Kind != gift.AccountJoined {
		t.Fatalf("got %v", changes)
	}
	got := changes[0].Account
	lists := []gift.AccountList{{ID: shared, Access: gift.AccessPlanner, Shared: true}, {ID: wishes, Access: gift.AccessWisher}}
	slices.SortFunc(lists, func(a, b gift.AccountList) int { return strings.Compare(string(a.ID), string(b.ID)) })
	if got.User != dan.ID || got.Person != h.dan || !slices.Equal(got.Lists, lists) || !slices.Equal(got.Gifts, []gift.GiftID{seen}) {
		t.Errorf("got %+v", *got)
	}
}

// TestReadsSayWhoReads: the reader and the kind of the list, for the position.
func TestReadsSayWhoReads(t *testing.T) {
	h := newHousehold(t)
	ctx := t.Context()
	shared, about := h.list(h.ada, gift.ListInput{Type: gift.ListIdeas}), h.list(h.ada, gift.ListInput{Type: gift.ListIdeas, PersonID: &h.dan})
	card := h.card(h.ada, gift.ListItemInput{ListID: shared})
	for _, list := range []gift.ListID{shared, about} {
		_, err := h.ListItems(ctx, h.ben.ID, list)
		h.check(err)
		_, err = h.Wishes(ctx, h.ben.ID, list)
		h.check(err)
		_, err = h.GiftsOfList(ctx, h.ben.ID, list)
		h.check(err)
	}
	_, err := h.Gift(ctx, h.ben.ID, card.GiftID)
	h.check(err)
	want := []gift.Scope{{Kind: gift.ScopeGift, ID: string(card.GiftID), Reader: h.ben.ID}}
	for _, kind := range []gift.ScopeKind{gift.ScopeBoard, gift.ScopeWishes, gift.ScopeGifts} {
		want = append(want, gift.Scope{Kind: kind, ID: string(shared), Reader: h.ben.ID, Shared: true},
			gift.Scope{Kind: kind, ID: string(about), Reader: h.ben.ID})
	}
	for _, scope := range h.heard.scopes {
		if !slices.Contains(want, scope) {
			t.Errorf("read %+v", scope)
		}
	}
	if len(h.heard.scopes) != len(want) {
		t.Errorf("%d reads", len(h.heard.scopes))
	}
}

// TestCardAccess compares the predicate in SQL with the one in Go, case by case.
func TestCardAccess(t *testing.T) {
	h := newHousehold(t)
	tried := 0
	for _, visibility := range []gift.Visibility{gift.VisibilityPrivate, gift.VisibilityFamily} {
		for _, about := range []*gift.PersonID{nil, h.ben.PersonID, &h.dan} {
			for _, hidden := range []bool{false, true} {
				list := gift.ListInput{Name: "x", Type: gift.ListIdeas, Visibility: visibility, PersonID: about, HiddenFromPerson: &hidden}
				l, err := h.CreateList(t.Context(), as(h.ada), list)
				h.check(err)
				for _, surprise := range []bool{false, true} {
					for _, people := range [][]gift.PersonID{nil, {*h.ben.PersonID}, {*h.cleo.PersonID, h.dan}} {
						if about != nil && people != nil {
							continue
						}
						card := h.card(h.ada, gift.ListItemInput{ListID: l.ID, RecipientIDs: people, Surprise: &surprise})
						for _, u := range []gift.User{h.ada, h.ben, h.cleo} {
							h.comparesAccess(l, card, u)
							tried++
						}
					}
				}
			}
		}
	}
	if tried != 2*2*2*(3+1+1)*3 {
		t.Errorf("tried %d cases", tried)
	}
}

// comparesAccess checks what SQL lets an account see of a card.
func (h *household) comparesAccess(l gift.List, card gift.ListItem, u gift.User) {
	h.t.Helper()
	want := l.CardAccessFor(u.ID, u.PersonID, card)
	onBoard, err := h.SeesItem(h.t.Context(), u.ID, l.ID, card.ID)
	if err != nil || onBoard != (want == gift.AccessPlanner) {
		h.t.Errorf("%+v, %v for %s: on the board %v, %v; want %s", l, card.RecipientIDs, h.names[u.ID], onBoard, err, want)
	}
	gifts, err := h.SeesGift(h.t.Context(), u.ID, card.GiftID)
	if err != nil || gifts != (want != gift.AccessNone || u.ID == h.ada.ID) {
		h.t.Errorf("%+v, %v for %s: the gift %v, %v; want %s", l, card.RecipientIDs, h.names[u.ID], gifts, err, want)
	}
	wishes, err := h.Wishes(h.t.Context(), u.ID, l.ID)
	wished := slices.ContainsFunc(wishes.Value, func(w gift.Wish) bool { return w.GiftID == card.GiftID })
	if gift.CodeOf(err) != gift.ENOTFOUND && err != nil || wished != (want != gift.AccessNone && !card.Surprise) {
		h.t.Errorf("%+v, %v for %s: a wish %v, %v; want %s", l, card.RecipientIDs, h.names[u.ID], wished, err, want)
	}
}
