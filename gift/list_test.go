package gift_test

import (
	"testing"

	"github.com/familygifting/tidings/gift"
)

func TestAccessFor(t *testing.T) {
	const owner, other = gift.UserID("owner"), gift.UserID("other")
	ann, bob := new(gift.PersonID("ann")), new(gift.PersonID("bob"))
	for _, c := range []struct {
		name       string
		visibility gift.Visibility
		about      *gift.PersonID
		hidden     bool
		user       gift.UserID
		person     *gift.PersonID
		want       gift.Access
	}{
		{"about nobody", gift.VisibilityFamily, nil, false, other, ann, gift.AccessPlanner},
		{"about nobody, to an account without a person", gift.VisibilityFamily, nil, false, other, nil, gift.AccessPlanner},
		{"about somebody else", gift.VisibilityFamily, bob, false, other, ann, gift.AccessPlanner},
		{"about them", gift.VisibilityFamily, ann, false, other, ann, gift.AccessWisher},
		{"about them, public", gift.VisibilityPublic, ann, false, other, ann, gift.AccessWisher},
		{"about them, hidden", gift.VisibilityFamily, ann, true, other, ann, gift.AccessNone},
		{"about them, hidden, public", gift.VisibilityPublic, ann, true, other, ann, gift.AccessNone},
		{"hidden from somebody else", gift.VisibilityFamily, bob, true, other, ann, gift.AccessPlanner},
		{"about somebody, to an account without a person", gift.VisibilityFamily, ann, true, other, nil, gift.AccessPlanner},
		{"private, the owner", gift.VisibilityPrivate, nil, false, owner, ann, gift.AccessPlanner},
		{"private, another", gift.VisibilityPrivate, nil, false, other, ann, gift.AccessNone},
		{"private, about another", gift.VisibilityPrivate, ann, false, other, ann, gift.AccessNone},
		{"private, about the owner", gift.VisibilityPrivate, ann, false, owner, ann, gift.AccessWisher},
		{"private, about another, to the owner", gift.VisibilityPrivate, bob, true, owner, ann, gift.AccessPlanner},
		{"the owner's own", gift.VisibilityFamily, ann, false, owner, ann, gift.AccessWisher},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := gift.List{Visibility: c.visibility, OwnerID: owner, PersonID: c.about, HiddenFromPerson: c.hidden}
			if got := l.AccessFor(c.user, c.person); got != c.want {
				t.Fatalf("got %s, want %s", got, c.want)
			}
		})
	}
}
