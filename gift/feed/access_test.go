package feed_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// lasts checks that the last event of a topic is of this type, and was appended
// before the reader lost the topic: so it reaches them, always.
func (s *scene) lasts(reader gift.User, topic realtime.Topic, want realtime.EventType) {
	s.t.Helper()
	entries := readAll(s.t, s.log, topic, 0)
	head := s.head(topic)
	changes, err := s.log.AccessChanges(s.ctx, topic, 0)
	s.check(err)
	last := entries[len(entries)-1]
	at := slices.IndexFunc(changes, func(c realtime.AccessChange) bool {
		return c.Generation > last.Generation && !c.Opened && (c.User == "" || c.User == string(reader.ID))
	})
	if last.Type != want || at < 0 {
		s.t.Errorf("%s ends with %s of generation %d, and %v at %d", topic, last.Type, last.Generation, changes, head.Generation)
	}
}

// TestLastEvents: an account that loses a thing gets its last events, however it loses it.
// Guarantees: S8
func TestLastEvents(t *testing.T) {
	for name, c := range map[string]func(s *scene){
		"a list deleted": func(s *scene) {
			s.check(s.s.DeleteList(s.ctx, s.by(s.ben), s.list.ID))
			for _, kind := range []string{"list-items", "gift-list", "wishes"} {
				s.lasts(s.cleo, topic(kind, s.list.ID), realtime.Deleted)
			}
			s.lasts(s.cleo, own("gift", s.surprise.GiftID, s.cleo), realtime.Deleted)
		},
		"a list about nobody deleted": func(s *scene) {
			s.check(s.s.DeleteList(s.ctx, s.by(s.ada), s.other.ID))
			for _, reader := range []gift.User{s.ada, s.ben, s.cleo} {
				s.lasts(reader, own("list-items", s.other.ID, reader), realtime.Deleted)
				s.lasts(reader, own("gift-list", s.other.ID, reader), realtime.Deleted)
			}
		},
		"a gift gone": func(s *scene) {
			s.check(s.s.DeleteGift(s.ctx, s.by(s.ada), s.surprise.GiftID))
			s.lasts(s.ada, own("gift", s.surprise.GiftID, s.ada), realtime.Deleted)
			s.lasts(s.cleo, own("gift", s.surprise.GiftID, s.cleo), realtime.Deleted)
		},
		"a gift out of sight, which is there": func(s *scene) {
			s.check(s.s.DeleteListItem(s.ctx, s.by(s.ada), s.surprise.ID))
			s.lasts(s.cleo, own("gift", s.surprise.GiftID, s.cleo), realtime.Deleted)
		},
		"a gift hidden": func(s *scene) {
			i := s.card(s.by(s.ada))
			_, err := s.s.UpdateListItem(s.ctx, s.by(s.ada), i.ID, gift.ListItemPatch{RecipientIDs: gift.Set([]gift.PersonID{*s.cleo.PersonID})})
			s.check(err)
			s.lasts(s.cleo, own("gift", i.GiftID, s.cleo), realtime.Deleted)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c(newScene(t))
		})
	}
}

// TestHiddenLooksDeleted: to whom a card is hidden from, that is the same events
// as its end, and to whom it is shown the same as a new one; nothing of their
// access to the board changes.
func TestHiddenLooksDeleted(t *testing.T) {
	hide := func(s *scene, i gift.ListItem) error {
		_, err := s.s.UpdateListItem(s.ctx, s.by(s.ada), i.ID, gift.ListItemPatch{RecipientIDs: gift.Set([]gift.PersonID{*s.cleo.PersonID})})
		return err
	}
	remove := func(s *scene, i gift.ListItem) error { return s.s.DeleteListItem(s.ctx, s.by(s.ada), i.ID) }
	seen := func(end func(s *scene, i gift.ListItem) error) []string {
		s := newScene(t)
		i := s.card(s.by(s.ada))
		board := own("list-items", s.other.ID, s.cleo)
		generation := s.head(board).Generation
		s.check(end(s, i))
		if g := s.head(board).Generation; g != generation {
			t.Errorf("cleo's access to the board changed from %d to %d", generation, g)
		}
		var said []string
		for _, topic := range []realtime.Topic{board, own("gift-list", s.other.ID, s.cleo), own("gift", i.GiftID, s.cleo)} {
			for _, e := range readAll(t, s.log, topic, 0)[s.head(topic).Seq-1:] {
				by := "nobody"
				if e.UserID == string(s.ada.ID) {
					by = "ada"
				}
				said = append(said, topic.Type(), string(e.Type), by, e.TraceID)
			}
		}
		return said
	}
	if diff := cmp.Diff(seen(remove), seen(hide)); diff != "" {
		t.Errorf("a card that is hidden looks different (-deleted +hidden):\n%s", diff)
	}
}

// TestHubIsTold of what was appended, then of the topics whose access changed.
func TestHubIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(s *scene) error
		want []string
	}{
		"a move": {func(s *scene) error {
			_, err := s.s.MoveListItem(s.ctx, s.by(s.ada), s.wish.ID, gift.Move{Status: gift.StatusSelected, Version: 1})
			return err
		}, []string{"deliver list-items#3"}},
		"a move on a list about nobody": {func(s *scene) error {
			_, err := s.s.MoveListItem(s.ctx, s.by(s.ada), s.copy.ID, gift.Move{Status: gift.StatusSelected, Version: 1})
			return err
		}, []string{"deliver list-items#2 list-items#2 list-items#2"}},
		"a list made private": {func(s *scene) error {
			_, err := s.s.UpdateList(s.ctx, s.by(s.ada), s.other.ID, gift.ListPatch{Visibility: gift.Set(gift.VisibilityPrivate)})
			return err
		}, []string{"deliver user#1 user#1", "wake list-items list-items gift-list gift-list wishes wishes"}},
		"a list that comes to be about nobody": {func(s *scene) error {
			about, err := s.s.CreateList(s.ctx, s.by(s.ada), gift.ListInput{Name: "List", Type: gift.ListIdeas, PersonID: s.ben.PersonID})
			s.check(err)
			_, err = s.s.UpdateList(s.ctx, s.by(s.ada), about.ID, gift.ListPatch{PersonID: gift.Set[*gift.PersonID](nil)})
			return err
		}, []string{"deliver user#1", "wake " + strings.Repeat("list-items ", 3) + strings.Repeat("gift-list ", 3) + strings.Repeat("wishes ", 3) +
			strings.Repeat("list-items ", 3) + strings.Repeat("gift-list ", 3) + strings.Repeat("wishes ", 3) + "list-items gift-list wishes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.check(c.do(s))
			if got := s.told(); !slices.Equal(got, c.want) {
				t.Errorf("the hub was told %q, want %q", got, c.want)
			}
		})
	}
}
