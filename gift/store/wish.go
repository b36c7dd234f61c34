package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/familygifting/tidings/gift"
)

// Wishes implements [gift.WishService].
func (s *Store) Wishes(ctx context.Context, by gift.UserID, list gift.ListID) (out gift.Positioned[[]gift.Wish], err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		if _, err := listFor(ctx, tx, a, list); err != nil {
			return err
		}
		scan := func(row scanner) (gift.Wish, error) {
			i, err := scanItem(row)
			if err != nil {
				return gift.Wish{}, err
			}
			return i.wish().SeenBy(a.person), nil
		}
		out.Value, err = all(ctx, tx, scan, itemSQL+` WHERE i.list_id = $1 AND NOT i.surprise
			ORDER BY i.wished_at, i.wish_id`, string(list))
		if err != nil {
			return fmt.Errorf("reading wishes: %w", err)
		}
		out.Position, err = s.hook.Position(ctx, tx, gift.Scope{Kind: gift.ScopeWishes, ID: string(list)})
		return err
	})
	return out, err
}

// CreateWish implements [gift.WishService].
func (s *Store) CreateWish(ctx context.Context, call gift.Call, in gift.WishInput) (gift.Wish, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.Wish, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.Wish{}, err
		}
		l, err := listFor(ctx, m.tx, a, in.ListID)
		if err != nil {
			return gift.Wish{}, blame("list_id", err)
		}
		item, err := in.New(gift.NewID[gift.ItemID](), m.now)
		if err != nil {
			return gift.Wish{}, err
		}
		if in.GiftID != nil {
			wish, found, err := m.openSurprise(ctx, in.ListID, *in.GiftID)
			if found || err != nil {
				return wish.SeenBy(a.person), err
			}
		}
		row, err := m.insertItem(ctx, a, l, item, in.GiftID, in.Gift)
		if err != nil {
			return gift.Wish{}, err
		}
		return row.wish().SeenBy(a.person), nil
	})
}

// openSurprise makes a wish of a gift that the list holds as a surprise, if it
// does and the actor sees the gift.
func (m *mutation) openSurprise(ctx context.Context, list gift.ListID, id gift.GiftID) (gift.Wish, bool, error) {
	sees, err := seesGift(ctx, m.tx, m.call.Actor, id)
	if err != nil || !sees {
		return gift.Wish{}, false, err
	}
	before, err := scanItem(m.tx.QueryRowContext(ctx, itemSQL+` WHERE i.list_id = $1 AND i.gift_id = $2 AND i.surprise`,
		string(list), string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return gift.Wish{}, false, nil
	}
	if err != nil {
		return gift.Wish{}, false, fmt.Errorf("looking for the gift on the list: %w", err)
	}
	after := before
	after.Surprise = false
	if _, err := m.changeItem(ctx, before, after); err != nil {
		return gift.Wish{}, false, err
	}
	return *m.changes[len(m.changes)-1].Item.WishAfter, true, nil
}

// DeleteWish implements [gift.WishService].
func (s *Store) DeleteWish(ctx context.Context, call gift.Call, id gift.ItemID) error {
	_, err := mutate(ctx, s, call, func(ctx context.Context, m *mutation) (none struct{}, err error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return none, err
		}
		item, err := scanItem(m.tx.QueryRowContext(ctx, itemSQL+` WHERE i.wish_id = $1 AND NOT i.surprise`, string(id)))
		if err != nil {
			return none, notFound(err, "wish")
		}
		if item.list.AccessFor(a.id, a.person) == gift.AccessNone {
			return none, gift.Errorf(gift.ENOTFOUND, "there is no such wish")
		}
		return none, m.withdraw(ctx, item)
	})
	return err
}

// withdraw takes a wish back. What planners had before, or acted on since,
// stays on their board as a surprise.
func (m *mutation) withdraw(ctx context.Context, item itemRow) error {
	if !item.planned && !item.ActedOn() {
		return m.deleteItem(ctx, item)
	}
	kept := item
	kept.Surprise = true
	_, err := m.changeItem(ctx, item, kept)
	return err
}
