package feed_test

import (
	"errors"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// TestNewReadersDoNotReplay (S8): whoever may read a topic from now on learns
// nothing of what was said on it before.
func TestNewReadersDoNotReplay(t *testing.T) {
	w := newWorld(t)
	l := w.list(w.ada, gift.ListIdeas, w.ben.PersonID)
	secret, kept := w.item(w.ada, l, true), w.item(w.ada, l, true)
	w.check(w.s.DeleteListItem(w.ctx, w.by(w.ada), secret.ID))
	name := "renamed"
	_, err := w.s.UpdateGift(w.ctx, w.by(w.ada), kept.GiftID, gift.GiftPatch{Name: gift.Set(name)})
	w.check(err)
	topics := []realtime.Topic{topic("list-items", l.ID), topic("gift-list", l.ID), topic("gift", kept.GiftID)}
	before, err := w.log.Heads(w.ctx, topics)
	w.check(err)

	// Now it is about Cleo, and Ben plans it.
	_, err = w.s.UpdateList(w.ctx, w.by(w.ada), l.ID, gift.ListPatch{PersonID: gift.Set(w.cleo.PersonID)})
	w.check(err)

	for i, topic := range topics {
		if _, err := w.log.Read(w.ctx, topic, 0, 100); !errors.Is(err, realtime.ErrTrimmed) {
			t.Errorf("%s can be replayed from the start: %v", topic, err)
		}
		after, err := w.log.Heads(w.ctx, []realtime.Topic{topic})
		w.check(err)
		if after[0].Position != before[i].Position {
			t.Errorf("%s went from %v to %v", topic, before[i].Position, after[0].Position)
		}
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
	if _, err := w.log.Read(w.ctx, topic("gift", i.GiftID), 0, 100); !errors.Is(err, realtime.ErrTrimmed) {
		t.Errorf("the gift's past can be replayed: %v", err)
	}
}
