package feed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/realtime"
)

// scene is what a case of the table acts on: ben's wishlist with a wish and a
// surprise, and a second list that holds the wish's gift as a surprise.
type scene struct {
	*world
	list, other    gift.List
	wish, surprise gift.ListItem
	copy           gift.ListItem // of the wish's gift, on other
	private        gift.List     // of ada
}

func newScene(t *testing.T) *scene {
	w := newWorld(t)
	s := &scene{world: w, list: w.list(w.ben, gift.ListWishlist, nil), other: w.list(w.ada, gift.ListIdeas, nil)}
	s.wish, s.surprise = w.item(w.ada, s.list, false), w.item(w.ada, s.list, true)
	i, err := w.s.CreateListItem(w.ctx, w.by(w.ada), gift.ListItemInput{ListID: s.other.ID, GiftID: &s.wish.GiftID})
	s.copy = ok(w, i, err)
	l, err := w.s.CreateList(w.ctx, w.by(w.ada), gift.ListInput{Name: "Mine", Type: gift.ListIdeas, Visibility: gift.VisibilityPrivate})
	s.private = ok(w, l, err)
	w.news()
	w.told()
	return s
}

// want is an event that a mutation should be.
type want struct {
	topic realtime.Topic
	event realtime.EventType
	// entity is its id; actor who did it, "" where readers may not know.
	entity string
	actor  gift.UserID
	// version is 0 where the event says none.
	version int64
	payload any
	// readers have it each on a topic of their own, if there are any.
	readers []gift.User
}

func (s *scene) board(l gift.ListID, e realtime.EventType, actor gift.User, i gift.ListItem) want {
	return want{topic("list-items", l), e, string(i.ID), actor.ID, i.Version, i.SeenByAll(), s.readers(l)}
}

func (s *scene) gifts(l gift.ListID, e realtime.EventType, actor gift.User, g gift.Gift) want {
	return want{topic("gift-list", l), e, string(g.ID), actor.ID, g.Version, gift.ListGift{Gift: g.SeenByAll(), ListID: l}, s.readers(l)}
}

func (s *scene) wishes(e realtime.EventType, actor gift.UserID, w gift.Wish) want {
	return want{topic("wishes", w.ListID), e, string(w.ID), actor, 0, w.SeenByAll(), s.readers(w.ListID)}
}

func (s *scene) gift(e realtime.EventType, g gift.Gift, readers ...gift.User) want {
	return want{topic("gift", g.ID), e, string(g.ID), "", g.Version, g.SeenByAll(), readers}
}

// readers are those who read a topic of their own of a list; nobody does where
// the list is about one person.
func (s *scene) readers(l gift.ListID) []gift.User {
	if l != s.other.ID {
		return nil
	}
	return []gift.User{s.ada, s.ben, s.cleo}
}

// only is what some alone get.
func (w want) only(readers ...gift.User) want {
	w.readers = readers
	return w
}

func (s *scene) notice(e realtime.EventType, to gift.User, actor gift.UserID, n feed.Notice) want {
	entity := string(n.ItemID)
	if entity == "" {
		entity = string(n.ListID)
	}
	return want{topic("user", to.ID), e, entity, actor, 0, n, nil}
}

func topic[ID ~string](kind string, id ID) realtime.Topic {
	return realtime.Topic(kind + ":" + string(id))
}

// read reads an item as it is now.
func (s *scene) read(id gift.ItemID) gift.ListItem {
	s.t.Helper()
	i, err := s.s.ListItem(s.ctx, s.ada.ID, id)
	return ok(s.world, i, err)
}

