package feed_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// TestAudience: those who may see less are asked about again before an event
// of the change goes out, and those of a topic that is gone behind its last.
func TestAudience(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(s *scene) error
		want func(s *scene) []string
	}{
		{"a move shrinks nothing", func(s *scene) error {
			_, err := s.s.MoveListItem(s.ctx, s.by(s.ada), s.wish.ID, gift.Move{Status: gift.StatusSelected, Version: 1})
			return err
		}, func(*scene) []string { return []string{"deliver list-items#3"} }},
		{"a wish kept secret", func(s *scene) error {
			_, err := s.s.UpdateListItem(s.ctx, s.by(s.ada), s.wish.ID, gift.ListItemPatch{Surprise: gift.Set(true)})
			return err
		}, func(*scene) []string { return []string{"recheck gift", "deliver list-items#3 wishes#2"} }},
		{"an item deleted", func(s *scene) error {
			return s.s.DeleteListItem(s.ctx, s.by(s.ada), s.surprise.ID)
		}, func(*scene) []string { return []string{"recheck gift", "deliver list-items#3 gift-list#3"} }},
		{"a gift given up that others still hold", func(s *scene) error {
			_, err := s.s.UpdateList(s.ctx, s.by(s.ada), s.other.ID, gift.ListPatch{Visibility: gift.Set(gift.VisibilityPrivate)})
			s.check(err)
			s.told()
			return s.s.DeleteGift(s.ctx, s.by(s.cleo), s.wish.GiftID)
		}, func(*scene) []string {
			return []string{"recheck gift gift", "deliver list-items#3 gift-list#3 wishes#2"}
		}},
		{"a gift gone", func(s *scene) error {
			return s.s.DeleteGift(s.ctx, s.by(s.ada), s.surprise.GiftID)
		}, func(*scene) []string {
			return []string{"deliver list-items#3 gift-list#3 gift#2", "recheck gift"}
		}},
		{"a list made private", func(s *scene) error {
			_, err := s.s.UpdateList(s.ctx, s.by(s.ada), s.other.ID, gift.ListPatch{Visibility: gift.Set(gift.VisibilityPrivate)})
			return err
		}, func(s *scene) []string {
			lost := []string{"recheck user " + string(s.ben.ID), "recheck user " + string(s.cleo.ID)}
			if s.cleo.ID < s.ben.ID {
				lost[0], lost[1] = lost[1], lost[0]
			}
			return append(lost, "deliver user#1 user#1")
		}},
		{"a list that comes to be about somebody who may know", func(s *scene) error {
			_, err := s.s.UpdateList(s.ctx, s.by(s.ada), s.other.ID, gift.ListPatch{PersonID: gift.Set(s.cleo.PersonID), HiddenFromPerson: gift.Set(false)})
			return err
		}, func(s *scene) []string { return []string{"recheck user " + string(s.cleo.ID)} }},
		{"a list deleted", func(s *scene) error {
			return s.s.DeleteList(s.ctx, s.by(s.ada), s.other.ID)
		}, func(*scene) []string {
			return []string{"recheck gift", "deliver list-items#2 gift-list#2 user#1 user#1 user#1", "recheck list-items wishes gift-list"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.check(c.do(s))
			if diff := cmp.Diff(c.want(s), s.told()); diff != "" {
				t.Fatalf("the hub was told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAtomic: an event is in the log exactly when its change committed.
func TestAtomic(t *testing.T) {
	s := newScene(t)
	for name, err := range map[string]error{
		"conflict":  errOf(s.s.MoveListItem(s.ctx, s.by(s.ada), s.wish.ID, gift.Move{Status: gift.StatusSelected, Version: 9})),
		"invalid":   errOf(s.s.CreateListItem(s.ctx, s.by(s.ada), gift.ListItemInput{ListID: s.list.ID, Gift: &gift.GiftInput{Name: "x"}, AssigneeID: &s.ben.ID})),
		"exists":    errOf(s.s.CreateListItem(s.ctx, s.by(s.ada), gift.ListItemInput{ListID: s.list.ID, GiftID: &s.wish.GiftID})),
		"not found": s.s.DeleteListItem(s.ctx, s.by(s.ben), s.wish.ID),
	} {
		if gift.CodeOf(err) == "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	call := s.by(s.ada)
	for range 3 {
		_, err := s.s.MoveListItem(s.ctx, call, s.wish.ID, gift.Move{Status: gift.StatusSelected, Version: 1})
		s.check(err)
	}
	if got := s.news(); len(got) != 1 || got[0].Type != realtime.StatusChanged {
		t.Fatalf("four failures and one move, sent three times, are %d events: %v", len(got), got)
	}
}

func errOf[T any](_ T, err error) error { return err }

// broken is a hook that fails behind the feed.
type broken struct{ *feed.Feed }

var errBroken = errors.New("broken")

func (b broken) OnCommit(ctx context.Context, tx store.Tx, changes []gift.Change) (func(), error) {
	if _, err := b.Feed.OnCommit(ctx, tx, changes); err != nil {
		return nil, err
	}
	return nil, errBroken
}

// TestHookFailureUndoes: neither the change nor its events stay.
func TestHookFailureUndoes(t *testing.T) {
	ctx := t.Context()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "gifts.db"), store.Options{Hook: broken{feed.New()}, Migrate: sqllog.Migrate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ada, err := s.Setup(ctx, gift.Family{Name: "F"}, gift.NewAccount{Name: "Ada", Email: "ada@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateGift(ctx, gift.Call{Actor: ada.ID}, gift.GiftInput{Name: "Kite"}); !errors.Is(err, errBroken) {
		t.Fatalf("got %v", err)
	}
	var gifts, events int
	if err := s.ReadDB().QueryRow(`SELECT (SELECT COUNT(*) FROM gifts), (SELECT COUNT(*) FROM tidings_events)`).Scan(&gifts, &events); err != nil {
		t.Fatal(err)
	}
	if gifts+events != 0 {
		t.Fatalf("%d gifts and %d events stayed", gifts, events)
	}
}

// fold applies a topic's events to what they say is there.
func fold(t *testing.T, w *world, topic realtime.Topic) map[string]any {
	t.Helper()
	heads, err := w.log.Heads(w.ctx, []realtime.Topic{topic})
	w.check(err)
	state := map[string]any{}
	for i, e := range w.hub.upTo(topic, heads[0].Seq) {
		if e.Seq != realtime.Seq(i+1) {
			t.Fatalf("%s: event %d has seq %d", topic, i, e.Seq)
		}
		_, there := state[e.EntityID]
		switch {
		case there == (e.Type == realtime.Added):
			t.Fatalf("%s: %s of %s, which was there: %v", topic, e.Type, e.EntityID, there)
		case e.Type == realtime.Deleted:
			delete(state, e.EntityID)
		default:
			state[e.EntityID] = plain(t, e.Payload)
		}
	}
	return state
}

// snapshot is what a read says is there, with the position it carries.
func snapshot[T any](t *testing.T, w *world, read gift.Positioned[[]T], err error, topic realtime.Topic, id func(T) string) map[string]any {
	t.Helper()
	w.check(err)
	heads, err := w.log.Heads(w.ctx, []realtime.Topic{topic})
	w.check(err)
	if want := heads[0].Header(topic); read.Position != want {
		t.Fatalf("read at %s, want %s", read.Position, want)
	}
	state := map[string]any{}
	for _, element := range read.Value {
		state[id(element)] = forAll(plain(t, element))
	}
	return state
}

// forAll is an element without what REST tells some of its readers only.
func forAll(element any) any {
	if members, ok := element.(map[string]any); ok {
		delete(members, "person_ids")
		forAll(members["gift"])
	}
	return element
}

// TestSnapshotEqualsFold (S7): whatever is done, the events of each topic add
// up to what REST reads at that position, to the last member that all read alike.
func TestSnapshotEqualsFold(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			lists := []gift.List{w.list(w.ben, gift.ListWishlist, nil), w.list(w.ada, gift.ListIdeas, nil), w.list(w.cleo, gift.ListIdeas, w.ben.PersonID)}
			r := &randomFamily{world: w, random: rand.New(rand.NewPCG(seed, 7)), lists: lists}
			for range 80 {
				r.step()
			}
			for _, l := range lists {
				board, err := w.s.ListItems(w.ctx, r.planner(l).ID, l.ID)
				equalFold(t, w, "list-items", l, snapshot(t, w, board, err, topic("list-items", l.ID), func(i gift.ListItem) string { return string(i.ID) }))
				gifts, err := w.s.GiftsOfList(w.ctx, r.planner(l).ID, l.ID)
				equalFold(t, w, "gift-list", l, snapshot(t, w, gifts, err, topic("gift-list", l.ID), func(g gift.ListGift) string { return string(g.ID) }))
				wishes, err := w.s.Wishes(w.ctx, r.planner(l).ID, l.ID)
				equalFold(t, w, "wishes", l, snapshot(t, w, wishes, err, topic("wishes", l.ID), func(g gift.Wish) string { return string(g.ID) }))
				for _, g := range gifts.Value {
					one, err := w.s.Gift(w.ctx, r.planner(l).ID, g.ID)
					w.check(err)
					if diff := cmp.Diff(forAll(plain(t, one.Value)), fold(t, w, topic("gift", g.ID))[string(g.ID)]); diff != "" {
						t.Fatalf("a gift differs from its events:\n%s", diff)
					}
				}
			}
		})
	}
}

func equalFold(t *testing.T, w *world, kind string, l gift.List, read map[string]any) {
	t.Helper()
	if diff := cmp.Diff(read, fold(t, w, topic(kind, l.ID))); diff != "" {
		t.Fatalf("%s: the events do not add up to what is read (-read +fold):\n%s", kind, diff)
	}
}

// randomFamily does anything that is allowed.
type randomFamily struct {
	*world
	random *rand.Rand
	lists  []gift.List
}

// planner is somebody who plans the list.
func (r *randomFamily) planner(l gift.List) gift.User {
	if l.ID == r.lists[0].ID {
		return r.ada
	}
	return r.cleo
}

func pick[T any](r *randomFamily, from []T) (T, bool) {
	if len(from) == 0 {
		return *new(T), false
	}
	return from[r.random.IntN(len(from))], true
}

// step does one thing. What is refused by a rule is no failure.
func (r *randomFamily) step() {
	r.t.Helper()
	l, _ := pick(r, r.lists)
	by := r.planner(l)
	board, err := r.s.ListItems(r.ctx, by.ID, l.ID)
	r.check(err)
	gifts, err := r.s.Gifts(r.ctx, by.ID, gift.Page{Limit: gift.MaxPageSize})
	r.check(err)
	wishes, err := r.s.Wishes(r.ctx, by.ID, l.ID)
	r.check(err)
	g, haveGift := pick(r, gifts.Items)
	item, haveItem := pick(r, board.Value)
	wish, haveWish := pick(r, wishes.Value)
	surprise := r.random.IntN(2) == 0
	switch action := r.random.IntN(13); {
	case action < 2 || !haveGift:
		_, err = r.s.CreateListItem(r.ctx, r.by(by), gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "New <gift>"}, Surprise: &surprise})
	case action == 2:
		_, err = r.s.CreateListItem(r.ctx, r.by(by), gift.ListItemInput{ListID: l.ID, GiftID: &g.ID, AssigneeID: &by.ID})
	case action == 3:
		_, err = r.s.CreateWish(r.ctx, r.by(by), gift.WishInput{ListID: l.ID, GiftID: &g.ID})
	case action == 4:
		_, err = r.s.UpdateGift(r.ctx, r.by(by), g.ID, gift.GiftPatch{Notes: gift.Set(gift.NewID[string]())})
	case action == 5 && r.random.IntN(3) == 0:
		err = r.s.DeleteGift(r.ctx, r.by(by), g.ID)
	case action == 6 && haveWish:
		err = r.s.DeleteWish(r.ctx, r.by(by), wish.ID)
	case action == 7 && haveItem:
		err = r.s.DeleteListItem(r.ctx, r.by(by), item.ID)
	case action == 12:
		_, err = r.s.UpdateGift(r.ctx, r.by(by), g.ID, gift.GiftPatch{PersonIDs: gift.Set([]gift.PersonID{*r.ben.PersonID})})
	case action == 8 && haveItem:
		_, err = r.s.UpdateListItem(r.ctx, r.by(by), item.ID, gift.ListItemPatch{Surprise: gift.Set(surprise), Price: gift.Set(&gift.Money{Amount: 5, Currency: "EUR"})})
	case haveItem:
		status, _ := pick(r, gift.Statuses)
		neighbour, _ := pick(r, board.Value)
		_, err = r.s.MoveListItem(r.ctx, r.by(by), item.ID, gift.Move{Status: status, Before: &neighbour.ID, Version: item.Version})
	}
	if code := gift.CodeOf(err); err != nil && code != gift.EEXISTS {
		r.t.Fatal(err)
	}
}

// TestPositionOfUnknownScope: a scope that no topic covers is a mistake.
func TestPositionOfUnknownScope(t *testing.T) {
	if _, err := feed.New().Position(t.Context(), nil, gift.Scope{Kind: "heap"}); err == nil {
		t.Fatal("want an error")
	}
}

// TestNoticeJSON: what a notice does not say is not there.
func TestNoticeJSON(t *testing.T) {
	b, err := json.Marshal(feed.Notice{Kind: feed.NoticeListGone, ListID: "l"})
	if err != nil || string(b) != `{"kind":"list_gone","list_id":"l"}` {
		t.Fatalf("got %s, %v", b, err)
	}
}
