package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/familygifting/tidings/gift"
)

const itemColumns = `i.id, i.list_id, i.gift_id, i.status, i.position, i.recipient_ids, i.assignee_id, i.notes, i.price_amount, i.price_currency,
	i.discount_amount, i.discount_currency, i.link, i.quantity, i.surprise, i.version, i.created_at, i.updated_at, i.wish_id,
	i.wished_at, i.planned, i.wished_by, l.visibility, l.hidden_from_person, l.owner_id, l.person_id, COALESCE(w.id, ''), ` + giftColumns

// itemSQL reads items with their gift, what decides who sees them, and w, the
// account of the person the list is about.
const itemSQL = `SELECT ` + itemColumns + ` FROM list_items i JOIN gifts g ON g.id = i.gift_id JOIN lists l ON l.id = i.list_id
	LEFT JOIN users w ON w.person_id = l.person_id`

// itemsSeenSQL is itemSQL with u, the account $2, for cardAccessSQL to ask.
const itemsSeenSQL = itemSQL + ` JOIN users u ON u.id = $2`

// itemRow is an item with the other half of its row: itself as a wish, and
// what decides who sees it.
type itemRow struct {
	gift.ListItem
	wishID   gift.ItemID
	wishedAt time.Time
	// planned says that planners had it as a surprise before it became a wish.
	planned bool
	// wishedBy is who made a wish of it.
	wishedBy gift.UserID
	// list has only what access depends on.
	list   gift.List
	wisher gift.UserID
}

func itemTargets(i *itemRow) (targets []any, done func()) {
	price, discount := new(money), new(money)
	targets = []any{&i.ID, &i.ListID, &i.GiftID, &i.Status, &i.Position, array[gift.PersonID]{&i.RecipientIDs},
		optional[gift.UserID]{&i.AssigneeID}, &i.Notes,
		&price.amount, &price.currency, &discount.amount, &discount.currency, &i.Link, &i.Quantity, &i.Surprise, &i.Version,
		micros{&i.CreatedAt}, micros{&i.UpdatedAt}, &i.wishID, micros{&i.wishedAt}, &i.planned, &i.wishedBy,
		&i.list.Visibility, &i.list.HiddenFromPerson, &i.list.OwnerID, optional[gift.PersonID]{&i.list.PersonID}, &i.wisher}
	giftTargets, giftDone := giftTargets(&i.Gift)
	return append(targets, giftTargets...), func() {
		i.Price, i.DiscountPrice = price.get(), discount.get()
		giftDone()
	}
}

func scanItem(row scanner) (itemRow, error) {
	var i itemRow
	targets, done := itemTargets(&i)
	err := row.Scan(targets...)
	done()
	return i, err
}

// accessFor is what a user may do with the item.
func (i *itemRow) accessFor(user gift.UserID, person *gift.PersonID) gift.Access {
	return i.list.CardAccessFor(user, person, i.ListItem)
}

// wish is the item as its wisher sees it, or nil if it is kept from them.
func (i *itemRow) wish() *gift.Wish {
	if i == nil || i.Surprise {
		return nil
	}
	return &gift.Wish{ID: i.wishID, ListID: i.ListID, GiftID: i.GiftID, Gift: i.Gift, CreatedAt: i.wishedAt}
}