// TestTable walks mutation × topic × event: for each mutation, every event
// that it is, on every topic, and no other.
// Guarantees: P12
func TestTable(t *testing.T) {
	added, updated, deleted, status := realtime.Added, realtime.Updated, realtime.Deleted, realtime.StatusChanged
	for _, c := range []struct {
		name string
		do   func(s *scene, call func(gift.User) gift.Call) []want
	}{
		{"item created as a surprise, with a new gift", func(s *scene, call func(gift.User) gift.Call) []want {
			i, err := s.s.CreateListItem(s.ctx, call(s.ada), gift.ListItemInput{ListID: s.list.ID, Gift: &gift.GiftInput{Name: "New"}})
			i = ok(s.world, i, err)
			return []want{s.board(s.list.ID, added, s.ada, i), s.gifts(s.list.ID, added, s.ada, i.Gift), s.gift(added, i.Gift, s.ada, s.cleo)}
		}},
		{"item created as a wish, of a gift that exists, for an assignee", func(s *scene, call func(gift.User) gift.Call) []want {
			g, err := s.s.CreateGift(s.ctx, s.by(s.ada), gift.GiftInput{Name: "Old"})
			g = ok(s.world, g, err)
			s.news()
			open := false
			i, err := s.s.CreateListItem(s.ctx, call(s.ada), gift.ListItemInput{ListID: s.list.ID, GiftID: &g.ID, Surprise: &open, AssigneeID: &s.cleo.ID})
			i = ok(s.world, i, err)
			return []want{s.board(s.list.ID, added, s.ada, i), s.gifts(s.list.ID, added, s.ada, g), s.wishes(added, "", s.wishOf(i)), s.gift(added, g, s.ben, s.cleo),
				s.notice(added, s.cleo, s.ada.ID, feed.Notice{Kind: feed.NoticeAssigned, ListID: s.list.ID, ItemID: i.ID, Text: "Old"})}
		}},
		{"item moved within its column", func(s *scene, call func(gift.User) gift.Call) []want {
			i, err := s.s.MoveListItem(s.ctx, call(s.cleo), s.wish.ID, gift.Move{Status: gift.StatusIdea, Before: &s.surprise.ID, Version: 1})
			return []want{s.board(s.list.ID, updated, s.cleo, ok(s.world, i, err))}
		}},
		{"item moved between columns", func(s *scene, call func(gift.User) gift.Call) []want {
			i, err := s.s.MoveListItem(s.ctx, call(s.cleo), s.wish.ID, gift.Move{Status: gift.StatusPurchased, Version: 1})
			return []want{s.board(s.list.ID, status, s.cleo, ok(s.world, i, err))}
		}},
		{"item patched", func(s *scene, call func(gift.User) gift.Call) []want {
			i, err := s.s.UpdateListItem(s.ctx, call(s.ada), s.wish.ID, gift.ListItemPatch{Notes: gift.Set("n")})
			return []want{s.board(s.list.ID, updated, s.ada, ok(s.world, i, err))}
		}},
		{"item patched to another status", func(s *scene, call func(gift.User) gift.Call) []want {
			i, err := s.s.UpdateListItem(s.ctx, call(s.ada), s.wish.ID, gift.ListItemPatch{Status: gift.Set(gift.StatusReceived)})
			return []want{s.board(s.list.ID, status, s.ada, ok(s.world, i, err))}
		}},
		{"wish kept secret", func(s *scene, call func(gift.User) gift.Call) []want {
			last := s.wishOf(s.wish)
			i, err := s.s.UpdateListItem(s.ctx, call(s.ada), s.wish.ID, gift.ListItemPatch{Surprise: gift.Set(true)})
			return []want{s.board(s.list.ID, updated, s.ada, ok(s.world, i, err)), s.wishes(deleted, "", last)}
		}},
		{"surprise opened", func(s *scene, call func(gift.User) gift.Call) []want {
			i, err := s.s.UpdateListItem(s.ctx, call(s.ada), s.surprise.ID, gift.ListItemPatch{Surprise: gift.Set(false)})
			return []want{s.board(s.list.ID, updated, s.ada, ok(s.world, i, err)), s.wishes(added, "", s.wishOf(s.surprise)), s.gift(added, s.surprise.Gift, s.ben)}
		}},
		{"assignee changed", func(s *scene, call func(gift.User) gift.Call) []want {
			_, err := s.s.UpdateListItem(s.ctx, s.by(s.ada), s.wish.ID, gift.ListItemPatch{AssigneeID: gift.Set(&s.cleo.ID)})
			s.check(err)
			s.news()
			i, err := s.s.UpdateListItem(s.ctx, call(s.cleo), s.wish.ID, gift.ListItemPatch{AssigneeID: gift.Set(&s.ada.ID)})
			n := feed.Notice{Kind: feed.NoticeAssigned, ListID: s.list.ID, ItemID: s.wish.ID, Text: s.wish.Gift.Name}
			gone := n
			gone.Kind = feed.NoticeUnassigned
			return []want{s.board(s.list.ID, updated, s.cleo, ok(s.world, i, err)),
				s.notice(added, s.ada, s.cleo.ID, n), s.notice(deleted, s.cleo, s.cleo.ID, gone)}
		}},
		{"an assignee from whom the card is hidden is told no more than that it is gone", func(s *scene, call func(gift.User) gift.Call) []want {
			i, err := s.s.UpdateListItem(s.ctx, s.by(s.ada), s.card(s.by(s.ada)).ID, gift.ListItemPatch{AssigneeID: gift.Set(&s.cleo.ID)})
			i = ok(s.world, i, err)
			s.news()
			after, err := s.s.UpdateListItem(s.ctx, call(s.ada), i.ID, gift.ListItemPatch{AssigneeID: gift.Set[*gift.UserID](nil), RecipientIDs: gift.Set([]gift.PersonID{*s.cleo.PersonID})})
			return []want{s.board(s.other.ID, updated, s.ada, ok(s.world, after, err)).only(s.ada, s.ben), s.board(s.other.ID, deleted, s.ada, i).only(s.cleo),
				s.gifts(s.other.ID, deleted, s.ada, i.Gift).only(s.cleo), s.gift(deleted, i.Gift, s.cleo)}
		}},
		{"item deleted", func(s *scene, call func(gift.User) gift.Call) []want {
			last := s.wishOf(s.wish)
			s.check(s.s.DeleteListItem(s.ctx, call(s.cleo), s.wish.ID))
			return []want{s.board(s.list.ID, deleted, s.cleo, s.wish), s.gifts(s.list.ID, deleted, s.cleo, s.wish.Gift), s.wishes(deleted, "", last)}
		}},
		{"surprise deleted", func(s *scene, call func(gift.User) gift.Call) []want {
			s.check(s.s.DeleteListItem(s.ctx, call(s.cleo), s.surprise.ID))
			return []want{s.board(s.list.ID, deleted, s.cleo, s.surprise), s.gifts(s.list.ID, deleted, s.cleo, s.surprise.Gift), s.gift(deleted, s.surprise.Gift, s.cleo)}
		}},
		{"gift patched", func(s *scene, call func(gift.User) gift.Call) []want {
			i, err := s.s.CreateListItem(s.ctx, s.by(s.ada), gift.ListItemInput{ListID: s.other.ID, GiftID: &s.surprise.GiftID, RecipientIDs: []gift.PersonID{*s.ben.PersonID}})
			i = ok(s.world, i, err)
			s.news()
			g, err := s.s.UpdateGift(s.ctx, call(s.cleo), s.surprise.GiftID, gift.GiftPatch{Name: gift.Set("Red kite")})
			g = ok(s.world, g, err)
			return []want{s.gift(updated, g, s.ada, s.cleo),
				s.board(s.list.ID, updated, s.cleo, s.read(s.surprise.ID)), s.gifts(s.list.ID, updated, s.cleo, g),
				s.board(s.other.ID, updated, s.cleo, s.read(i.ID)).only(s.ada, s.cleo), s.gifts(s.other.ID, updated, s.cleo, g).only(s.ada, s.cleo)}
		}},
		{"gift patched by its wisher", func(s *scene, call func(gift.User) gift.Call) []want {
			g, err := s.s.UpdateGift(s.ctx, call(s.ben), s.wish.GiftID, gift.GiftPatch{Name: gift.Set("Red kite")})
			g = ok(s.world, g, err)
			return []want{s.gift(updated, g, s.ada, s.ben, s.cleo),
				s.board(s.list.ID, updated, s.ben, s.read(s.wish.ID)), s.gifts(s.list.ID, updated, s.ben, g), s.wishes(updated, s.ben.ID, s.wishOf(s.wish)),
				s.board(s.other.ID, updated, s.ben, s.read(s.copy.ID)), s.gifts(s.other.ID, updated, s.ben, g)}
		}},
		{"gift created alone", func(s *scene, call func(gift.User) gift.Call) []want {
			g, err := s.s.CreateGift(s.ctx, call(s.ben), gift.GiftInput{Name: "Alone"})
			return []want{s.gift(added, ok(s.world, g, err), s.ben)}
		}},
		{"gift deleted by one who plans both of its lists", func(s *scene, call func(gift.User) gift.Call) []want {
			last := s.wishOf(s.wish)
			s.check(s.s.DeleteGift(s.ctx, call(s.ada), s.wish.GiftID))
			return []want{s.board(s.list.ID, deleted, s.ada, s.wish), s.gifts(s.list.ID, deleted, s.ada, s.wish.Gift), s.wishes(deleted, "", last),
				s.board(s.other.ID, deleted, s.ada, s.copy), s.gifts(s.other.ID, deleted, s.ada, s.wish.Gift), s.gift(deleted, s.wish.Gift, s.ada, s.ben, s.cleo)}
		}},
		{"wish created by its wisher", func(s *scene, call func(gift.User) gift.Call) []want {
			w, err := s.s.CreateWish(s.ctx, call(s.ben), gift.WishInput{ListID: s.list.ID, Gift: &gift.GiftInput{Name: "Bell"}})
			w = ok(s.world, w, err)
			i := s.itemOf(s.list, w.GiftID)
			return []want{s.board(s.list.ID, added, s.ben, i), s.gifts(s.list.ID, added, s.ben, i.Gift), s.wishes(added, s.ben.ID, w), s.gift(added, i.Gift, s.ada, s.ben, s.cleo)}
		}},
		{"wish created over a surprise", func(s *scene, call func(gift.User) gift.Call) []want {
			w, err := s.s.CreateWish(s.ctx, call(s.cleo), gift.WishInput{ListID: s.list.ID, GiftID: &s.surprise.GiftID})
			w = ok(s.world, w, err)
			return []want{s.board(s.list.ID, updated, s.cleo, s.read(s.surprise.ID)), s.wishes(added, "", w), s.gift(added, s.surprise.Gift, s.ben)}
		}},
		{"wish withdrawn", func(s *scene, call func(gift.User) gift.Call) []want {
			w := s.wishOf(s.wish)
			s.check(s.s.DeleteWish(s.ctx, call(s.ben), w.ID))
			return []want{s.board(s.list.ID, deleted, s.ben, s.wish), s.gifts(s.list.ID, deleted, s.ben, s.wish.Gift), s.wishes(deleted, s.ben.ID, w)}
		}},
		{"wish withdrawn, and kept by planners", func(s *scene, call func(gift.User) gift.Call) []want {
			w := s.wishOf(s.wish)
			_, err := s.s.UpdateListItem(s.ctx, s.by(s.ada), s.wish.ID, gift.ListItemPatch{Notes: gift.Set("n")})
			s.check(err)
			s.news()
			s.check(s.s.DeleteWish(s.ctx, call(s.ben), w.ID))
			return []want{s.board(s.list.ID, updated, s.ben, s.read(s.wish.ID)), s.wishes(deleted, s.ben.ID, w)}
		}},
		{"list created, renamed", func(s *scene, call func(gift.User) gift.Call) []want {
			l, err := s.s.CreateList(s.ctx, s.by(s.ada), gift.ListInput{Name: "x", Type: gift.ListIdeas})
			l = ok(s.world, l, err)
			_, err = s.s.UpdateList(s.ctx, call(s.ada), l.ID, gift.ListPatch{Name: gift.Set("y")})
			s.check(err)
			return nil
		}},
		{"list made private", func(s *scene, call func(gift.User) gift.Call) []want {
			_, err := s.s.UpdateList(s.ctx, call(s.ada), s.other.ID, gift.ListPatch{Visibility: gift.Set(gift.VisibilityPrivate)})
			s.check(err)
			gone := feed.Notice{Kind: feed.NoticeListGone, ListID: s.other.ID}
			return []want{s.notice(deleted, s.ben, "", gone), s.notice(deleted, s.cleo, "", gone)}
		}},
		{"list shared", func(s *scene, call func(gift.User) gift.Call) []want {
			_, err := s.s.UpdateList(s.ctx, call(s.ada), s.private.ID, gift.ListPatch{Visibility: gift.Set(gift.VisibilityFamily)})
			s.check(err)
			shared := feed.Notice{Kind: feed.NoticeListShared, ListID: s.private.ID, Text: "Mine"}
			return []want{s.notice(added, s.ben, "", shared), s.notice(added, s.cleo, "", shared)}
		}},
		{"list deleted", func(s *scene, call func(gift.User) gift.Call) []want {
			w := s.wishOf(s.wish)
			s.check(s.s.DeleteList(s.ctx, call(s.ben), s.list.ID))
			gone := feed.Notice{Kind: feed.NoticeListGone, ListID: s.list.ID}
			return []want{s.board(s.list.ID, deleted, s.ben, s.wish), s.gifts(s.list.ID, deleted, s.ben, s.wish.Gift), s.wishes(deleted, s.ben.ID, w),
				s.board(s.list.ID, deleted, s.ben, s.surprise), s.gifts(s.list.ID, deleted, s.ben, s.surprise.Gift), s.gift(deleted, s.surprise.Gift, s.cleo),
				s.notice(deleted, s.ada, "", gone), s.notice(deleted, s.ben, "", gone), s.notice(deleted, s.cleo, "", gone)}
		}},
		{"person deleted whom a gift would suit", func(s *scene, call func(gift.User) gift.Call) []want {
			p, err := s.s.CreatePerson(s.ctx, s.by(s.ada), gift.PersonInput{Name: "Dan"})
			p = ok(s.world, p, err)
			_, err = s.s.UpdateGift(s.ctx, s.by(s.ada), s.surprise.GiftID, gift.GiftPatch{PersonIDs: gift.Set([]gift.PersonID{p.ID})})
			s.check(err)
			s.news()
			s.check(s.s.DeletePerson(s.ctx, call(s.ada), p.ID))
			return nil
		}},
		{"a gift would suit somebody", func(s *scene, call func(gift.User) gift.Call) []want {
			_, err := s.s.UpdateGift(s.ctx, call(s.ada), s.wish.GiftID, gift.GiftPatch{PersonIDs: gift.Set([]gift.PersonID{*s.ben.PersonID})})
			s.check(err)
			return nil
		}},
		{"a gift would suit somebody, and is renamed", func(s *scene, call func(gift.User) gift.Call) []want {
			g, err := s.s.UpdateGift(s.ctx, call(s.ada), s.surprise.GiftID, gift.GiftPatch{Name: gift.Set("Red kite"), PersonIDs: gift.Set([]gift.PersonID{*s.ben.PersonID})})
			g = ok(s.world, g, err)
			if len(g.PersonIDs) != 1 {
				s.t.Errorf("ada reads that it would suit %v", g.PersonIDs)
			}
			return []want{s.gift(updated, g, s.ada, s.cleo), s.board(s.list.ID, updated, s.ada, s.read(s.surprise.ID)), s.gifts(s.list.ID, updated, s.ada, g)}
		}},
		{"a patch that changes nothing", func(s *scene, call func(gift.User) gift.Call) []want {
			_, err := s.s.UpdateGift(s.ctx, call(s.ada), s.wish.GiftID, gift.GiftPatch{Name: gift.Set(s.wish.Gift.Name)})
			s.check(err)
			_, err = s.s.UpdateListItem(s.ctx, s.by(s.ada), s.wish.ID, gift.ListItemPatch{Status: gift.Set(s.wish.Status)})
			s.check(err)
			_, err = s.s.UpdateList(s.ctx, s.by(s.ada), s.other.ID, gift.ListPatch{Visibility: gift.Set(s.other.Visibility)})
			s.check(err)
			return nil
		}},
		{"card for somebody created", func(s *scene, call func(gift.User) gift.Call) []want {
			i := s.card(call(s.ada), s.cleo)
			return []want{s.board(s.other.ID, added, s.ada, i).only(s.ada, s.ben), s.gifts(s.other.ID, added, s.ada, i.Gift).only(s.ada, s.ben),
				s.gift(added, i.Gift, s.ada, s.ben)}
		}},
		{"card for somebody moved", func(s *scene, call func(gift.User) gift.Call) []want {
			i := s.card(s.by(s.ada), s.cleo)
			s.news()
			i, err := s.s.MoveListItem(s.ctx, call(s.ben), i.ID, gift.Move{Status: gift.StatusSelected, Version: 1})
			return []want{s.board(s.other.ID, status, s.ben, ok(s.world, i, err)).only(s.ada, s.ben)}
		}},
		{"card's gift edited", func(s *scene, call func(gift.User) gift.Call) []want {
			i := s.card(s.by(s.ada), s.cleo)
			s.news()
			g, err := s.s.UpdateGift(s.ctx, call(s.ada), i.GiftID, gift.GiftPatch{Name: gift.Set("Red kite")})
			g = ok(s.world, g, err)
			return []want{s.board(s.other.ID, updated, s.ada, s.read(i.ID)).only(s.ada, s.ben), s.gifts(s.other.ID, updated, s.ada, g).only(s.ada, s.ben),
				s.gift(updated, g, s.ada, s.ben)}
		}},
		{"card hidden from somebody", func(s *scene, call func(gift.User) gift.Call) []want {
			i := s.card(s.by(s.ada))
			s.news()
			after, err := s.s.UpdateListItem(s.ctx, call(s.ada), i.ID, gift.ListItemPatch{RecipientIDs: gift.Set([]gift.PersonID{*s.cleo.PersonID})})
			return []want{s.board(s.other.ID, updated, s.ada, ok(s.world, after, err)).only(s.ada, s.ben), s.board(s.other.ID, deleted, s.ada, i).only(s.cleo),
				s.gifts(s.other.ID, deleted, s.ada, i.Gift).only(s.cleo), s.gift(deleted, i.Gift, s.cleo)}
		}},
		{"card seen again", func(s *scene, call func(gift.User) gift.Call) []want {
			i := s.card(s.by(s.ada), s.cleo)
			s.news()
			after, err := s.s.UpdateListItem(s.ctx, call(s.ben), i.ID, gift.ListItemPatch{RecipientIDs: gift.Set([]gift.PersonID{})})
			after = ok(s.world, after, err)
			return []want{s.board(s.other.ID, updated, s.ben, after).only(s.ada, s.ben), s.board(s.other.ID, added, s.ben, after).only(s.cleo),
				s.gifts(s.other.ID, added, s.ben, i.Gift).only(s.cleo), s.gift(added, i.Gift, s.cleo)}
		}},
		{"card for somebody deleted", func(s *scene, call func(gift.User) gift.Call) []want {
			i := s.card(s.by(s.ada), s.cleo)
			s.news()
			s.check(s.s.DeleteListItem(s.ctx, call(s.ada), i.ID))
			return []want{s.board(s.other.ID, deleted, s.ada, i).only(s.ada, s.ben), s.gifts(s.other.ID, deleted, s.ada, i.Gift).only(s.ada, s.ben),
				s.gift(deleted, i.Gift, s.ben)}
		}},
		{"second card of a gift, of which somebody saw none", func(s *scene, call func(gift.User) gift.Call) []want {
			_, err := s.s.UpdateListItem(s.ctx, s.by(s.ada), s.copy.ID, gift.ListItemPatch{RecipientIDs: gift.Set([]gift.PersonID{*s.ben.PersonID})})
			s.check(err)
			s.news()
			i, err := s.s.CreateListItem(s.ctx, call(s.ben), gift.ListItemInput{ListID: s.other.ID, GiftID: &s.wish.GiftID})
			i = ok(s.world, i, err)
			return []want{s.board(s.other.ID, added, s.ben, i), s.gifts(s.other.ID, added, s.ben, i.Gift).only(s.ben)}
		}},
		{"somebody joins", func(s *scene, call func(gift.User) gift.Call) []want {
			s.join("Dan")
			return nil
		}},
		{"people and occasions", func(s *scene, call func(gift.User) gift.Call) []want {
			p, err := s.s.CreatePerson(s.ctx, s.by(s.ada), gift.PersonInput{Name: "Dan"})
			p = ok(s.world, p, err)
			_, err = s.s.UpdatePerson(s.ctx, s.by(s.ada), p.ID, gift.PersonPatch{Notes: gift.Set("n")})
			s.check(err)
			o, err := s.s.CreateOccasion(s.ctx, s.by(s.ada), gift.OccasionInput{Name: "Day", Type: gift.OccasionOther, Date: "2099-01-01"})
			o = ok(s.world, o, err)
			_, err = s.s.UpdateOccasion(s.ctx, s.by(s.ada), o.ID, gift.OccasionPatch{Name: gift.Set("x")})
			s.check(err)
			s.check(s.s.DeleteOccasion(s.ctx, s.by(s.ada), o.ID))
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			var mutation string
			var actor gift.User
			wants := c.do(s, func(u gift.User) gift.Call {
				call := s.by(u)
				mutation, actor = call.MutationID, u
				return call
			})
			got := s.news()
			compare(t, got, wants)
			for _, e := range got {
				if strings.Contains(string(e.Payload), "person_ids") {
					t.Errorf("%s on %s tells everybody whom a gift would suit: %s", e.Type, e.Topic, e.Payload)
				}
				s.tied(e, actor, mutation)
			}
		})
	}
}

