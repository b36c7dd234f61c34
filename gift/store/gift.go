package store

import (
	"context"
	"fmt"
	"math"
	"reflect"

	"github.com/familygifting/tidings/gift"
)

const giftColumns = `g.id, g.name, g.url, g.price_amount, g.price_currency, g.sale_amount, g.sale_currency, g.image_url,
	g.source, g.description, g.notes, g.priority, g.quantity, g.additional_links, g.person_ids, g.version, g.created_at, g.updated_at`

// giftTargets are where the columns of a gift go; done completes it.
func giftTargets(g *gift.Gift) (targets []any, done func()) {
	price, sale := new(money), new(money)
	targets = []any{&g.ID, &g.Name, &g.URL, &price.amount, &price.currency, &sale.amount, &sale.currency, &g.ImageURL,
		&g.Source, &g.Description, &g.Notes, &g.Priority, &g.Quantity, array[gift.Link]{&g.AdditionalLinks}, array[gift.PersonID]{&g.PersonIDs},
		&g.Version, micros{&g.CreatedAt}, micros{&g.UpdatedAt}}
	return targets, func() { g.Price, g.SalePrice = price.get(), sale.get() }
}

func scanGift(row scanner) (gift.Gift, error) {
	var g gift.Gift
	targets, done := giftTargets(&g)
	err := row.Scan(targets...)
	done()
	return g, err
}

// scanGift scans a gift as the actor may read it.
func (a actor) scanGift(row scanner) (gift.Gift, error) {
	g, err := scanGift(row)
	return g.SeenBy(a.person), err
}

// giftFor reads a gift that the user sees, all of it; ENOTFOUND otherwise.
func giftFor(ctx context.Context, tx Tx, user gift.UserID, id gift.GiftID) (gift.Gift, error) {
	g, err := scanGift(tx.QueryRowContext(ctx, `SELECT `+giftColumns+` FROM gifts g JOIN users u ON u.id = $2
		WHERE g.id = $1 AND `+seenGiftSQL, string(id), string(user)))
	return g, notFound(err, "gift")
}

// Gifts implements [gift.GiftService].
func (s *Store) Gifts(ctx context.Context, by gift.UserID, page gift.Page) (out gift.PageOf[gift.Gift], err error) {
	size, err := page.Size()
	if err != nil {
		return out, err
	}
	from, err := parseCursor(page.Cursor, cursor[int64]{Key: math.MaxInt64})
	if err != nil {
		return out, err
	}
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		gifts, err := all(ctx, tx, a.scanGift, `SELECT `+giftColumns+` FROM gifts g JOIN users u ON u.id = $1
			WHERE (g.created_at, g.id) < ($2, $3) AND `+seenGiftSQL+` ORDER BY g.created_at DESC, g.id DESC LIMIT $4`,
			string(by), from.Key, from.ID, size+1)
		if err != nil {
			return fmt.Errorf("reading gifts: %w", err)
		}
		out = pageOf(gifts, size, func(g gift.Gift) string {
			return cursor[int64]{g.CreatedAt.UnixMicro(), string(g.ID)}.String()
		})
		return nil
	})
	return out, err
}

// GiftsOfList implements [gift.GiftService].
func (s *Store) GiftsOfList(ctx context.Context, by gift.UserID, list gift.ListID) (out gift.Positioned[[]gift.ListGift], err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		if _, err := plannedList(ctx, tx, a, list); err != nil {
			return err
		}
		scan := func(row scanner) (gift.ListGift, error) {
			g, err := a.scanGift(row)
			return gift.ListGift{Gift: g, ListID: list}, err
		}
		out.Value, err = all(ctx, tx, scan, `SELECT `+giftColumns+` FROM list_items i JOIN gifts g ON g.id = i.gift_id
			WHERE i.list_id = $1 ORDER BY i.created_at, i.id`, string(list))
		if err != nil {
			return fmt.Errorf("reading a list's gifts: %w", err)
		}
		out.Position, err = s.hook.Position(ctx, tx, gift.Scope{Kind: gift.ScopeGifts, ID: string(list)})
		return err
	})
	return out, err
}

