package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/familygifting/tidings/gift"
)

const occasionSQL = `SELECT id, name, type, date, description, budget_amount, budget_currency, recurrence_rule,
	version, created_at, updated_at FROM occasions`

// formerGuest is the place of a person who is no longer a guest of an occasion. Their
// row stays: a version that went on from another number would tell them how
// often their budget was changed.
const formerGuest = -1

// guestRow is what one of an occasion's people, of now or before, may not
// notice of it.
type guestRow struct {
	occasion gift.OccasionID
	guest    gift.OccasionPerson
	place    int
	unseen   int64
	seenAt   time.Time
}

// occasionRow is an occasion with what its people may not notice, those who
// left it among them.
type occasionRow struct {
	gift.Occasion
	guests map[gift.PersonID]guestRow
}

func scanOccasion(row scanner) (occasionRow, error) {
	o := occasionRow{guests: map[gift.PersonID]guestRow{}}
	var budget money
	err := row.Scan(&o.ID, &o.Name, &o.Type, &o.Date, &o.Description, &budget.amount, &budget.currency,
		&o.RecurrenceRule, &o.Version, micros{&o.CreatedAt}, micros{&o.UpdatedAt})
	o.BudgetTotal, o.People = budget.get(), []gift.OccasionPerson{}
	return o, err
}

func scanGuest(row scanner) (guestRow, error) {
	var g guestRow
	var budget money
	err := row.Scan(&g.occasion, &g.guest.PersonID, &budget.amount, &budget.currency, &g.place, &g.unseen, micros{&g.seenAt})
	g.guest.Budget = budget.get()
	return g, err
}

const guestSQL = `SELECT occasion_id, person_id, budget_amount, budget_currency, place, unseen, seen_at FROM occasion_people`

func (o *occasionRow) add(g guestRow) {
	if g.place != formerGuest {
		o.People = append(o.People, g.guest)
	}
	o.guests[g.guest.PersonID] = g
}

// seenBy is the occasion as the actor may read it, on a day: without what is
// kept from one of its people, and without a version or time that moves with
// that alone.
func (o occasionRow) seenBy(a actor, today gift.Date) gift.Occasion {
	o.NextOccurrence = o.Next(today)
	if a.person != nil {
		if own, ok := o.guests[*a.person]; ok {
			o.Version -= own.unseen
			o.UpdatedAt = own.seenAt
		}
	}
	return o.SeenBy(a.person)
}

func occasionByID(ctx context.Context, tx Tx, id gift.OccasionID) (occasionRow, error) {
	o, err := scanOccasion(tx.QueryRowContext(ctx, occasionSQL+` WHERE id = $1`, string(id)))
	if err != nil {
		return o, notFound(err, "occasion")
	}
	guests, err := all(ctx, tx, scanGuest, guestSQL+` WHERE occasion_id = $1 ORDER BY place`, string(id))
	for _, g := range guests {
		o.add(g)
	}
	return o, err
}

// allOccasions reads every occasion. A family has a few dozen, and their order
// depends on the day, so they are sorted and paged here.
func allOccasions(ctx context.Context, tx Tx) ([]occasionRow, error) {
	rows, err := all(ctx, tx, scanOccasion, occasionSQL)
	if err != nil {
		return nil, fmt.Errorf("reading occasions: %w", err)
	}
	byID := make(map[gift.OccasionID]*occasionRow, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	guests, err := all(ctx, tx, scanGuest, guestSQL+` ORDER BY occasion_id, place`)
	for _, g := range guests {
		byID[g.occasion].add(g)
	}
	return rows, err
}

// overKey sorts what is over behind everything that comes.
const overKey = "over"

// occasionKey sorts the next occasion first and what is over last.
func occasionKey(o gift.Occasion) string {
	if o.NextOccurrence == nil {
		return overKey + string(o.Date)
	}
	return string(*o.NextOccurrence)
}

// Occasions implements [gift.OccasionService].
func (s *Store) Occasions(ctx context.Context, by gift.UserID, page gift.Page) (out gift.PageOf[gift.Occasion], err error) {
	size, err := page.Size()
	if err != nil {
		return out, err
	}
	from, err := parseCursor(page.Cursor, cursor[string]{})
	if err != nil {
		return out, err
	}
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		rows, err := allOccasions(ctx, tx)
		if err != nil {
			return err
		}
		out = pageOfOccasions(rows, a, s.today(), from, size)
		return nil
	})
	return out, err
}

