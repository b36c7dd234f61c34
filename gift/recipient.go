package gift

import (
	"fmt"
	"slices"
)

// IsFor reports whether a person is one of those whom the card is for; person is
// nil for an account without one.
func (i ListItem) IsFor(person *PersonID) bool {
	return person != nil && slices.Contains(i.RecipientIDs, *person)
}

// CardAccessFor decides what a user, who may be linked to a person, may do with
// a card of the list. To the account of one of its recipients a card does not
// exist; the person whom the list is about sees it as a wish, or not at all.
func (l List) CardAccessFor(user UserID, person *PersonID, card ListItem) Access {
	switch access := l.AccessFor(user, person); {
	case access == AccessPlanner && card.IsFor(person), access == AccessWisher && card.Surprise:
		return AccessNone
	default:
		return access
	}
}

// Recipients returns whom a card of the list is for, when somebody asks for
// those people, sorted. A list about a person is for that person alone. asker is
// the person of whoever asks.
func (l List) Recipients(asked []PersonID, asker *PersonID) ([]PersonID, error) {
	if l.PersonID != nil {
		if asked != nil && !slices.Equal(asked, []PersonID{*l.PersonID}) {
			return nil, Invalid("recipient_ids", "must be the person whom the list is about, and nobody else")
		}
		return []PersonID{*l.PersonID}, nil
	}
	if err := checkPeople("recipient_ids", asked, MaxRecipients); err != nil {
		return nil, err
	}
	if asker != nil {
		if own := slices.Index(asked, *asker); own >= 0 {
			return nil, Invalid(fmt.Sprintf("recipient_ids[%d]", own),
				"may not be you: the card would be hidden from you, so put it on your wishlist")
		}
	}
	sorted := append([]PersonID{}, asked...)
	slices.Sort(sorted)
	return sorted, nil
}

// checkPeople allows a few people, each once.
func checkPeople(field string, people []PersonID, limit int) error {
	if err := checkCount(field, len(people), limit); err != nil {
		return err
	}
	for i, id := range people {
		if slices.Contains(people[:i], id) {
			return Invalid(fmt.Sprintf("%s[%d]", field, i), "is there twice")
		}
	}
	return nil
}
