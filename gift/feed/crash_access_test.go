package feed_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// The lists that are taken away and given back while the process is killed.
const (
	crashShared = "Shared" // about nobody in particular
	crashAbout  = "About"  // about a person
)

// What is noted on a card says who could see its list then.
const noteFamily, notePrivate = "for the family", "for oneself"

// prepareWithdrawals creates the two lists, and Ben, who loses them.
func prepareWithdrawals(t *testing.T, s *store.Store, ada gift.Call) {
	t.Helper()
	if _, err := s.CreateInvite(t.Context(), ada.Actor, "ben", nil, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AcceptInvite(t.Context(), "ben", gift.NewAccount{Name: "Ben", Email: "ben@example.org"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	dora, err := s.CreatePerson(t.Context(), ada, gift.PersonInput{Name: "Dora"})
	if err != nil {
		t.Fatal(err)
	}
	for name, about := range map[string]*gift.PersonID{crashShared: nil, crashAbout: &dora.ID} {
		l, err := s.CreateList(t.Context(), ada, gift.ListInput{Name: name, Type: gift.ListIdeas, PersonID: about})
		if err != nil {
			t.Fatal(err)
		}
		in := gift.ListItemInput{ListID: l.ID, Gift: &gift.GiftInput{Name: "Drum"}, Notes: noteFamily}
		if _, err := s.CreateListItem(t.Context(), ada, in); err != nil {
			t.Fatal(err)
		}
	}
}

// withdrawUntilKilled makes the lists private and shares them again, and notes
// their present access on their cards each time. It never returns.
func withdrawUntilKilled(ctx context.Context, s *store.Store, ada gift.UserID, lists []gift.List) {
	call := gift.Call{Actor: ada}
	for n := 0; ; n++ {
		visibility, note := gift.VisibilityPrivate, notePrivate
		if n%2 == 1 {
			visibility, note = gift.VisibilityFamily, noteFamily
		}
		for _, l := range lists {
			if l.Name != crashShared && l.Name != crashAbout {
				continue
			}
			_, err := s.UpdateList(ctx, call, l.ID, gift.ListPatch{Visibility: gift.Set(visibility)})
			exitIf(err)
			board, err := s.ListItems(ctx, ada, l.ID)
			exitIf(err)
			for _, item := range board.Value {
				_, err := s.UpdateListItem(ctx, call, item.ID, gift.ListItemPatch{Notes: gift.Set(note + strings.Repeat("!", n%5))})
				exitIf(err)
			}
		}
	}
}

// checkWithdrawn (S8): what was noted in private lies, in the log, where Ben may
// not read, and the log says of his right what the data says.
func checkWithdrawn(t *testing.T, s *store.Store, log *sqllog.Log) {
	t.Helper()
	ben, err := s.Credentials(t.Context(), "ben@example.org")
	if err != nil {
		t.Fatal(err)
	}
	ada, err := s.Credentials(t.Context(), "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	lists, err := s.Lists(t.Context(), ada.User, gift.ListFilter{}, gift.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists.Items {
		switch l.Name {
		case crashShared:
			checkTopic(t, log, ben.User, l, own("list-items", l.ID, gift.User{ID: ben.User}))
		case crashAbout:
			checkTopic(t, log, ben.User, l, topic("list-items", l.ID))
		}
	}
}

func checkTopic(t *testing.T, log *sqllog.Log, ben gift.UserID, l gift.List, topic realtime.Topic) {
	t.Helper()
	changes, err := log.AccessChanges(t.Context(), topic, 0)
	if err != nil {
		t.Fatal(err)
	}
	heads, err := log.Heads(t.Context(), []realtime.Topic{topic})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range readAll(t, log, topic, heads[0].Floor) {
		allowed := true
		for _, c := range changes {
			if c.User == string(ben) && c.Generation <= e.Generation {
				allowed = c.Opened
			}
		}
		if allowed && strings.Contains(string(e.Payload), notePrivate) {
			t.Fatalf("%s shows ben what was noted in private, at %d of generation %d", topic, e.Seq, e.Generation)
		}
	}
	_, rights, err := log.HeadsAndRights(t.Context(), string(ben), []realtime.Topic{topic})
	if err != nil {
		t.Fatal(err)
	}
	if private := l.Visibility == gift.VisibilityPrivate; rights[0].Closed != private {
		t.Fatalf("%s is private: %v, and closed to ben: %v", topic, private, rights[0].Closed)
	}
}
