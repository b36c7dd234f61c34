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

// TestAtomic: an event is in the log exactly when its change committed.
// Guarantees: S1
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
// Guarantees: S1
func TestHookFailureUndoes(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "gifts.db")
	founded, err := store.Open(ctx, path, store.Options{Migrate: sqllog.Migrate})
	if err != nil {
		t.Fatal(err)
	}
	ada, err := founded.Setup(ctx, gift.Family{Name: "F"}, gift.NewAccount{Name: "Ada", Email: "ada@example.org"})
	if err := errors.Join(err, founded.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, path, store.Options{Hook: broken{feed.New()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
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
// Guarantees: S7
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
				for _, reader := range r.planners(l) {
					equalToREST(t, w, l, reader)
				}
			}
		})
	}
}

// equalToREST compares what a planner of a list reads with what their topics say.
func equalToREST(t *testing.T, w *world, l gift.List, reader gift.User) {
	t.Helper()
	of := func(kind string) realtime.Topic {
		if l.PersonID == nil {
			return own(kind, l.ID, reader)
		}
		return topic(kind, l.ID)
	}
	board, err := w.s.ListItems(w.ctx, reader.ID, l.ID)
	equalFold(t, w, of("list-items"), snapshot(t, w, board, err, of("list-items"), func(i gift.ListItem) string { return string(i.ID) }))
	gifts, err := w.s.GiftsOfList(w.ctx, reader.ID, l.ID)
	equalFold(t, w, of("gift-list"), snapshot(t, w, gifts, err, of("gift-list"), func(g gift.ListGift) string { return string(g.ID) }))
	wishes, err := w.s.Wishes(w.ctx, reader.ID, l.ID)
	equalFold(t, w, of("wishes"), snapshot(t, w, wishes, err, of("wishes"), func(g gift.Wish) string { return string(g.ID) }))
	for _, g := range gifts.Value {
		one, err := w.s.Gift(w.ctx, reader.ID, g.ID)
		w.check(err)
		if diff := cmp.Diff(forAll(plain(t, one.Value)), fold(t, w, own("gift", g.ID, reader))[string(g.ID)]); diff != "" {
			t.Fatalf("a gift differs from its events:\n%s", diff)
		}
	}
}

// own is somebody's own topic of a thing.
func own[ID ~string](kind string, id ID, reader gift.User) realtime.Topic {
	return topic(kind, string(id)+"~"+string(reader.ID))
}

func equalFold(t *testing.T, w *world, topic realtime.Topic, read map[string]any) {
	t.Helper()
	if diff := cmp.Diff(read, fold(t, w, topic)); diff != "" {
		t.Fatalf("%s: the events do not add up to what is read (-read +fold):\n%s", topic, diff)
	}
}

// randomFamily does anything that is allowed.
type randomFamily struct {
	*world
	random *rand.Rand
	lists  []gift.List
}

// planners are those who plan the list.
func (r *randomFamily) planners(l gift.List) []gift.User {
	if l.PersonID == nil {
		return []gift.User{r.ada, r.ben, r.cleo}
	}
	return []gift.User{r.ada, r.cleo}
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
	by, _ := pick(r, r.planners(l))
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
	case action == 9 && haveItem && l.PersonID == nil:
		_, err = r.s.UpdateListItem(r.ctx, r.by(by), item.ID, gift.ListItemPatch{RecipientIDs: gift.Set(r.others(by))})
	case action == 8 && haveItem:
		_, err = r.s.UpdateListItem(r.ctx, r.by(by), item.ID, gift.ListItemPatch{Surprise: gift.Set(surprise), Price: gift.Set(&gift.Money{Amount: 5, Currency: "EUR"})})
	case haveItem:
		status, _ := pick(r, gift.Statuses)
		neighbour, _ := pick(r, board.Value)
		_, err = r.s.MoveListItem(r.ctx, r.by(by), item.ID, gift.Move{Status: status, Before: &neighbour.ID, Version: item.Version})
	}
	if code := gift.CodeOf(err); err != nil && code != gift.EEXISTS && code != gift.EFORBIDDEN {
		r.t.Fatal(err)
	}
}

// others are some of those whom a card may be for, when somebody says so.
func (r *randomFamily) others(by gift.User) []gift.PersonID {
	var some []gift.PersonID
	for _, u := range []gift.User{r.ada, r.ben, r.cleo} {
		if u.ID != by.ID && r.random.IntN(2) == 0 {
			some = append(some, *u.PersonID)
		}
	}
	return some
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
