package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

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
// from $6 on.
func (s slot) args(more ...any) []any {
	mover := noPerson
	if s.mover != nil {
		mover = string(*s.mover)
	}
	people := make([]string, len(s.item.RecipientIDs))
	for i, id := range s.item.RecipientIDs {
		people[i] = string(id)
	}
	return append([]any{string(s.item.ListID), string(s.move.Status), string(s.item.ID), mover, strings.Join(people, " ")}, more...)
}

// inSlotSQL are the cards, by their alias, that the mover finds in the column.
func inSlotSQL(card string) string {
	return card + `.list_id = $1 AND ` + card + `.status = $2 AND ` + card + `.id <> $3 AND ` + notForSQL(card, "$4")
}

// openSQL are those of them that every account sees which sees the item. The item's rank
// comes from them alone, so that it reveals no card to an account that does not see the
// card.
func openSQL(card string) string {
	return inSlotSQL(card) + ` AND NOT EXISTS (SELECT 1 FROM users c
		WHERE instr(` + card + `.recipient_ids, c.person_id) > 0 AND instr($5, c.person_id) = 0)`
}

// gap is where an item goes: between the ranks low and high of open cards, ""
// for an open end. Of the cards that some do not see, those up to the edge stand
// ahead of the item, and the edge itself if it is its neighbour there.
type gap struct {
	low, high string
	edge      mark
	edgeAhead bool
}

// mark is a place in a column. The zero value is behind all others.
type mark struct{ position, id string }

func (m mark) compare(o mark) int {
	if m == o {
		return 0
	}
	if m == (mark{}) || o == (mark{}) {
		return cmp.Compare(o.position, m.position) // nothing else is empty
	}
	return cmp.Or(cmp.Compare(m.position, o.position), cmp.Compare(m.id, o.id))
}

func (i *itemRow) mark() mark { return mark{i.Position, string(i.ID)} }

// ahead reports whether a card stands ahead of the item that goes into the gap.
func (g gap) ahead(card mark) bool {
	order := card.compare(g.edge)
	return order < 0 || order == 0 && g.edgeAhead
}

// place finds the rank for an item between its new neighbours, or at the end of
// the column, as the mover sees it. Where there is no room, or the rank would
// grow too long, it spreads the column first, if everybody sees the item: others
// would see cards change that nobody moved. Else the item shares its neighbour's
// rank.
func (m *mutation) place(ctx context.Context, s slot) (string, error) {
	g, rank, err := m.rank(ctx, s)
	if err != nil {
		return "", err
	}
	if rank == "" {
		if g, rank, err = m.makeRoom(ctx, s, g); err != nil {
			return "", err
		}
	}
	if s.item.list.PersonID != nil { // all who see one card of it see all
		return rank, nil
	}
	return rank, m.alignHidden(ctx, s, g, mark{rank, string(s.item.ID)})
}

// makeRoom spreads the column, if it may, and finds a rank again.
func (m *mutation) makeRoom(ctx context.Context, s slot, g gap) (gap, string, error) {
	shared := cmp.Or(g.low, g.high)
	seen, err := m.everybodySees(ctx, s.item)
	if err != nil || !seen {
		return g, shared, err
	}
	if err := m.spread(ctx, s); err != nil {
		return g, "", fmt.Errorf("spreading a column: %w", err)
	}
	g, rank, err := m.rank(ctx, s)
	return g, cmp.Or(rank, g.low, g.high), err
}

// rank finds the gap for a slot, and a rank in it, "" if there is no room.
func (m *mutation) rank(ctx context.Context, s slot) (gap, string, error) {
	g, err := m.gap(ctx, s)
	if err != nil {
		return g, "", fmt.Errorf("finding a place: %w", err)
	}
	rank, ok := gift.RankBetween(g.low, g.high)
	if !ok || len(rank) > gift.MaxRankLength {
		rank = ""
	}
	return g, rank, nil
}

// gap finds the gap for a slot.
func (m *mutation) gap(ctx context.Context, s slot) (g gap, err error) {
	if s.move.Before != nil {
		g, found, err := scanGap(m.tx.QueryRowContext(ctx, behindSQL, s.args(string(*s.move.Before))...))
		if found || err != nil {
			g.edgeAhead = true
			return g, err
		}
	}
	if s.move.After != nil {
		g, found, err := scanGap(m.tx.QueryRowContext(ctx, aheadSQL, s.args(string(*s.move.After))...))
		if found || err != nil {
			return g, err
		}
	}
	err = m.tx.QueryRowContext(ctx, endSQL, s.args()...).Scan(&g.low)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return g, err
}

// The gaps of a slot: behind and ahead of the neighbour $6, if that stands in the
// column, and at the column's end.
var (
	behindSQL = neighbourSQL("<=", ">")
	aheadSQL  = neighbourSQL("<", ">=")
	endSQL    = `SELECT o.position FROM list_items o WHERE ` + openSQL("o") + ` ORDER BY o.position DESC, o.id DESC LIMIT 1`
)

