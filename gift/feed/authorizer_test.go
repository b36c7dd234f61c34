package feed_test

import (
	"context"
	"errors"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/realtime"
)

func newAuthorizer(access feed.Access) *feed.Authorizer {
	return feed.NewAuthorizer(access, func(_ context.Context, token string) (realtime.Identity, error) {
		return realtime.Identity{User: token}, nil
	})
}

// TestTopicWho walks topic × who may subscribe.
// Guarantees: P6
func TestTopicWho(t *testing.T) {
	s := newScene(t)
	hidden := s.world.list(s.ada, gift.ListIdeas, s.ben.PersonID)
	secret := s.item(s.ada, hidden, true)
	mine, err := s.s.CreateGift(s.ctx, s.by(s.ben), gift.GiftInput{Name: "Ben's"})
	s.check(err)
	a := newAuthorizer(s.s)
	for _, c := range []struct {
		name           string
		topic          realtime.Topic
		canonical      realtime.Topic // "" for the topic itself
		own            bool           // each has one of their own
		ada, ben, cleo bool
	}{
		{"the board of ben's wishlist", topic("list-items", s.list.ID), "", false, true, false, true},
		{"the same by its other name", topic("list-item", "list-"+s.list.ID), topic("list-items", s.list.ID), false, true, false, true},
		{"the wishes of ben's wishlist", topic("wishes", s.list.ID), "", false, true, true, true},
		{"the gifts of ben's wishlist", topic("gift-list", s.list.ID), "", false, true, false, true},
		{"a board about nobody", topic("list-items", s.other.ID), "", true, true, true, true},
		{"the gifts of a list about nobody", topic("gift-list", s.other.ID), "", true, true, true, true},
		{"a board hidden from ben", topic("list-items", hidden.ID), "", false, true, false, true},
		{"wishes of a list hidden from ben", topic("wishes", hidden.ID), "", false, true, false, true},
		{"gifts of a list hidden from ben", topic("gift-list", hidden.ID), "", false, true, false, true},
		{"a private board", topic("list-items", s.private.ID), "", true, true, false, false},
		{"wishes of a private list", topic("wishes", s.private.ID), "", true, true, false, false},
		{"a wish's gift", topic("gift", s.wish.GiftID), "", true, true, true, true},
		{"a surprise's gift", topic("gift", s.surprise.GiftID), "", true, true, false, true},
		{"a gift on a list hidden from ben", topic("gift", secret.GiftID), "", true, true, false, true},
		{"a gift on no list", topic("gift", mine.ID), "", true, false, true, false},
		{"ada's own topic of a board", topic("list-items", s.other.ID) + "~" + realtime.Topic(s.ada.ID), topic("list-items", s.other.ID), true, true, false, false},
		{"ada's own topic by the other name", topic("list-item", "list-"+s.other.ID) + "~" + realtime.Topic(s.ada.ID), topic("list-items", s.other.ID), true, true, false, false},
		{"ben's own topic of a gift", topic("gift", s.wish.GiftID) + "~" + realtime.Topic(s.ben.ID), topic("gift", s.wish.GiftID), true, false, true, false},
		{"ben's own topic of a gift that he does not see", topic("gift", s.surprise.GiftID) + "~" + realtime.Topic(s.ben.ID), "", true, false, false, false},
		{"ada's own topic of a board about ben", topic("list-items", s.list.ID) + "~" + realtime.Topic(s.ada.ID), topic("list-items", s.list.ID), false, true, false, false},
		{"nobody's own topic", topic("list-items", s.other.ID) + "~", "", true, false, false, false},
		{"the own topic of somebody unknown", topic("list-items", s.other.ID) + "~unknown", "", true, false, false, false},
		{"two accounts' own topic", topic("list-items", s.other.ID) + "~" + realtime.Topic(s.ada.ID) + "~" + realtime.Topic(s.ben.ID), "", true, false, false, false},
		{"ada", topic("user", s.ada.ID), "", false, true, false, false},
		{"ben", topic("user", s.ben.ID), "", false, false, true, false},
		{"an unknown board", "list-items:unknown", "", false, false, false, false},
		{"an unknown board by its other name", "list-item:list-unknown", "", false, false, false, false},
		{"the other name without its prefix", topic("list-item", s.list.ID), "", false, false, false, false},
		{"unknown wishes", "wishes:unknown", "", false, false, false, false},
		{"an unknown gift", "gift:unknown", "", false, false, false, false},
		{"an unknown user", "user:unknown", "", false, false, false, false},
		{"an unknown type", topic("lists", s.other.ID), "", false, false, false, false},
		{"an item, not a list", topic("list-items", s.wish.ID), "", false, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.canonical == "" {
				c.canonical = c.topic
			}
			canonical := func(user gift.UserID) realtime.Topic {
				if c.own {
					return c.canonical + "~" + realtime.Topic(user)
				}
				return c.canonical
			}
			for user, allowed := range map[gift.UserID]bool{s.ada.ID: c.ada, s.ben.ID: c.ben, s.cleo.ID: c.cleo, "stranger": false, "": false} {
				got, err := a.Authorize(s.ctx, realtime.Identity{User: string(user)}, c.topic)
				switch {
				case allowed && (err != nil || got != canonical(user)):
					t.Errorf("%s may read %s: got %q, %v", user, c.topic, got, err)
				case !allowed && err != error(realtime.ErrForbidden):
					t.Errorf("%s may not read %s: got %q, %v", user, c.topic, got, err)
				}
			}
			name := canonical(s.ada.ID)
			if again, err := a.Authorize(s.ctx, realtime.Identity{User: string(s.ada.ID)}, name); c.ada && (err != nil || again != name) {
				t.Errorf("the canonical name is not its own: %q, %v", again, err)
			}
		})
	}
}

