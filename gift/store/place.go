package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

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
		if after.Position, err = m.place(ctx, slot{&after, person, move}); err != nil {
			return gift.ListItem{}, err
		}
		if err := m.putItem(ctx, &after); err != nil {
			return gift.ListItem{}, err
		}
		_, err = m.madeItem(ctx, gift.ItemChanged, &before, &after)
		return after.ListItem.SeenBy(person), err
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

// slot is where an item is to go: into the column of the move, as mover sees it.
type slot struct {
	item  *itemRow
	mover *gift.PersonID
	move  gift.Move
}

// args are what every query of a slot begins with; what comes behind them counts
// from $5 on.
func (s slot) args(more ...any) []any {
	mover := noPerson
	if s.mover != nil {
		mover = string(*s.mover)
	}
	return append([]any{string(s.item.ListID), string(s.move.Status), string(s.item.ID), mover}, more...)
}

// inSlotSQL are the cards, by their alias, that the mover finds in the column.
func inSlotSQL(card string) string {
	return card + `.list_id = $1 AND ` + card + `.status = $2 AND ` + card + `.id <> $3 AND ` + notForSQL(card, "$4")
}

// place finds the rank for an item between its new neighbours, or at the end of
// the column, as the mover sees it: what is hidden from the mover does not show
// in it. Where there is no room, or the rank would grow too long, it spreads the
// column first, if everybody sees the item: others would see cards change that
// nobody moved. Else the item shares its neighbour's rank.
func (m *mutation) place(ctx context.Context, s slot) (string, error) {
	low, rank, err := m.rank(ctx, s)
	if rank != "" || err != nil {
		return rank, err
	}
	seen, err := m.everybodySees(ctx, s.item)
	if err != nil || !seen {
		return low, err
	}
	if err := m.spread(ctx, s); err != nil {
		return "", fmt.Errorf("spreading a column: %w", err)
	}
	low, rank, err = m.rank(ctx, s)
	if rank == "" {
		rank = low
	}
	return rank, err
}

// rank finds a rank for the slot, "" if there is no room, and the rank to share
// then.
func (m *mutation) rank(ctx context.Context, s slot) (shared, rank string, err error) {
	low, high, err := m.gap(ctx, s)
	if err != nil {
		return "", "", fmt.Errorf("finding a place: %w", err)
	}
	rank, ok := gift.RankBetween(low, high)
	if !ok || len(rank) > gift.MaxRankLength {
		rank = ""
	}
	return cmp.Or(low, high), rank, nil
}

// gap returns the ranks between which the item goes; "" for an open end.
func (m *mutation) gap(ctx context.Context, s slot) (low, high string, err error) {
	if s.move.Before != nil {
		low, high, found, err := scanGap(m.tx.QueryRowContext(ctx, behindSQL, s.args(string(*s.move.Before))...))
		if found || err != nil {
			return low, high, err
		}
	}
	if s.move.After != nil {
		low, high, found, err := scanGap(m.tx.QueryRowContext(ctx, aheadSQL, s.args(string(*s.move.After))...))
		if found || err != nil {
			return low, high, err
		}
	}
	err = m.tx.QueryRowContext(ctx, endSQL, s.args()...).Scan(&low)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return low, "", err
}

// The gaps of a slot: behind and ahead of the neighbour $5, if that stands in the
// column, and at the column's end.
var (
	behindSQL = `SELECT n.position, COALESCE((SELECT o.position FROM list_items o WHERE ` + inSlotSQL("o") + `
		AND (o.position, o.id) > (n.position, n.id) ORDER BY o.position, o.id LIMIT 1), '')
		FROM list_items n WHERE ` + inSlotSQL("n") + ` AND n.id = $5`
	aheadSQL = `SELECT COALESCE((SELECT o.position FROM list_items o WHERE ` + inSlotSQL("o") + `
		AND (o.position, o.id) < (n.position, n.id) ORDER BY o.position DESC, o.id DESC LIMIT 1), ''), n.position
		FROM list_items n WHERE ` + inSlotSQL("n") + ` AND n.id = $5`
	endSQL = `SELECT o.position FROM list_items o WHERE ` + inSlotSQL("o") + ` ORDER BY o.position DESC, o.id DESC LIMIT 1`
)

func scanGap(row *sql.Row) (low, high string, found bool, err error) {
	err = row.Scan(&low, &high)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", false, nil
	}
	return low, high, err == nil, err
}

// spread gives every item of a column but the one on the move a new, short
// rank, in the same order. Those that everybody sees are spread as if they were
// alone; the others go in between.
func (m *mutation) spread(ctx context.Context, s slot) error {
	items, err := itemsWhere(ctx, m.tx, `i.list_id = $1 AND i.status = $2 AND i.id <> $3`, s.args()[:3]...)
	if err != nil {
		return err
	}
	slices.SortFunc(items, func(a, b itemRow) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	ranks, err := m.spreadRanks(ctx, items)
	if err != nil {
		return err
	}
	for i, before := range items {
		if before.Position == ranks[i] {
			continue
		}
		after := before
		after.Position = ranks[i]
		if err := m.putItem(ctx, &after); err != nil {
			return err
		}
		if _, err := m.madeItem(ctx, gift.ItemChanged, &before, &after); err != nil {
			return err
		}
	}
	return nil
}

// spreadRanks are new ranks for the items of a column.
func (m *mutation) spreadRanks(ctx context.Context, items []itemRow) ([]string, error) {
	open := []int{}
	for i := range items {
		seen, err := m.everybodySees(ctx, &items[i])
		if err != nil {
			return nil, err
		}
		if seen {
			open = append(open, i)
		}
	}
	ranks, low := make([]string, len(items)), ""
	for n, rank := range gift.SpreadRanks(len(open)) {
		ranks[open[n]] = rank
	}
	for i := range items {
		if ranks[i] == "" {
			ranks[i] = between(low, ranks[i:])
		}
		low = ranks[i]
	}
	return ranks, nil
}

// between is a rank behind low and ahead of the first one that is there.
func between(low string, ranks []string) string {
	at := slices.IndexFunc(ranks, func(rank string) bool { return rank != "" })
	high := ""
	if at >= 0 {
		high = ranks[at]
	}
	if rank, ok := gift.RankBetween(low, high); ok {
		return rank
	}
	return low
}
