package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/familygifting/tidings/gift"
)

// Wishes implements [gift.WishService].
func (s *Store) Wishes(ctx context.Context, by gift.UserID, list gift.ListID) (out gift.Positioned[[]gift.Wish], err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		l, err := listFor(ctx, tx, a, list)
		if err != nil {
			return err
		}
		scan := func(row scanner) (gift.Wish, error) {
			i, err := scanItem(row)
			if err != nil {
				return gift.Wish{}, err
			}
			return i.wish().SeenBy(a.person), nil
		}
		out.Value, err = all(ctx, tx, scan, itemsSeenSQL+` WHERE i.list_id = $1 AND NOT i.surprise AND `+cardAccessSQL+` <> 'none'
			ORDER BY i.wished_at, i.wish_id`, string(list), string(by))
		if err != nil {
			return fmt.Errorf("reading wishes: %w", err)
		}
		out.Position, err = s.hook.Position(ctx, tx, a.scope(gift.ScopeWishes, l))
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
			wish, err := m.openSurprise(ctx, a, in.ListID, *in.GiftID)
			if wish != nil || err != nil {
				return seenWish(wish, a), err
			}
		}
		if item.RecipientIDs, err = l.Recipients(nil, a.person); err != nil {
			return gift.Wish{}, err
		}
		row, err := m.insertItem(ctx, a, l, item, in.GiftID, in.Gift)
		if err != nil {
			return gift.Wish{}, err
		}
		return row.wish().SeenBy(a.person), nil
	})
}

// seenWish is a wish as the actor may read it, if there is one.
func seenWish(w *gift.Wish, a actor) gift.Wish {
	if w == nil {
		return gift.Wish{}
	}
	return w.SeenBy(a.person)
}

// openSurprise makes a wish of a gift that the list holds as a surprise, if it
// does and the actor sees the gift; nil otherwise. A card of it that is for the
// actor as one of several people is none of these: nobody may learn of it.
func (m *mutation) openSurprise(ctx context.Context, a actor, list gift.ListID, id gift.GiftID) (*gift.Wish, error) {
	if _, err := giftFor(ctx, m.tx, a.id, id); err != nil {
		if gift.CodeOf(err) == gift.ENOTFOUND {
			return nil, nil
		}
		return nil, err
	}
	held, err := itemsWhere(ctx, m.tx, `i.list_id = $1 AND i.gift_id = $2`, string(list), string(id))
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(held, func(i itemRow) bool {
		return i.Surprise && (i.list.AccessFor(a.id, a.person) == gift.AccessWisher || i.accessFor(a.id, a.person) == gift.AccessPlanner)
	})
	wished := slices.ContainsFunc(held, func(i itemRow) bool { return !i.Surprise && i.accessFor(a.id, a.person) != gift.AccessNone })
	if at < 0 || wished {
		return nil, nil
	}
	after := held[at]
	after.Surprise = false
	if err := m.changeItemWatched(ctx, held[at], &after); err != nil {
		return nil, err
	}
	return after.wish(), nil
}

// DeleteWish implements [gift.WishService].
func (s *Store) DeleteWish(ctx context.Context, call gift.Call, id gift.ItemID) error {
	_, err := mutate(ctx, s, call, func(ctx context.Context, m *mutation) (none struct{}, err error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return none, err
		}
		item, err := scanItem(m.tx.QueryRowContext(ctx, itemsSeenSQL+` WHERE i.wish_id = $1 AND NOT i.surprise
			AND `+cardAccessSQL+` <> 'none'`, string(id), string(a.id)))
		if err != nil {
			return none, notFound(err, "wish")
		}
		return none, m.watched(ctx, item.Gift, func() error { return m.withdraw(ctx, item) })
	})
	return err
}

// withdraw takes a wish back. What planners had before, or acted on since,
// stays on their board as a surprise.
func (m *mutation) withdraw(ctx context.Context, item itemRow) error {
	if !item.planned && !item.ActedOn() {
		return m.removeItem(ctx, item)
	}
	kept := item
	kept.Surprise = true
	return m.changeItem(ctx, item, &kept)
}