// TestAuthorizeFollowsAccess: what was allowed is refused as soon as the
// change has committed.
func TestAuthorizeFollowsAccess(t *testing.T) {
	s := newScene(t)
	a := newAuthorizer(s.s)
	may := func(u gift.User, topic realtime.Topic) bool {
		_, err := a.Authorize(s.ctx, realtime.Identity{User: string(u.ID)}, topic)
		return err == nil
	}
	board, wished := topic("list-items", s.other.ID), topic("gift", s.wish.GiftID)
	if !may(s.cleo, board) || !may(s.ben, wished) {
		t.Fatal("want both allowed at first")
	}
	_, err := s.s.UpdateList(s.ctx, s.by(s.ada), s.other.ID, gift.ListPatch{Visibility: gift.Set(gift.VisibilityPrivate)})
	s.check(err)
	if may(s.cleo, board) || !may(s.ada, board) {
		t.Fatal("a private board is its owner's")
	}
	s.check(s.s.DeleteWish(s.ctx, s.by(s.ben), s.wishOf(s.wish).ID))
	if may(s.ben, wished) || !may(s.ada, wished) {
		t.Fatal("a withdrawn wish of another's gift is out of sight")
	}
}

// failing is a store that is down.
type failing struct{ err error }

func (f failing) ListAccess(context.Context, gift.UserID, gift.ListID) (gift.Access, bool, error) {
	return gift.AccessPlanner, true, f.err
}

func (f failing) SeesItem(context.Context, gift.UserID, gift.ListID, gift.ItemID) (bool, error) {
	return true, f.err
}

func (f failing) SeesGift(context.Context, gift.UserID, gift.GiftID) (bool, error) {
	return true, f.err
}

// TestAuthorizeFailure: no answer is not a yes, and not a no either.
func TestAuthorizeFailure(t *testing.T) {
	down := errors.New("down")
	a := newAuthorizer(failing{down})
	for _, topic := range []realtime.Topic{"list-items:l", "wishes:l", "gift-list:l", "gift:g"} {
		if got, err := a.Authorize(t.Context(), realtime.Identity{User: "u"}, topic); !errors.Is(err, down) || got != "" {
			t.Errorf("%s: got %q, %v", topic, got, err)
		}
	}
}

func TestAuthenticate(t *testing.T) {
	who, err := newAuthorizer(failing{}).Authenticate(t.Context(), "ann")
	if err != nil || who.User != "ann" {
		t.Fatalf("got %v, %v", who, err)
	}
}

// TestGroup: presence is for boards, where everyone is a planner.
func TestGroup(t *testing.T) {
	a := newAuthorizer(failing{})
	for topic, want := range map[realtime.Topic]string{"list-items:l": "list-items:l", "list-items:l~u": "list-items:l", "list-items:l~v": "list-items:l", "wishes:l~u": "", "wishes:l": "", "gift-list:l": "", "gift:g": "", "user:u": ""} {
		if got := a.Group(t.Context(), realtime.Identity{User: "u"}, topic); got != want {
			t.Errorf("%s: got %q; want %q", topic, got, want)
		}
	}
}

// TestHolds: a board holds the cards that whose topic it is may see.
// Guarantees: P10
func TestHolds(t *testing.T) {
	s := newScene(t)
	a := newAuthorizer(s.s)
	card, hidden := s.card(s.by(s.ada)), s.card(s.by(s.ada), s.cleo)
	board := topic("list-items", s.other.ID)
	for _, c := range []struct {
		name   string
		topic  realtime.Topic
		entity gift.ItemID
		want   bool
	}{
		{"a card that all see", board + "~" + realtime.Topic(s.cleo.ID), card.ID, true},
		{"a card for whose board it is", board + "~" + realtime.Topic(s.cleo.ID), hidden.ID, false},
		{"a card for another", board + "~" + realtime.Topic(s.ben.ID), hidden.ID, true},
		{"a card of another board", board + "~" + realtime.Topic(s.ben.ID), s.wish.ID, false},
		{"no card", board + "~" + realtime.Topic(s.ben.ID), "unknown", false},
		{"a card on a board about ben", topic("list-items", s.list.ID), s.surprise.ID, true},
		{"a card among wishes", topic("wishes", s.list.ID), s.wish.ID, false},
	} {
		// Of another's topic one of its readers is asked about, not the sender.
		got, err := a.Holds(s.ctx, realtime.Identity{User: string(s.ada.ID)}, c.topic, string(c.entity))
		if err != nil || got != c.want {
			t.Errorf("%s: got %v, %v", c.name, got, err)
		}
	}
}
