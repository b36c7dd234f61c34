package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/familygifting/tidings/gift"
)

// member is a user as access rules see them.
type member struct {
	id     gift.UserID
	person *gift.PersonID
}

// members are all accounts, by id, as they are while the mutation runs.
func (m *mutation) members(ctx context.Context) ([]member, error) {
	if m.everybody != nil {
		return m.everybody, nil
	}
	found, err := membersOf(ctx, m.tx)
	m.everybody = found
	return found, err
}

func membersOf(ctx context.Context, tx Tx) ([]member, error) {
	found, err := all(ctx, tx, func(row scanner) (u member, err error) {
		return u, row.Scan(&u.id, optional[gift.PersonID]{&u.person})
	}, `SELECT id, person_id FROM users ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("reading the members: %w", err)
	}
	return found, nil
}

// usersWith are the members for whom is says so.
func (m *mutation) usersWith(ctx context.Context, is func(member) bool) ([]gift.UserID, error) {
	everybody, err := m.members(ctx)
	users := []gift.UserID{}
	for _, u := range everybody {
		if is(u) {
			users = append(users, u.id)
		}
	}
	return users, err
}

// seers are the accounts that see a card on its board.
func (m *mutation) seers(ctx context.Context, card *itemRow) ([]gift.UserID, error) {
	if card == nil {
		return nil, nil
	}
	return m.usersWith(ctx, func(u member) bool { return card.accessFor(u.id, u.person) == gift.AccessPlanner })
}

// everybodySees reports whether a card is hidden from no account that plans its
// list, or would if it could see the list.
func (m *mutation) everybodySees(ctx context.Context, card *itemRow) (bool, error) {
	if card.list.PersonID != nil {
		return true, nil
	}
	everybody, err := m.members(ctx)
	return !slices.ContainsFunc(everybody, func(u member) bool { return card.IsFor(u.person) }), err
}

// madeItem notes a change of an item; one side may be nil.
func (m *mutation) madeItem(ctx context.Context, kind gift.ChangeKind, before, after *itemRow) (*gift.ItemChange, error) {
	change := &gift.ItemChange{WishBefore: before.wish(), WishAfter: after.wish()}
	present := after
	if after == nil {
		present = before
	}
	change.Wisher, change.Shared = present.wisher, present.list.PersonID == nil
	if before != nil {
		change.Before = &before.ListItem
	}
	if after != nil {
		change.After = &after.ListItem
	}
	m.made(gift.Change{Kind: kind, Item: change})
	if !change.Shared {
		return change, nil
	}
	return change, m.noteSeers(ctx, change, before, after)
}

// noteSeers completes a change of an item of a shared list.
func (m *mutation) noteSeers(ctx context.Context, change *gift.ItemChange, before, after *itemRow) (err error) {
	if change.SeenBefore, err = m.seers(ctx, before); err != nil {
		return err
	}
	if before != nil && after != nil && slices.Equal(before.RecipientIDs, after.RecipientIDs) {
		change.SeenAfter = change.SeenBefore
		return nil
	}
	if change.SeenAfter, err = m.seers(ctx, after); err != nil {
		return err
	}
	one := after
	if after == nil {
		one = before
	}
	others, err := itemsWhere(ctx, m.tx, `i.list_id = $1 AND i.gift_id = $2 AND i.id <> $3`,
		string(one.ListID), string(one.GiftID), string(one.ID))
	if err != nil || len(others) == 0 {
		return err
	}
	change.Elsewhere, err = m.usersWith(ctx, func(u member) bool {
		return slices.ContainsFunc(others, func(o itemRow) bool { return o.accessFor(u.id, u.person) == gift.AccessPlanner })
	})
	return err
}

// seersOf are the accounts that see a gift.
func (m *mutation) seersOf(ctx context.Context, id gift.GiftID) ([]gift.UserID, error) {
	seers, err := all(ctx, m.tx, text[gift.UserID], `SELECT u.id FROM gifts g JOIN users u ON TRUE
		WHERE g.id = $1 AND `+seenGiftSQL+` ORDER BY u.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("finding who sees a gift: %w", err)
	}
	return seers, nil
}

// watched does something by which others may see a gift than before, and notes
// who. A gift that nobody can see any more goes.
func (m *mutation) watched(ctx context.Context, g gift.Gift, do func() error) error {
	before, err := m.seersOf(ctx, g.ID)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	gone, err := m.dropGift(ctx, g, before)
	if gone || err != nil {
		return err
	}
	return m.noteSight(ctx, g, before)
}

// noteSight notes the accounts that now see a gift, if they have changed.
func (m *mutation) noteSight(ctx context.Context, g gift.Gift, before []gift.UserID) error {
	after, err := m.seersOf(ctx, g.ID)
	if err != nil || slices.Equal(before, after) {
		return err
	}
	m.made(gift.Change{Kind: gift.GiftSightChanged, Gift: &gift.GiftChange{Before: &g, After: &g, SeenBefore: before, SeenAfter: after}})
	return nil
}

// dropGift removes a gift that nobody can see any more. before are those who
// could.
func (m *mutation) dropGift(ctx context.Context, g gift.Gift, before []gift.UserID) (gone bool, err error) {
	result, err := m.tx.ExecContext(ctx, `DELETE FROM gifts WHERE id = $1 AND creator_id IS NULL
		AND NOT EXISTS (SELECT 1 FROM list_items WHERE gift_id = $1)`, string(g.ID))
	if err != nil {
		return false, fmt.Errorf("dropping a gift: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	m.made(gift.Change{Kind: gift.GiftGone, Gift: &gift.GiftChange{Before: &g, SeenBefore: before}})
	return true, nil
}