func pageOfOccasions(rows []occasionRow, a actor, today gift.Date, from cursor[string], size int) gift.PageOf[gift.Occasion] {
	place := func(o gift.Occasion) cursor[string] { return cursor[string]{occasionKey(o), string(o.ID)} }
	compare := func(a, b cursor[string]) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID)) }
	items := make([]gift.Occasion, 0, len(rows))
	for _, row := range rows {
		if o := row.seenBy(a, today); compare(place(o), from) > 0 {
			items = append(items, o)
		}
	}
	slices.SortFunc(items, func(a, b gift.Occasion) int { return compare(place(a), place(b)) })
	return pageOf(items, size, func(o gift.Occasion) string { return place(o).String() })
}

// Occasion implements [gift.OccasionService].
func (s *Store) Occasion(ctx context.Context, by gift.UserID, id gift.OccasionID) (out gift.Occasion, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		o, err := occasionByID(ctx, tx, id)
		out = o.seenBy(a, s.today())
		return err
	})
	return out, err
}

// CreateOccasion implements [gift.OccasionService].
func (s *Store) CreateOccasion(ctx context.Context, call gift.Call, in gift.OccasionInput) (gift.Occasion, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.Occasion, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.Occasion{}, err
		}
		o, err := in.New(gift.NewID[gift.OccasionID](), m.now)
		if err != nil {
			return gift.Occasion{}, err
		}
		if o, err = o.WrittenBy(a.person, gift.Occasion{}); err != nil {
			return gift.Occasion{}, err
		}
		row := occasionRow{Occasion: o}
		if err := m.insertOccasion(ctx, row); err != nil {
			return gift.Occasion{}, err
		}
		return row.seenBy(a, m.today), m.replaceGuests(ctx, row)
	})
}

func (m *mutation) insertOccasion(ctx context.Context, o occasionRow) error {
	_, err := m.tx.ExecContext(ctx, `INSERT INTO occasions (id, name, type, date, description, budget_amount, budget_currency,
		recurrence_rule, version, updated_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`, occasionArgs(o)...)
	if err != nil {
		return fmt.Errorf("storing an occasion: %w", err)
	}
	return nil
}

func occasionArgs(o occasionRow) []any {
	return []any{string(o.ID), o.Name, string(o.Type), string(o.Date), o.Description, amountOf(o.BudgetTotal),
		currencyOf(o.BudgetTotal), o.RecurrenceRule, o.Version, o.UpdatedAt.UnixMicro()}
}

// replaceGuests stores the occasion's people, who must exist.
func (m *mutation) replaceGuests(ctx context.Context, o occasionRow) error {
	if _, err := m.tx.ExecContext(ctx, `DELETE FROM occasion_people WHERE occasion_id = $1`, string(o.ID)); err != nil {
		return fmt.Errorf("storing an occasion's people: %w", err)
	}
	former := maps.Clone(o.guests)
	for i, p := range o.People {
		known, err := exists(ctx, m.tx, `SELECT 1 FROM persons WHERE id = $1`, string(p.PersonID))
		if err != nil {
			return fmt.Errorf("finding an occasion's people: %w", err)
		}
		if !known {
			return gift.Invalid(fmt.Sprintf("people[%d].person_id", i), "there is no such person")
		}
		g, wasThere := former[p.PersonID]
		if !wasThere {
			g.seenAt = m.now
		}
		delete(former, p.PersonID)
		g.guest, g.place = p, i
		if err := m.insertGuest(ctx, o.ID, g); err != nil {
			return err
		}
	}
	for _, g := range former {
		g.guest.Budget, g.place = nil, formerGuest
		if err := m.insertGuest(ctx, o.ID, g); err != nil {
			return err
		}
	}
	return nil
}

