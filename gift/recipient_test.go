package gift_test

import (
	"slices"
	"testing"

	"github.com/familygifting/tidings/gift"
)

func TestCardAccessFor(t *testing.T) {
	const user = gift.UserID("user")
	ann, bob := new(gift.PersonID("ann")), new(gift.PersonID("bob"))
	people := func(people ...gift.PersonID) []gift.PersonID { return people }
	for _, c := range []struct {
		name     string
		about    *gift.PersonID
		hidden   bool
		card     []gift.PersonID
		surprise bool
		person   *gift.PersonID
		want     gift.Access
	}{
		{"for nobody", nil, false, people(), true, ann, gift.AccessPlanner},
		{"for another", nil, false, people("bob"), true, ann, gift.AccessPlanner},
		{"for them", nil, false, people("ann"), true, ann, gift.AccessNone},
		{"for them, and no surprise", nil, false, people("ann"), false, ann, gift.AccessNone},
		{"for them and another", nil, false, people("ann", "bob"), true, bob, gift.AccessNone},
		{"to an account without a person", nil, false, people("ann"), true, nil, gift.AccessPlanner},
		{"about another", bob, false, people("bob"), true, ann, gift.AccessPlanner},
		{"about them, a wish", ann, false, people("ann"), false, ann, gift.AccessWisher},
		{"about them, a surprise", ann, false, people("ann"), true, ann, gift.AccessNone},
		{"about them, hidden", ann, true, people("ann"), false, ann, gift.AccessNone},
	} {
		l := gift.List{Visibility: gift.VisibilityFamily, PersonID: c.about, HiddenFromPerson: c.hidden}
		if got := l.CardAccessFor(user, c.person, gift.ListItem{RecipientIDs: c.card, Surprise: c.surprise}); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestRecipients(t *testing.T) {
	ann, bob := gift.PersonID("ann"), gift.PersonID("bob")
	shared, about := gift.List{}, gift.List{PersonID: &ann}
	many := make([]gift.PersonID, gift.MaxRecipients+1)
	for i := range many {
		many[i] = gift.PersonID(rune('a' + i))
	}
	for _, c := range []struct {
		name  string
		list  gift.List
		asked []gift.PersonID
		want  []gift.PersonID
		field string
	}{
		{"nobody named", shared, nil, []gift.PersonID{}, ""},
		{"sorted", shared, []gift.PersonID{"eve", bob}, []gift.PersonID{bob, "eve"}, ""},
		{"as many as may be", shared, many[1:], many[1:], ""},
		{"one more", shared, many, nil, "recipient_ids"},
		{"twice", shared, []gift.PersonID{bob, "eve", bob}, nil, "recipient_ids[2]"},
		{"oneself", shared, []gift.PersonID{bob, ann}, nil, "recipient_ids[1]"},
		{"about a person", about, nil, []gift.PersonID{ann}, ""},
		{"about a person, named", about, []gift.PersonID{ann}, []gift.PersonID{ann}, ""},
		{"about a person, for nobody", about, []gift.PersonID{}, nil, "recipient_ids"},
		{"about a person, for another", about, []gift.PersonID{bob}, nil, "recipient_ids"},
	} {
		got, err := c.list.Recipients(c.asked, &ann)
		var e *gift.Error
		if c.field == "" {
			if err != nil || !slices.Equal(got, c.want) || got == nil {
				t.Errorf("%s: got %v, %v", c.name, got, err)
			}
		} else if e, _ = err.(*gift.Error); e == nil || e.Field != c.field || e.Code != gift.EINVALID {
			t.Errorf("%s: got %v, want one that names %s", c.name, err, c.field)
		}
	}
}

func TestPreviewCardsNameTheFirst(t *testing.T) {
	var cards gift.PreviewCards
	for range gift.MaxPreview + 1 {
		cards.Add(gift.PreviewCard{})
	}
	if cards.Count != gift.MaxPreview+1 || len(cards.Cards) != gift.MaxPreview {
		t.Errorf("counted %d, named %d", cards.Count, len(cards.Cards))
	}
}
