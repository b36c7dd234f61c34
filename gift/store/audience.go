package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/familygifting/tidings/gift"
)

// changeList stores a changed list, and notes for whom its access changes. The
// cards of one that comes to be about somebody else are for that person.
func (m *mutation) changeList(ctx context.Context, before, after gift.List) error {
	if sameAudience(before, after) {
		return m.storeList(ctx, after)
	}
	cards, err := itemsWhere(ctx, m.tx, `i.list_id = $1`, string(after.ID))
	if err != nil {
		return err
	}
	gifts, seen := giftsOf(cards), map[gift.GiftID][]gift.UserID{}
	for _, g := range gifts {
		if seen[g.ID], err = m.seersOf(ctx, g.ID); err != nil {
			return err
		}
	}
	if err := m.storeList(ctx, after); err != nil {
		return err
	}
	if err := m.noteAccess(ctx, before, after, gifts); err != nil {
		return err
	}
	if err := m.updateRecipients(ctx, after, cards); err != nil {
		return err
	}
	for _, g := range gifts {
		if err := m.noteSight(ctx, g, seen[g.ID]); err != nil {
			return err
		}
	}
	return nil
}

// giftsOf are the gifts of cards, each once.
func giftsOf(cards []itemRow) []gift.Gift {
	gifts := make([]gift.Gift, len(cards))
	for i, card := range cards {
		gifts[i] = card.Gift
	}
	slices.SortFunc(gifts, func(a, b gift.Gift) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(gifts, func(a, b gift.Gift) bool { return a.ID == b.ID })
}

// noteAccess notes who gained or lost a list by a change of it.
func (m *mutation) noteAccess(ctx context.Context, before, after gift.List, gifts []gift.Gift) error {
	everybody, err := m.members(ctx)
	if err != nil {
		return err
	}
	change := gift.ListChange{ID: after.ID, Name: after.Name, SharedBefore: before.PersonID == nil, SharedAfter: after.PersonID == nil}
	for _, u := range everybody {
		was, is := before.AccessFor(u.id, u.person), after.AccessFor(u.id, u.person)
		change.PlannersBefore, change.ReadersBefore = entered(u.id, was, change.PlannersBefore, change.ReadersBefore)
		change.PlannersAfter, change.ReadersAfter = entered(u.id, is, change.PlannersAfter, change.ReadersAfter)
		switch {
		case was == is:
		case was == gift.AccessNone:
			change.Gained = append(change.Gained, u.id)
		case is == gift.AccessNone:
			change.Lost = append(change.Lost, u.id)
		default: // a wisher becomes a planner, or the reverse: each sees less of something
			change.Demoted = append(change.Demoted, u.id)
		}
	}
	for _, g := range gifts {
		change.Gifts = append(change.Gifts, g.ID)
	}
	m.made(gift.Change{Kind: gift.ListAccessChanged, List: &change})
	return nil
}

// entered adds a user to those who plan a list and to those who read it, as far
// as they do.
func entered(user gift.UserID, access gift.Access, planners, readers []gift.UserID) (p, r []gift.UserID) {
	if access == gift.AccessPlanner {
		planners = append(planners, user)
	}
	if access != gift.AccessNone {
		readers = append(readers, user)
	}
	return planners, readers
}

// sameAudience reports whether the rules of access see no difference.
func sameAudience(a, b gift.List) bool {
	samePerson := (a.PersonID == nil) == (b.PersonID == nil) && (a.PersonID == nil || *a.PersonID == *b.PersonID)
	return samePerson && a.Visibility == b.Visibility && a.HiddenFromPerson == b.HiddenFromPerson
}

// noteDeleted notes who lost a list that is gone.
func (m *mutation) noteDeleted(ctx context.Context, l gift.List) error {
	everybody, err := m.members(ctx)
	if err != nil {
		return err
	}
	change := gift.ListChange{ID: l.ID, Name: l.Name, SharedBefore: l.PersonID == nil}
	for _, u := range everybody {
		access := l.AccessFor(u.id, u.person)
		change.PlannersBefore, change.ReadersBefore = entered(u.id, access, change.PlannersBefore, change.ReadersBefore)
	}
	change.Lost = change.ReadersBefore
	m.made(gift.Change{Kind: gift.ListDeleted, List: &change})
	return nil
}
