package feed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// right is what the log says of somebody's right to read a topic.
func (w *world) right(u gift.User, topic realtime.Topic) (from realtime.Seq, closed bool) {
	w.t.Helper()
	_, rights, err := w.log.HeadsAndRights(w.ctx, string(u.ID), []realtime.Topic{topic})
	w.check(err)
	return rights[0].From, rights[0].Closed
}

// head is where a topic stands.
func (w *world) head(topic realtime.Topic) realtime.Head {
	w.t.Helper()
	heads, err := w.log.Heads(w.ctx, []realtime.Topic{topic})
	w.check(err)
	return heads[0]
}

// TestNewReadersDoNotReplay: a user who gains a topic gets no earlier event of it, and
// other readers notice nothing.
// Guarantees: S8
func TestNewReadersDoNotReplay(t *testing.T) {
	w := newWorld(t)
	l := w.list(w.ada, gift.ListIdeas, w.ben.PersonID)
	kept := w.item(w.ada, l, true)
	w.check(w.s.DeleteListItem(w.ctx, w.by(w.ada), w.item(w.ada, l, true).ID))
	topics := []realtime.Topic{topic("list-items", l.ID), topic("gift-list", l.ID), topic("wishes", l.ID)}
	before, err := w.log.Heads(w.ctx, topics)
	w.check(err)

	// Now it is about Cleo, and Ben plans it.
	_, err = w.s.UpdateList(w.ctx, w.by(w.ada), l.ID, gift.ListPatch{PersonID: gift.Set(w.cleo.PersonID)})
	w.check(err)

	for i, topic := range topics {
		changes, err := w.log.AccessChanges(w.ctx, topic, 0)
		w.check(err)
		for _, e := range readAll(t, w.log, topic, before[i].Seq) {
			if e.Generation < changes[len(changes)-1].Generation {
				t.Errorf("cleo gets %s on %s", e.Type, topic)
			}
		}
		if floor := w.head(topic).Floor; floor != 0 {
			t.Errorf("%s begins at %d", topic, floor)
		}
		if from, closed := w.right(w.ben, topic); from != before[i].Seq || closed {
			t.Errorf("ben may read %s from %d (%v), want %d", topic, from, closed, before[i].Seq)
		}
		if _, closed := w.right(w.cleo, topic); !closed {
			t.Errorf("cleo may go on with %s", topic)
		}
		if from, closed := w.right(w.ada, topic); from != 0 || closed {
			t.Errorf("ada may read %s from %d, want all of it", topic, from)
		}
	}
	if got := readAll(t, w.log, own("gift", kept.GiftID, w.ben), 0); len(got) != 1 || got[0].Type != realtime.Added {
		t.Errorf("ben's own topic of the gift has %v", got)
	}
}

// TestNewWishersDoNotReplay: a surprise that becomes a wish does not bring its
// gift's past along.
func TestNewWishersDoNotReplay(t *testing.T) {
	w := newWorld(t)
	l := w.list(w.ben, gift.ListWishlist, nil)
	i := w.item(w.ada, l, true)
	_, err := w.s.UpdateGift(w.ctx, w.by(w.ada), i.GiftID, gift.GiftPatch{Notes: gift.Set("for his secret hobby")})
	w.check(err)
	_, err = w.s.UpdateListItem(w.ctx, w.by(w.ada), i.ID, gift.ListItemPatch{Surprise: gift.Set(false)})
	w.check(err)
	if got := readAll(t, w.log, own("gift", i.GiftID, w.ben), 0); len(got) != 1 || got[0].Type != realtime.Added {
		t.Errorf("ben's own topic of the gift has %v", got)
	}
}

// TestAQuestionIsAnsweredAlike (S8): what somebody may ask of a gift that they see
// does not change by what others do where they may not look.
// Guarantees: P7
func TestAQuestionIsAnsweredAlike(t *testing.T) {
	w := newWorld(t)
	l := w.list(w.ben, gift.ListWishlist, nil)
	wish, err := w.s.CreateWish(w.ctx, w.by(w.ben), gift.WishInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "Kite"}})
	w.check(err)
	topic := own("gift", wish.GiftID, w.ben)
	before := w.head(topic)
	hidden := w.list(w.ada, gift.ListIdeas, w.ben.PersonID)
	_, err = w.s.CreateListItem(w.ctx, w.by(w.ada), gift.ListItemInput{ListID: hidden.ID, GiftID: &wish.GiftID})
	w.check(err)
	w.check(w.s.DeleteList(w.ctx, w.by(w.ada), hidden.ID))
	if diff := cmp.Diff(before, w.head(topic)); diff != "" {
		t.Errorf("ben's own topic of his wish changed:\n%s", diff)
	}
}

// TestALostBoardIsRegained: an account that loses a shared list and gets it back reads it
// anew: its topic lacks the changes in between.
// Guarantees: S8
func TestALostBoardIsRegained(t *testing.T) {
	s := newScene(t)
	board := own("list-items", s.other.ID, s.cleo)
	held := s.head(board)
	private := func(v gift.Visibility) {
		_, err := s.s.UpdateList(s.ctx, s.by(s.ada), s.other.ID, gift.ListPatch{Visibility: gift.Set(v)})
		s.check(err)
	}
	private(gift.VisibilityPrivate)
	if _, closed := s.right(s.cleo, board); !closed {
		t.Fatal("cleo may go on with the board of a private list")
	}
	s.card(s.by(s.ada))
	if head := s.head(board); head.Position != held.Position {
		t.Fatalf("what is done in private is on cleo's topic: %+v", head)
	}
	private(gift.VisibilityFamily)
	from, closed := s.right(s.cleo, board)
	if head := s.head(board); closed || from <= held.Seq || head.Floor <= held.Seq {
		t.Fatalf("cleo held %d and may resume: from %d (closed %v), floor %d", held.Seq, from, closed, head.Floor)
	}
}

// TestWhoJoins reads topics that others read, too, from the day they join.
func TestWhoJoins(t *testing.T) {
	s := newScene(t)
	dan := s.join("Dan")
	for _, topic := range []realtime.Topic{topic("list-items", s.list.ID), topic("gift-list", s.list.ID), topic("wishes", s.list.ID)} {
		if from, closed := s.right(dan, topic); from != s.head(topic).Seq || from == 0 || closed {
			t.Errorf("dan may read %s from %d (closed %v)", topic, from, closed)
		}
	}
	if head := s.head(own("list-items", s.other.ID, dan)); head.Seq != 0 {
		t.Errorf("dan's own topic begins at %d", head.Seq)
	}
}