// neighbourSQL finds a neighbour, and the open cards on its two sides.
func neighbourSQL(lower, higher string) string {
	return `SELECT n.position, n.id, COALESCE((SELECT o.position FROM list_items o WHERE ` + openSQL("o") + `
			AND (o.position, o.id) ` + lower + ` (n.position, n.id) ORDER BY o.position DESC, o.id DESC LIMIT 1), ''),
		COALESCE((SELECT o.position FROM list_items o WHERE ` + openSQL("o") + `
			AND (o.position, o.id) ` + higher + ` (n.position, n.id) ORDER BY o.position, o.id LIMIT 1), '')
		FROM list_items n WHERE ` + inSlotSQL("n") + ` AND n.id = $6`
}

func scanGap(row *sql.Row) (g gap, found bool, err error) {
	err = row.Scan(&g.edge.position, &g.edge.id, &g.low, &g.high)
	if errors.Is(err, sql.ErrNoRows) {
		return gap{}, false, nil
	}
	return g, err == nil, err
}

// hiddenSQL are the cards i of a slot between the ranks $6 and $7 that some do
// not see, of those who see the item; all who see them see the item, too.
var hiddenSQL = inSlotSQL("i") + ` AND NOT (` + openSQL("i") + `) AND i.position >= $6 AND ($7 = '' OR i.position <= $7)
	AND NOT EXISTS (SELECT 1 FROM users c WHERE instr($5, c.person_id) > 0 AND instr(i.recipient_ids, c.person_id) = 0)`

// alignHidden moves the cards that some do not see to the side of the item where
// the mover sees them: the item's rank does not go by them. A user who sees
// them sees the item too, and so the reason for their move.
func (m *mutation) alignHidden(ctx context.Context, s slot, g gap, at mark) error {
	hidden, err := itemsWhere(ctx, m.tx, hiddenSQL, s.args(g.low, g.high)...)
	if err != nil || len(hidden) == 0 {
		return err
	}
	slices.SortFunc(hidden, func(a, b itemRow) int { return a.mark().compare(b.mark()) })
	behindIt := func(card itemRow) bool { return card.mark().compare(at) > 0 }
	edge := indexOr(hidden, func(card itemRow) bool { return !g.ahead(card.mark()) })
	ahead, behind := hidden[:edge], hidden[edge:]
	wrong, low := indexOr(ahead, behindIt), g.low
	if wrong > 0 {
		low = ahead[wrong-1].Position
	}
	if err := m.moveBetween(ctx, ahead[wrong:], low, at.position); err != nil {
		return err
	}
	right, high := indexOr(behind, behindIt), g.high
	if right < len(behind) {
		high = behind[right].Position
	}
	return m.moveBetween(ctx, behind[:right], at.position, high)
}

// indexOr is the index of the first card for which is says so, or how many there
// are.
func indexOr(cards []itemRow, is func(itemRow) bool) int {
	if at := slices.IndexFunc(cards, is); at >= 0 {
		return at
	}
	return len(cards)
}

// moveBetween gives cards ranks between two others, in their order. Where there
// is no room they share one.
func (m *mutation) moveBetween(ctx context.Context, cards []itemRow, low, high string) error {
	for _, before := range cards {
		after := before
		rank, ok := gift.RankBetween(low, high)
		if !ok || len(rank) > gift.MaxRankLength {
			rank = cmp.Or(low, high)
		}
		after.Position, low = rank, rank
		if err := m.reranked(ctx, before, after); err != nil {
			return err
		}
	}
	return nil
}

// reranked stores and notes another rank of a card.
func (m *mutation) reranked(ctx context.Context, before, after itemRow) error {
	if before.Position == after.Position {
		return nil
	}
	if err := m.putItem(ctx, &after); err != nil {
		return err
	}
	_, err := m.madeItem(ctx, gift.ItemChanged, &before, &after)
	return err
}

// spread gives every item of a column but the one on the move a new, short
// rank, in the same order. Those that everybody sees are spread as if they were
// alone; the others go in between.
func (m *mutation) spread(ctx context.Context, s slot) error {
	items, err := itemsWhere(ctx, m.tx, `i.list_id = $1 AND i.status = $2 AND i.id <> $3`, s.args()[:3]...)
	if err != nil {
		return err
	}
	slices.SortFunc(items, func(a, b itemRow) int { return a.mark().compare(b.mark()) })
	ranks, err := m.spreadRanks(ctx, items)
	if err != nil {
		return err
	}
	for i, before := range items {
		after := before
		after.Position = ranks[i]
		if err := m.reranked(ctx, before, after); err != nil {
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