// card is a card of a new gift on the board about nobody.
func (s *scene) card(call gift.Call, recipients ...gift.User) gift.ListItem {
	s.t.Helper()
	in := gift.ListItemInput{ListID: s.other.ID, Gift: &gift.GiftInput{Name: "Top"}}
	for _, r := range recipients {
		in.RecipientIDs = append(in.RecipientIDs, *r.PersonID)
	}
	i, err := s.s.CreateListItem(s.ctx, call, in)
	return ok(s.world, i, err)
}

// tied checks that an event names the request that it comes of, where it says
// who made it, and to them; elsewhere nothing ties it to others.
func (s *scene) tied(e realtime.Entry, actor gift.User, mutation string) {
	s.t.Helper()
	trace := "trace"
	if e.UserID == "" && !strings.HasSuffix(string(e.Topic), string(actor.ID)) {
		mutation, trace = "", ""
	}
	if e.MutationID != mutation || e.TraceID != trace || e.Timestamp.IsZero() || e.ID == "" {
		s.t.Errorf("%s on %s should come of %q: %+v", e.Type, e.Topic, mutation, e)
	}
}

// itemOf is the item of a list that holds a gift.
func (s *scene) itemOf(l gift.List, id gift.GiftID) gift.ListItem {
	s.t.Helper()
	items, err := s.s.ListItems(s.ctx, s.ada.ID, l.ID)
	s.check(err)
	at := slices.IndexFunc(items.Value, func(i gift.ListItem) bool { return i.GiftID == id })
	return items.Value[at]
}

// compare compares events whatever their order between topics.
func compare(t *testing.T, got []realtime.Entry, wants []want) {
	t.Helper()
	describe := func(topic realtime.Topic, event realtime.EventType, entity string, actor string, version int64, payload any) string {
		return fmt.Sprintf("%s %s %s by %q v%d %v", topic, event, entity, actor, version, payload)
	}
	var have, should []string
	for _, e := range got {
		have = append(have, describe(e.Topic, e.Type, e.EntityID, e.UserID, e.Version, plain(t, e.Payload)))
	}
	for _, w := range wants {
		topics := []realtime.Topic{w.topic}
		if w.readers != nil {
			topics = nil
		}
		for _, reader := range w.readers {
			topics = append(topics, w.topic+"~"+realtime.Topic(reader.ID))
		}
		for _, topic := range topics {
			should = append(should, describe(topic, w.event, w.entity, string(w.actor), w.version, plain(t, w.payload)))
		}
	}
	slices.Sort(have)
	slices.Sort(should)
	if diff := cmp.Diff(should, have); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
