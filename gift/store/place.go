package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/familygifting/tidings/gift"
)

// MoveListItem implements [gift.ListItemService].
func (s *Store) MoveListItem(ctx context.Context, call gift.Call, id gift.ItemID, move gift.Move) (gift.ListItem, error) {
	if err := move.Validate(); err != nil {
		return gift.ListItem{}, err
	}
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.ListItem, error) {
		before, person, err := plannedItem(ctx, m.tx, call.Actor, id)
		if err != nil {
			return gift.ListItem{}, err
		}
		if move.Version != before.Version {
			return gift.ListItem{}, conflict(before.ListItem.SeenBy(person))
		}
		after := before
		after.Status = move.Status
		if after.Position, err = m.place(ctx, before.ListID, move.Status, id, move); err != nil {
			return gift.ListItem{}, err
		}
		if err := m.putItem(ctx, &after); err != nil {
			return gift.ListItem{}, err
		}
		m.madeItem(gift.ItemChanged, &before, &after)
		return after.ListItem.SeenBy(person), nil
	})
}

// putItem stores the status and position of an item.
func (m *mutation) putItem(ctx context.Context, item *itemRow) error {
	item.Version++
	item.UpdatedAt = m.now
	_, err := m.tx.ExecContext(ctx, `UPDATE list_items SET status = $2, position = $3, version = $4, updated_at = $5 WHERE id = $1`,
		string(item.ID), string(item.Status), item.Position, item.Version, item.UpdatedAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("placing an item: %w", err)
	}
	return nil
}

// place finds the rank for an item between its new neighbours, or at the end
// of the column. Where there is no room, or the rank would grow too long, it
// spreads the column first.
func (m *mutation) place(ctx context.Context, list gift.ListID, status gift.Status, item gift.ItemID, move gift.Move) (string, error) {
	for range 2 {
		low, high, err := m.gap(ctx, list, status, item, move)
		if err != nil {
			return "", fmt.Errorf("finding a place: %w", err)
		}
		if rank, ok := gift.RankBetween(low, high); ok && len(rank) <= gift.MaxRankLength {
			return rank, nil
		}
		if err := m.spread(ctx, list, status, item); err != nil {
			return "", fmt.Errorf("spreading a column: %w", err)
		}
	}
	return "", fmt.Errorf("no room in column %s of list %s, though it was spread", status, list)
}

// gap returns the ranks between which the item goes; "" for an open end.
func (m *mutation) gap(ctx context.Context, list gift.ListID, status gift.Status, item gift.ItemID, move gift.Move) (low, high string, err error) {
	if move.Before != nil && *move.Before != item {
		low, high, found, err := m.behind(ctx, list, status, item, *move.Before)
		if found || err != nil {
			return low, high, err
		}
	}
	if move.After != nil && *move.After != item {
		low, high, found, err := m.ahead(ctx, list, status, item, *move.After)
		if found || err != nil {
			return low, high, err
		}
	}
	err = m.tx.QueryRowContext(ctx, `SELECT position FROM list_items WHERE list_id = $1 AND status = $2 AND id <> $3
		ORDER BY position DESC, id DESC LIMIT 1`, string(list), string(status), string(item)).Scan(&low)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return low, "", err
}

// behind is the gap behind a neighbour, if that stands in the column.
func (m *mutation) behind(ctx context.Context, list gift.ListID, status gift.Status, item, neighbour gift.ItemID) (low, high string, found bool, err error) {
	return scanGap(m.tx.QueryRowContext(ctx, `SELECT n.position, COALESCE((SELECT o.position FROM list_items o
		WHERE o.list_id = n.list_id AND o.status = n.status AND (o.position, o.id) > (n.position, n.id) AND o.id <> $4
		ORDER BY o.position, o.id LIMIT 1), '') FROM list_items n WHERE n.id = $1 AND n.list_id = $2 AND n.status = $3`,
		string(neighbour), string(list), string(status), string(item)))
}

// ahead is the gap ahead of a neighbour, if that stands in the column.
func (m *mutation) ahead(ctx context.Context, list gift.ListID, status gift.Status, item, neighbour gift.ItemID) (low, high string, found bool, err error) {
	return scanGap(m.tx.QueryRowContext(ctx, `SELECT COALESCE((SELECT o.position FROM list_items o
		WHERE o.list_id = n.list_id AND o.status = n.status AND (o.position, o.id) < (n.position, n.id) AND o.id <> $4
		ORDER BY o.position DESC, o.id DESC LIMIT 1), ''), n.position FROM list_items n WHERE n.id = $1 AND n.list_id = $2 AND n.status = $3`,
		string(neighbour), string(list), string(status), string(item)))
}

func scanGap(row *sql.Row) (low, high string, found bool, err error) {
	err = row.Scan(&low, &high)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", false, nil
	}
	return low, high, err == nil, err
}

// spread gives every item of a column but the one on the move a new, short
// rank, in the same order.
func (m *mutation) spread(ctx context.Context, list gift.ListID, status gift.Status, but gift.ItemID) error {
	items, err := all(ctx, m.tx, scanItem, itemSQL+` WHERE i.list_id = $1 AND i.status = $2 AND i.id <> $3
		ORDER BY i.position, i.id`, string(list), string(status), string(but))
	if err != nil {
		return err
	}
	ranks := gift.SpreadRanks(len(items))
	for i, before := range items {
		if before.Position == ranks[i] {
			continue
		}
		after := before
		after.Position = ranks[i]
		if err := m.putItem(ctx, &after); err != nil {
			return err
		}
		m.madeItem(gift.ItemChanged, &before, &after)
	}
	return nil
}