func (m *mutation) insertGuest(ctx context.Context, occasion gift.OccasionID, g guestRow) error {
	_, err := m.tx.ExecContext(ctx, `INSERT INTO occasion_people
		(occasion_id, person_id, place, budget_amount, budget_currency, unseen, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(occasion), string(g.guest.PersonID), g.place, amountOf(g.guest.Budget), currencyOf(g.guest.Budget),
		g.unseen, g.seenAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("storing an occasion's people: %w", err)
	}
	return nil
}

// UpdateOccasion implements [gift.OccasionService].
func (s *Store) UpdateOccasion(ctx context.Context, call gift.Call, id gift.OccasionID, patch gift.OccasionPatch) (gift.Occasion, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.Occasion, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.Occasion{}, err
		}
		row, err := occasionByID(ctx, m.tx, id)
		if err != nil {
			return gift.Occasion{}, err
		}
		seen := row.seenBy(a, m.today)
		if err := current(patch.Version, seen.Version, seen); err != nil {
			return gift.Occasion{}, err
		}
		before := row.Occasion
		if row.Occasion, err = patch.Apply(before); err != nil {
			return gift.Occasion{}, err
		}
		if row.Occasion, err = row.WrittenBy(a.person, before); err != nil {
			return gift.Occasion{}, err
		}
		if reflect.DeepEqual(before, row.Occasion) {
			return seen, nil
		}
		row.advance(before, m.now)
		if err := m.updateOccasion(ctx, row); err != nil {
			return gift.Occasion{}, err
		}
		return row.seenBy(a, m.today), m.replaceGuests(ctx, row)
	})
}

// advance counts a version, and remembers for each of the occasion's people
// whether their own account can tell it from the one before.
func (o *occasionRow) advance(before gift.Occasion, now time.Time) {
	for person, g := range o.guests {
		if reflect.DeepEqual(o.SeenBy(&person), before.SeenBy(&person)) {
			g.unseen++
		} else {
			g.seenAt = now
		}
		o.guests[person] = g
	}
	o.Version++
	o.UpdatedAt = now
}

func (m *mutation) updateOccasion(ctx context.Context, o occasionRow) error {
	_, err := m.tx.ExecContext(ctx, `UPDATE occasions SET name = $2, type = $3, date = $4, description = $5, budget_amount = $6,
		budget_currency = $7, recurrence_rule = $8, version = $9, updated_at = $10 WHERE id = $1`, occasionArgs(o)...)
	if err != nil {
		return fmt.Errorf("storing an occasion: %w", err)
	}
	return nil
}

// DeleteOccasion implements [gift.OccasionService].
func (s *Store) DeleteOccasion(ctx context.Context, call gift.Call, id gift.OccasionID) error {
	_, err := mutate(ctx, s, call, func(ctx context.Context, m *mutation) (none struct{}, err error) {
		if _, err := actorOf(ctx, m.tx, call.Actor); err != nil {
			return none, err
		}
		if _, err := occasionByID(ctx, m.tx, id); err != nil {
			return none, err
		}
		_, err = m.tx.ExecContext(ctx, `UPDATE lists SET occasion_id = NULL, version = version + 1, updated_at = $2
			WHERE occasion_id = $1`, string(id), m.now.UnixMicro())
		if err == nil {
			_, err = m.tx.ExecContext(ctx, `DELETE FROM occasions WHERE id = $1`, string(id))
		}
		if err != nil {
			return none, fmt.Errorf("deleting an occasion: %w", err)
		}
		return none, nil
	})
	return err
}