// itemsWhere reads items in the order they were added.
func itemsWhere(ctx context.Context, tx Tx, where string, args ...any) ([]itemRow, error) {
	items, err := all(ctx, tx, scanItem, itemSQL+` WHERE `+where+` ORDER BY i.list_id, i.created_at, i.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading items: %w", err)
	}
	return items, nil
}

// plannedItem reads an item that the user sees on its board, all of it, and the
// person whom the user is; ENOTFOUND otherwise.
func plannedItem(ctx context.Context, tx Tx, user gift.UserID, id gift.ItemID) (i itemRow, person *gift.PersonID, err error) {
	targets, done := itemTargets(&i)
	err = tx.QueryRowContext(ctx, `SELECT u.person_id, `+itemColumns+` FROM list_items i JOIN gifts g ON g.id = i.gift_id
		JOIN lists l ON l.id = i.list_id JOIN users u ON u.id = $2 LEFT JOIN users w ON w.person_id = l.person_id
		WHERE i.id = $1 AND `+cardAccessSQL+` = 'planner'`, string(id), string(user)).
		Scan(append([]any{optional[gift.PersonID]{&person}}, targets...)...)
	if err != nil {
		return itemRow{}, nil, notFound(err, "item")
	}
	done()
	return i, person, nil
}

// ListItems implements [gift.ListItemService].
func (s *Store) ListItems(ctx context.Context, by gift.UserID, list gift.ListID) (out gift.Positioned[[]gift.ListItem], err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		l, err := plannedList(ctx, tx, a, list)
		if err != nil {
			return err
		}
		scan := func(row scanner) (gift.ListItem, error) {
			i, err := scanItem(row)
			return i.ListItem.SeenBy(a.person), err
		}
		out.Value, err = all(ctx, tx, scan, itemsSeenSQL+` WHERE i.list_id = $1 AND `+cardAccessSQL+` = 'planner'
			ORDER BY CASE i.status WHEN 'idea' THEN 0 WHEN 'selected' THEN 1 WHEN 'purchased' THEN 2 ELSE 3 END, i.position, i.id`,
			string(list), string(by))
		if err != nil {
			return fmt.Errorf("reading a board: %w", err)
		}
		out.Position, err = s.hook.Position(ctx, tx, a.scope(gift.ScopeBoard, l))
		return err
	})
	return out, err
}

// ListItem implements [gift.ListItemService].
func (s *Store) ListItem(ctx context.Context, by gift.UserID, id gift.ItemID) (out gift.ListItem, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		if _, err := actorOf(ctx, tx, by); err != nil {
			return err
		}
		i, person, err := plannedItem(ctx, tx, by, id)
		out = i.ListItem.SeenBy(person)
		return err
	})
	return out, err
}

// CreateListItem implements [gift.ListItemService].
func (s *Store) CreateListItem(ctx context.Context, call gift.Call, in gift.ListItemInput) (gift.ListItem, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.ListItem, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.ListItem{}, err
		}
		l, err := plannedList(ctx, m.tx, a, in.ListID)
		if err != nil {
			return gift.ListItem{}, blame("list_id", err)
		}
		item, err := in.New(gift.NewID[gift.ItemID](), m.now)
		if err != nil {
			return gift.ListItem{}, err
		}
		if item.RecipientIDs, err = m.recipients(ctx, l, in.RecipientIDs, a.person, nil); err != nil {
			return gift.ListItem{}, err
		}
		if err := m.checkAssignee(ctx, l, item); err != nil {
			return gift.ListItem{}, err
		}
		row, err := m.insertItem(ctx, a, l, item, in.GiftID, in.Gift)
		return row.ListItem.SeenBy(a.person), err
	})
}

// blame names the field of an input that an error is about.
func blame(field string, err error) error {
	if e, ok := err.(*gift.Error); ok && e.Field == "" {
		blamed := *e
		blamed.Field = field
		return &blamed
	}
	return err
}

// checkAssignee checks that the assignee of an item may see it.
func (m *mutation) checkAssignee(ctx context.Context, l gift.List, item gift.ListItem) error {
	if item.AssigneeID == nil {
		return nil
	}
	sees, err := m.sees(ctx, l, item, *item.AssigneeID)
	if err != nil {
		return err
	}
	if !sees {
		return gift.Invalid("assignee_id", "must be a planner of this list, and no recipient of the card")
	}
	return nil
}

// sees reports whether an account sees an item of a list on its board.
func (m *mutation) sees(ctx context.Context, l gift.List, item gift.ListItem, id gift.UserID) (bool, error) {
	a, err := actorOf(ctx, m.tx, id)
	if gift.CodeOf(err) == gift.EUNAUTHORIZED {
		return false, nil
	}
	return err == nil && l.CardAccessFor(a.id, a.person, item) == gift.AccessPlanner, err
}

// insertItem puts a gift, one that exists or a new one, at the end of its
// column.
func (m *mutation) insertItem(ctx context.Context, a actor, l gift.List, item gift.ListItem, id *gift.GiftID, in *gift.GiftInput) (row itemRow, err error) {
	if item.Gift, err = m.itemGift(ctx, a, l.ID, id, in); err != nil {
		return itemRow{}, err
	}
	item.GiftID = item.Gift.ID
	row = itemRow{ListItem: item, wishID: item.ID, wishedAt: m.now, list: l}
	if !row.Surprise {
		row.wishedBy = a.id
	}
	if row.Position, err = m.place(ctx, slot{&row, a.person, gift.Move{Status: item.Status}}); err != nil {
		return itemRow{}, err
	}
	if row.wisher, err = wisherOf(ctx, m.tx, l); err != nil {
		return itemRow{}, err
	}
	return row, m.watched(ctx, item.Gift, func() error { return m.storeNewItem(ctx, row) })
}

func (m *mutation) storeNewItem(ctx context.Context, row itemRow) error {
	people, err := encoded(row.RecipientIDs)
	if err == nil {
		_, err = m.tx.ExecContext(ctx, `INSERT INTO list_items (id, status, position, recipient_ids, assignee_id, notes, price_amount,
			price_currency, discount_amount, discount_currency, link, quantity, surprise, version, updated_at, wish_id, wished_at,
			planned, wished_by, list_id, gift_id, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $15)`,
			append(itemArgs(row, people), string(row.ListID), string(row.GiftID))...)
	}
	if err != nil {
		return fmt.Errorf("storing an item: %w", err)
	}
	change, err := m.madeItem(ctx, gift.ItemCreated, nil, &row)
	change.Assigned = deref(row.AssigneeID)
	return err
}

func itemArgs(i itemRow, people string) []any {
	return []any{string(i.ID), string(i.Status), i.Position, people, nullable(i.AssigneeID), i.Notes, amountOf(i.Price),
		currencyOf(i.Price), amountOf(i.DiscountPrice), currencyOf(i.DiscountPrice), i.Link, i.Quantity, i.Surprise, i.Version,
		i.UpdatedAt.UnixMicro(), string(i.wishID), i.wishedAt.UnixMicro(), i.planned, string(i.wishedBy)}
}

// itemGift finds the gift for a new item, or creates it. EEXISTS if the list
// holds it already, where the actor sees it.
func (m *mutation) itemGift(ctx context.Context, a actor, list gift.ListID, id *gift.GiftID, in *gift.GiftInput) (gift.Gift, error) {
	if id == nil {
		g, err := m.createGift(ctx, a, *in)
		return g, within("gift", err)
	}
	g, err := giftFor(ctx, m.tx, a.id, *id)
	switch {
	case gift.CodeOf(err) == gift.ENOTFOUND:
		return g, gift.Invalid("gift_id", "there is no such gift")
	case err != nil:
		return g, err
	}
	held, err := exists(ctx, m.tx, `SELECT 1 FROM list_items i JOIN lists l ON l.id = i.list_id JOIN users u ON u.id = $3
		WHERE i.list_id = $1 AND i.gift_id = $2 AND `+cardAccessSQL+` <> 'none'`, string(list), string(*id), string(a.id))
	if err != nil {
		return g, fmt.Errorf("looking for the gift on the list: %w", err)
	}
	if held {
		return g, &gift.Error{Code: gift.EEXISTS, Field: "gift_id", Message: "the list holds this gift already"}
	}
	return g, nil
}

// within puts the field that an error is about inside another one.
func within(parent string, err error) error {
	if e, ok := err.(*gift.Error); ok && e.Field != "" {
		inner := *e
		inner.Field = parent + "." + e.Field
		return &inner
	}
	return err
}

// wisherOf is the account of the person a list is about, or "".
func wisherOf(ctx context.Context, tx Tx, l gift.List) (gift.UserID, error) {
	if l.PersonID == nil {
		return "", nil
	}
	ids, err := all(ctx, tx, text[gift.UserID], `SELECT id FROM users WHERE person_id = $1`, string(*l.PersonID))
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

// UpdateListItem implements [gift.ListItemService].
func (s *Store) UpdateListItem(ctx context.Context, call gift.Call, id gift.ItemID, patch gift.ListItemPatch) (gift.ListItem, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.ListItem, error) {
		if _, err := actorOf(ctx, m.tx, call.Actor); err != nil {
			return gift.ListItem{}, err
		}
		before, person, err := plannedItem(ctx, m.tx, call.Actor, id)
		if err != nil {
			return gift.ListItem{}, err
		}
		if err := current(patch.Version, before.Version, before.ListItem.SeenBy(person)); err != nil {
			return gift.ListItem{}, err
		}
		after := before
		if after.ListItem, err = m.patchedItem(ctx, before, patch, person); err != nil {
			return gift.ListItem{}, err
		}
		if reflect.DeepEqual(before.ListItem, after.ListItem) {
			return before.ListItem.SeenBy(person), nil
		}
		if after.Surprise {
			if err := checkOwnWish(call.Actor, before); err != nil {
				return gift.ListItem{}, blame("surprise", err)
			}
		}
		if after.Status != before.Status {
			if after.Position, err = m.place(ctx, slot{&after, person, gift.Move{Status: after.Status}}); err != nil {
				return gift.ListItem{}, err
			}
		}
		err = m.changeItemWatched(ctx, before, &after)
		return after.ListItem.SeenBy(person), err
	})
}

// patchedItem is the item with the patch of a planner applied.
func (m *mutation) patchedItem(ctx context.Context, before itemRow, patch gift.ListItemPatch, person *gift.PersonID) (after gift.ListItem, err error) {
	if after, err = patch.Apply(before.ListItem); err != nil || !patch.RecipientIDs.Set {
		return after, err
	}
	asked := patch.RecipientIDs.Value
	if asked == nil {
		asked = []gift.PersonID{}
	}
	if after.RecipientIDs, err = m.recipients(ctx, before.list, asked, person, before.RecipientIDs); err != nil {
		return after, err
	}
	if after.AssigneeID == nil || deref(before.AssigneeID) != *after.AssigneeID {
		return after, nil
	}
	buyer, err := actorOf(ctx, m.tx, *after.AssigneeID)
	if err == nil && after.IsFor(buyer.person) {
		err = gift.Invalid(fmt.Sprintf("recipient_ids[%d]", slices.Index(asked, *buyer.person)),
			"sees to this card, and would lose sight of it: choose another buyer first")
	}
	return after, err
}

// changeItemWatched is changeItem where other accounts may see the gift by it
// than before.
func (m *mutation) changeItemWatched(ctx context.Context, before itemRow, after *itemRow) error {
	change := func() error { return m.changeItem(ctx, before, after) }
	if before.Surprise == after.Surprise && slices.Equal(before.RecipientIDs, after.RecipientIDs) {
		return change()
	}
	return m.watched(ctx, before.Gift, change)
}

// changeItem stores a changed item.
func (m *mutation) changeItem(ctx context.Context, before itemRow, after *itemRow) error {
	after.Version++
	after.UpdatedAt = m.now
	if before.Surprise && !after.Surprise {
		after.wishID, after.wishedAt, after.wishedBy, after.planned = gift.NewID[gift.ItemID](), m.now, m.call.Actor, true
	}
	assigned, unassigned, err := m.reassigned(ctx, before, *after)
	if err != nil {
		return err
	}
	people, err := encoded(after.RecipientIDs)
	if err == nil {
		_, err = m.tx.ExecContext(ctx, `UPDATE list_items SET status = $2, position = $3, recipient_ids = $4, assignee_id = $5,
			notes = $6, price_amount = $7, price_currency = $8, discount_amount = $9, discount_currency = $10, link = $11,
			quantity = $12, surprise = $13, version = $14, updated_at = $15, wish_id = $16, wished_at = $17, planned = $18,
			wished_by = $19
			WHERE id = $1`, itemArgs(*after, people)...)
	}
	if err != nil {
		return fmt.Errorf("storing an item: %w", err)
	}
	change, err := m.madeItem(ctx, gift.ItemChanged, &before, after)
	change.Assigned, change.Unassigned = assigned, unassigned
	return err
}

// reassigned says who got and who lost the item. Somebody who does not see it
// any more is not told anything about it.
func (m *mutation) reassigned(ctx context.Context, before, after itemRow) (assigned, unassigned gift.UserID, err error) {
	if deref(before.AssigneeID) == deref(after.AssigneeID) {
		return "", "", nil
	}
	if err := m.checkAssignee(ctx, after.list, after.ListItem); err != nil {
		return "", "", err
	}
	if before.AssigneeID != nil {
		sees, err := m.sees(ctx, after.list, after.ListItem, *before.AssigneeID)
		if err != nil {
			return "", "", err
		}
		if sees {
			unassigned = *before.AssigneeID
		}
	}
	return deref(after.AssigneeID), unassigned, nil
}

// deref is what a pointer points to, or "".
func deref[T ~string](p *T) T {
	if p == nil {
		return ""
	}
	return *p
}

// DeleteListItem implements [gift.ListItemService].
func (s *Store) DeleteListItem(ctx context.Context, call gift.Call, id gift.ItemID) error {
	_, err := mutate(ctx, s, call, func(ctx context.Context, m *mutation) (none struct{}, err error) {
		if _, err := actorOf(ctx, m.tx, call.Actor); err != nil {
			return none, err
		}
		item, _, err := plannedItem(ctx, m.tx, call.Actor, id)
		if err != nil {
			return none, err
		}
		if err := checkOwnWish(call.Actor, item); err != nil {
			return none, err
		}
		return none, m.deleteItem(ctx, item)
	})
	return err
}

// deleteItem removes an item, and its gift if nobody can see it any more.
func (m *mutation) deleteItem(ctx context.Context, item itemRow) error {
	return m.watched(ctx, item.Gift, func() error { return m.removeItem(ctx, item) })
}

func (m *mutation) removeItem(ctx context.Context, item itemRow) error {
	if _, err := m.tx.ExecContext(ctx, `DELETE FROM list_items WHERE id = $1`, string(item.ID)); err != nil {
		return fmt.Errorf("deleting an item: %w", err)
	}
	_, err := m.madeItem(ctx, gift.ItemDeleted, &item, nil)
	return err
}
