package store

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"

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
		l, err := plannedList(ctx, tx, a, list)
		if err != nil {
			return err
		}
		scan := func(row scanner) (gift.ListGift, error) {
			g, err := a.scanGift(row)
			return gift.ListGift{Gift: g, ListID: list}, err
		}
		out.Value, err = all(ctx, tx, scan, `SELECT `+giftColumns+` FROM gifts g JOIN (
			SELECT i.gift_id, MIN(i.created_at) AS added, MIN(i.id) AS first FROM list_items i JOIN lists l ON l.id = i.list_id
			JOIN users u ON u.id = $2 WHERE i.list_id = $1 AND `+cardAccessSQL+` = 'planner' GROUP BY i.gift_id
			) c ON c.gift_id = g.id ORDER BY c.added, c.first`, string(list), string(by))
		if err != nil {
			return fmt.Errorf("reading a list's gifts: %w", err)
		}
		out.Position, err = s.hook.Position(ctx, tx, a.scope(gift.ScopeGifts, l))
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
		out.Position, err = s.hook.Position(ctx, tx, gift.Scope{Kind: gift.ScopeGift, ID: string(id), Reader: by})
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
	if err := m.checkPeople(ctx, "person_ids", g.PersonIDs, nil); err != nil {
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
	m.made(gift.Change{Kind: gift.GiftCreated, Gift: &gift.GiftChange{After: &g, SeenAfter: []gift.UserID{a.id}}})
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

// checkPeople checks that the people whom a field names are there. Those whom it
// named before are.
func (m *mutation) checkPeople(ctx context.Context, field string, people, before []gift.PersonID) error {
	for i, id := range people {
		if slices.Contains(before, id) {
			continue
		}
		known, err := exists(ctx, m.tx, `SELECT 1 FROM persons WHERE id = $1`, string(id))
		if err != nil {
			return fmt.Errorf("finding the people of %s: %w", field, err)
		}
		if !known {
			return gift.Invalid(fmt.Sprintf("%s[%d]", field, i), "there is no such person")
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
		if err := m.checkPeople(ctx, "person_ids", after.SeenBy(a.person).PersonIDs, seen.PersonIDs); err != nil {
			return gift.Gift{}, err
		}
		if reflect.DeepEqual(before, after) {
			return seen, nil
		}
		after, err = m.changeGift(ctx, a, before, after)
		return after.SeenBy(a.person), err
	})
}

// changeGift stores a changed gift and notes the change for every list that
// holds it. A change of PersonIDs alone counts no version and is no event: a
// version, time or event without a visible change would reveal it to the people.
func (m *mutation) changeGift(ctx context.Context, a actor, before, after gift.Gift) (gift.Gift, error) {
	if reflect.DeepEqual(before.SeenByAll(), after.SeenByAll()) {
		return after, m.storeGift(ctx, after)
	}
	items, err := itemsWhere(ctx, m.tx, `i.gift_id = $1`, string(after.ID))
	if err != nil {
		return after, err
	}
	if err := checkWished(a, items); err != nil {
		return after, err
	}
	after.Version++
	after.UpdatedAt = m.now
	if err := m.storeGift(ctx, after); err != nil {
		return after, err
	}
	seers, err := m.seersOf(ctx, after.ID)
	if err != nil {
		return after, err
	}
	m.made(gift.Change{Kind: gift.GiftChanged, Gift: &gift.GiftChange{Before: &before, After: &after, SeenBefore: seers, SeenAfter: seers}})
	for _, old := range items {
		item := old
		item.Gift = after
		if _, err := m.madeItem(ctx, gift.ItemGiftChanged, &old, &item); err != nil {
			return after, err
		}
	}
	return after, nil
}

func (m *mutation) storeGift(ctx context.Context, g gift.Gift) error {
	args, err := giftArgs(g)
	if err == nil {
		_, err = m.tx.ExecContext(ctx, `UPDATE gifts SET name = $2, url = $3, price_amount = $4, price_currency = $5,
			sale_amount = $6, sale_currency = $7, image_url = $8, source = $9, description = $10, notes = $11, priority = $12,
			quantity = $13, additional_links = $14, person_ids = $15, version = $16, updated_at = $17 WHERE id = $1`, args...)
	}
	if err != nil {
		return fmt.Errorf("storing a gift: %w", err)
	}
	return nil
}

// checkWished refuses that somebody changes what another account wishes for:
// that account would see what planners find out. Only wishes that the actor sees
// count, or the answer would tell of the others.
func checkWished(a actor, items []itemRow) error {
	others := false
	for _, i := range items {
		if i.wisher == "" || i.accessFor(i.wisher, i.list.PersonID) != gift.AccessWisher {
			continue
		}
		if i.wisher == a.id {
			return nil
		}
		others = others || i.accessFor(a.id, a.person) != gift.AccessNone
	}
	if others {
		return gift.Errorf(gift.EFORBIDDEN, "somebody wishes for this gift, and only they may change it: "+
			"put what you found out on the card, in its notes, link and price")
	}
	return nil
}

// forgetInGifts removes a deleted person from the gifts that would suit them.
func (m *mutation) forgetInGifts(ctx context.Context, person gift.PersonID) error {
	gifts, err := all(ctx, m.tx, scanGift, `SELECT `+giftColumns+` FROM gifts g WHERE g.person_ids LIKE $1`, `%"`+string(person)+`"%`)
	if err != nil {
		return fmt.Errorf("finding gifts that suit a person: %w", err)
	}
	for _, before := range gifts {
		after := before
		after.PersonIDs = without(before.PersonIDs, person)
		if err := m.storeGift(ctx, after); err != nil {
			return err
		}
	}
	return nil
}

func without(people []gift.PersonID, person gift.PersonID) []gift.PersonID {
	return slices.DeleteFunc(slices.Clone(people), func(id gift.PersonID) bool { return id == person })
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
		return none, m.watched(ctx, g, func() error { return m.giveUp(ctx, a, g) })
	})
	return err
}

// giveUp ends what the actor has of a gift.
func (m *mutation) giveUp(ctx context.Context, a actor, g gift.Gift) error {
	_, err := m.tx.ExecContext(ctx, `UPDATE gifts SET creator_id = NULL WHERE id = $1 AND creator_id = $2`, string(g.ID), string(a.id))
	if err != nil {
		return fmt.Errorf("giving up a gift: %w", err)
	}
	items, err := itemsWhere(ctx, m.tx, `i.gift_id = $1`, string(g.ID))
	if err != nil {
		return err
	}
	for _, item := range items {
		if err := m.takeOff(ctx, a, item); err != nil {
			return err
		}
	}
	return nil
}

// takeOff takes an item off its list, as far as the actor may.
func (m *mutation) takeOff(ctx context.Context, a actor, item itemRow) error {
	switch item.accessFor(a.id, a.person) {
	case gift.AccessPlanner:
		if err := checkOwnWish(a.id, item); err != nil {
			return err
		}
		return m.removeItem(ctx, item)
	case gift.AccessWisher:
		return m.withdraw(ctx, item)
	}
	return nil
}