// Gift implements [gift.GiftService].
func (s *Store) Gift(ctx context.Context, by gift.UserID, id gift.GiftID) (out gift.Positioned[gift.Gift], err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		g, err := giftFor(ctx, tx, by, id)
		if err != nil {
			return err
		}
		out.Value = g.SeenBy(a.person)
		out.Position, err = s.hook.Position(ctx, tx, gift.Scope{Kind: gift.ScopeGift, ID: string(id)})
		return err
	})
	return out, err
}

// CreateGift implements [gift.GiftService].
func (s *Store) CreateGift(ctx context.Context, call gift.Call, in gift.GiftInput) (gift.Gift, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.Gift, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.Gift{}, err
		}
		return m.createGift(ctx, a, in)
	})
}

// createGift stores a gift that the actor created.
func (m *mutation) createGift(ctx context.Context, a actor, in gift.GiftInput) (gift.Gift, error) {
	g, err := in.New(gift.NewID[gift.GiftID](), m.now)
	if err != nil {
		return g, err
	}
	if g, err = g.WrittenBy(a.person, gift.Gift{}); err != nil {
		return g, err
	}
	if err := m.checkSuits(ctx, g.PersonIDs, nil); err != nil {
		return g, err
	}
	args, err := giftArgs(g)
	if err == nil {
		_, err = m.tx.ExecContext(ctx, `INSERT INTO gifts (id, name, url, price_amount, price_currency, sale_amount, sale_currency,
			image_url, source, description, notes, priority, quantity, additional_links, person_ids, version, updated_at,
			creator_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $17)`,
			append(args, string(m.call.Actor))...)
	}
	if err != nil {
		return g, fmt.Errorf("storing a gift: %w", err)
	}
	m.made(gift.Change{Kind: gift.GiftCreated, Gift: &gift.GiftChange{After: &g}})
	return g, nil
}

func giftArgs(g gift.Gift) ([]any, error) {
	links, err := encoded(g.AdditionalLinks)
	if err != nil {
		return nil, err
	}
	people, err := encoded(g.PersonIDs)
	return []any{string(g.ID), g.Name, g.URL, amountOf(g.Price), currencyOf(g.Price), amountOf(g.SalePrice),
		currencyOf(g.SalePrice), g.ImageURL, g.Source, g.Description, g.Notes, g.Priority, g.Quantity, links, people,
		g.Version, g.UpdatedAt.UnixMicro()}, err
}

// checkSuits checks that the people a gift would suit are there. Those it
// suited before are.
func (m *mutation) checkSuits(ctx context.Context, people, before []gift.PersonID) error {
	for i, id := range people {
		if i < len(before) && before[i] == id {
			continue
		}
		known, err := exists(ctx, m.tx, `SELECT 1 FROM persons WHERE id = $1`, string(id))
		if err != nil {
			return fmt.Errorf("finding whom a gift would suit: %w", err)
		}
		if !known {
			return gift.Invalid(fmt.Sprintf("person_ids[%d]", i), "there is no such person")
		}
	}
	return nil
}

// UpdateGift implements [gift.GiftService].
func (s *Store) UpdateGift(ctx context.Context, call gift.Call, id gift.GiftID, patch gift.GiftPatch) (gift.Gift, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.Gift, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.Gift{}, err
		}
		before, err := giftFor(ctx, m.tx, call.Actor, id)
		if err != nil {
			return gift.Gift{}, err
		}
		seen := before.SeenBy(a.person)
		if err := current(patch.Version, seen.Version, seen); err != nil {
			return gift.Gift{}, err
		}
		after, err := patch.Apply(seen)
		if err != nil {
			return gift.Gift{}, err
		}
		if after, err = after.WrittenBy(a.person, before); err != nil {
			return gift.Gift{}, err
		}
		if err := m.checkSuits(ctx, after.SeenBy(a.person).PersonIDs, seen.PersonIDs); err != nil {
			return gift.Gift{}, err
		}
		if reflect.DeepEqual(before, after) {
			return seen, nil
		}
		after, err = m.changeGift(ctx, before, after)
		return after.SeenBy(a.person), err
	})
}

