package store

import (
	"context"

	"github.com/familygifting/tidings/gift"
)

// recipients are whom an item of a list is for, when somebody asks for those
// people, who must be there, as those are whom it was for before.
func (m *mutation) recipients(ctx context.Context, l gift.List, asked []gift.PersonID, asker *gift.PersonID, before []gift.PersonID) ([]gift.PersonID, error) {
	recipients, err := l.Recipients(asked, asker)
	if err != nil || l.PersonID != nil {
		return recipients, err
	}
	return recipients, m.checkPeople(ctx, "recipient_ids", asked, before)
}

// updateRecipients makes the cards of a list be for the person it is about. About
// nobody, they are for whom they were.
func (m *mutation) updateRecipients(ctx context.Context, l gift.List, cards []itemRow) error {
	if l.PersonID == nil {
		return nil
	}
	wisher, err := wisherOf(ctx, m.tx, l)
	if err != nil {
		return err
	}
	for _, before := range cards {
		if before.IsFor(l.PersonID) {
			continue
		}
		before.list, before.wisher = l, wisher
		after := before
		after.RecipientIDs = []gift.PersonID{*l.PersonID}
		if err := m.changeItem(ctx, before, &after); err != nil {
			return err
		}
	}
	return nil
}

// forgetInCards removes a deleted person from the cards that are for
// them. They have no account, so nobody sees more or less by it.
func (m *mutation) forgetInCards(ctx context.Context, person gift.PersonID) error {
	cards, err := itemsWhere(ctx, m.tx, `NOT `+notForSQL("i", "$1"), string(person))
	if err != nil {
		return err
	}
	for _, before := range cards {
		after := before
		after.RecipientIDs = without(before.RecipientIDs, person)
		if err := m.changeItem(ctx, before, &after); err != nil {
			return err
		}
	}
	return nil
}