// changeGift stores a changed gift and notes the change for every list that
// holds it. Whom it would suit is beside the version, and nobody is told: a
// version, time or event without a visible change would betray itself to whom
// it is about.
func (m *mutation) changeGift(ctx context.Context, before, after gift.Gift) (gift.Gift, error) {
	visible := !reflect.DeepEqual(before.SeenByAll(), after.SeenByAll())
	if visible {
		after.Version++
		after.UpdatedAt = m.now
	}
	args, err := giftArgs(after)
	if err == nil {
		_, err = m.tx.ExecContext(ctx, `UPDATE gifts SET name = $2, url = $3, price_amount = $4, price_currency = $5,
			sale_amount = $6, sale_currency = $7, image_url = $8, source = $9, description = $10, notes = $11, priority = $12,
			quantity = $13, additional_links = $14, person_ids = $15, version = $16, updated_at = $17 WHERE id = $1`, args...)
	}
	if err != nil {
		return after, fmt.Errorf("storing a gift: %w", err)
	}
	if !visible {
		return after, nil
	}
	m.made(gift.Change{Kind: gift.GiftChanged, Gift: &gift.GiftChange{Before: &before, After: &after}})
	items, err := itemsWhere(ctx, m.tx, `i.gift_id = $1`, string(after.ID))
	if err != nil {
		return after, err
	}
	for _, item := range items {
		old := item
		old.Gift = before
		m.madeItem(gift.ItemGiftChanged, &old, &item)
	}
	return after, nil
}

// forgetInGifts takes a person who is going away out of the gifts that would
// suit them.
func (m *mutation) forgetInGifts(ctx context.Context, person gift.PersonID) error {
	gifts, err := all(ctx, m.tx, scanGift, `SELECT `+giftColumns+` FROM gifts g WHERE g.person_ids LIKE $1`, `%"`+string(person)+`"%`)
	if err != nil {
		return fmt.Errorf("finding gifts that suit a person: %w", err)
	}
	for _, before := range gifts {
		after := before
		after.PersonIDs = []gift.PersonID{}
		for _, id := range before.PersonIDs {
			if id != person {
				after.PersonIDs = append(after.PersonIDs, id)
			}
		}
		if _, err := m.changeGift(ctx, before, after); err != nil {
			return err
		}
	}
	return nil
}

// DeleteGift implements [gift.GiftService].
func (s *Store) DeleteGift(ctx context.Context, call gift.Call, id gift.GiftID) error {
	_, err := mutate(ctx, s, call, func(ctx context.Context, m *mutation) (none struct{}, err error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return none, err
		}
		g, err := giftFor(ctx, m.tx, call.Actor, id)
		if err != nil {
			return none, err
		}
		_, err = m.tx.ExecContext(ctx, `UPDATE gifts SET creator_id = NULL WHERE id = $1 AND creator_id = $2`,
			string(id), string(call.Actor))
		if err != nil {
			return none, fmt.Errorf("giving up a gift: %w", err)
		}
		m.made(gift.Change{Kind: gift.GiftReleased, Gift: &gift.GiftChange{Before: &g}})
		items, err := itemsWhere(ctx, m.tx, `i.gift_id = $1`, string(id))
		if err != nil {
			return none, err
		}
		for _, item := range items {
			if err := m.takeOff(ctx, item, item.list.AccessFor(a.id, a.person)); err != nil {
				return none, err
			}
		}
		return none, m.dropGift(ctx, g)
	})
	return err
}

// takeOff takes an item off its list, as far as somebody with this access may.
func (m *mutation) takeOff(ctx context.Context, item itemRow, access gift.Access) error {
	switch {
	case access == gift.AccessPlanner:
		return m.deleteItem(ctx, item)
	case access == gift.AccessWisher && !item.Surprise:
		return m.withdraw(ctx, item)
	}
	return nil
}

// dropGift removes a gift that nobody can see any more.
func (m *mutation) dropGift(ctx context.Context, g gift.Gift) error {
	result, err := m.tx.ExecContext(ctx, `DELETE FROM gifts WHERE id = $1 AND creator_id IS NULL
		AND NOT EXISTS (SELECT 1 FROM list_items WHERE gift_id = $1)`, string(g.ID))
	if err != nil {
		return fmt.Errorf("dropping a gift: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	m.made(gift.Change{Kind: gift.GiftGone, Gift: &gift.GiftChange{Before: &g}})
	return nil
}
