package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/familygifting/tidings/gift"
)

const personSQL = `SELECT p.id, p.name, p.relationship, p.birthdate, p.anniversary, p.notes, p.interests, p.sizes,
	p.constraints, p.photo_url, p.color, u.id, p.version, p.created_at, p.updated_at, p.unseen, p.seen_at, p.sort_name
	FROM persons p LEFT JOIN users u ON u.person_id = p.id`

// personRow is a person with what their own account may not notice.
type personRow struct {
	gift.Person
	unseen   int64
	seenAt   time.Time
	sortName string
}

func scanPerson(row scanner) (personRow, error) {
	var p personRow
	err := row.Scan(&p.ID, &p.Name, &p.Relationship, optional[gift.Date]{&p.Birthdate}, optional[gift.Date]{&p.Anniversary},
		&p.Notes, array[string]{&p.Interests}, document{&p.Sizes}, array[string]{&p.Constraints}, &p.PhotoURL, &p.Color,
		optional[gift.UserID]{&p.UserID}, &p.Version, micros{&p.CreatedAt}, micros{&p.UpdatedAt}, &p.unseen, micros{&p.seenAt}, &p.sortName)
	return p, err
}

// seenBy is the person as the actor may read it: their own account sees no
// notes, and no version or time that moves with them.
func (p personRow) seenBy(a actor) gift.Person {
	if a.is(p.ID) {
		p.Version -= p.unseen
		p.UpdatedAt = p.seenAt
	}
	return p.SeenBy(a.person)
}

func personByID(ctx context.Context, tx Tx, id gift.PersonID) (personRow, error) {
	p, err := scanPerson(tx.QueryRowContext(ctx, personSQL+` WHERE p.id = $1`, string(id)))
	return p, notFound(err, "person")
}

// Persons implements [gift.PersonService].
func (s *Store) Persons(ctx context.Context, by gift.UserID, page gift.Page) (out gift.PageOf[gift.Person], err error) {
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
		rows, err := all(ctx, tx, scanPerson, personSQL+` WHERE (p.sort_name, p.id) > ($1, $2)
			ORDER BY p.sort_name, p.id LIMIT $3`, from.Key, from.ID, size+1)
		if err != nil {
			return fmt.Errorf("reading people: %w", err)
		}
		rest := pageOf(rows, size, func(p personRow) string { return cursor[string]{p.sortName, string(p.ID)}.String() })
		out = gift.PageOf[gift.Person]{Items: make([]gift.Person, len(rest.Items)), NextCursor: rest.NextCursor}
		for i, p := range rest.Items {
			out.Items[i] = p.seenBy(a)
		}
		return nil
	})
	return out, err
}

// Person implements [gift.PersonService].
func (s *Store) Person(ctx context.Context, by gift.UserID, id gift.PersonID) (out gift.Person, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		p, err := personByID(ctx, tx, id)
		out = p.seenBy(a)
		return err
	})
	return out, err
}

// CreatePerson implements [gift.PersonService].
func (s *Store) CreatePerson(ctx context.Context, call gift.Call, in gift.PersonInput) (gift.Person, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.Person, error) {
		if _, err := actorOf(ctx, m.tx, call.Actor); err != nil {
			return gift.Person{}, err
		}
		p, err := in.New(gift.NewID[gift.PersonID](), m.now)
		if err != nil {
			return gift.Person{}, err
		}
		return p, insertPerson(ctx, m.tx, p)
	})
}

func insertPerson(ctx context.Context, tx Tx, p gift.Person) error {
	args, err := personArgs(p)
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO persons (id, name, sort_name, relationship, birthdate, anniversary, notes,
			interests, sizes, constraints, photo_url, color, version, updated_at, created_at, seen_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $14)`, args...)
	}
	if err != nil {
		return fmt.Errorf("storing a person: %w", err)
	}
	return nil
}

func personArgs(p gift.Person) ([]any, error) {
	interests, err := encoded(p.Interests)
	if err != nil {
		return nil, err
	}
	sizes, err := encoded(p.Sizes)
	if err != nil {
		return nil, err
	}
	constraints, err := encoded(p.Constraints)
	return []any{string(p.ID), p.Name, strings.ToLower(p.Name), p.Relationship, nullable(p.Birthdate), nullable(p.Anniversary),
		p.Notes, interests, sizes, constraints, p.PhotoURL, p.Color, p.Version, p.UpdatedAt.UnixMicro()}, err
}

// UpdatePerson implements [gift.PersonService].
func (s *Store) UpdatePerson(ctx context.Context, call gift.Call, id gift.PersonID, patch gift.PersonPatch) (gift.Person, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.Person, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.Person{}, err
		}
		before, err := personByID(ctx, m.tx, id)
		if err != nil {
			return gift.Person{}, err
		}
		if err := current(patch.Version, before.seenBy(a).Version, before.seenBy(a)); err != nil {
			return gift.Person{}, err
		}
		if patch, err = withoutOwnNotes(patch, a.is(id)); err != nil {
			return gift.Person{}, err
		}
		after := before
		if after.Person, err = patch.Apply(before.Person); err != nil {
			return gift.Person{}, err
		}
		if reflect.DeepEqual(before.Person, after.Person) {
			return before.seenBy(a), nil
		}
		after.advance(before.Person, m.now)
		return after.seenBy(a), updatePerson(ctx, m.tx, after)
	})
}

// withoutOwnNotes refuses notes that somebody writes about themselves. Empty
// ones are what they read, and may come back.
func withoutOwnNotes(patch gift.PersonPatch, own bool) (gift.PersonPatch, error) {
	if !own || !patch.Notes.Set {
		return patch, nil
	}
	if patch.Notes.Value != "" {
		return patch, &gift.Error{Code: gift.EFORBIDDEN, Field: "notes", Message: "the notes about you are for others"}
	}
	patch.Notes.Set = false
	return patch, nil
}

// advance counts a version, and remembers whether the person's own account
// can tell it from the one before.
func (p *personRow) advance(before gift.Person, now time.Time) {
	if reflect.DeepEqual(p.SeenBy(&p.ID), before.SeenBy(&p.ID)) {
		p.unseen++
	} else {
		p.seenAt = now
	}
	p.Version++
	p.UpdatedAt = now
}

func updatePerson(ctx context.Context, tx Tx, p personRow) error {
	args, err := personArgs(p.Person)
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE persons SET name = $2, sort_name = $3, relationship = $4, birthdate = $5,
			anniversary = $6, notes = $7, interests = $8, sizes = $9, constraints = $10, photo_url = $11, color = $12,
			version = $13, updated_at = $14, unseen = $15, seen_at = $16 WHERE id = $1`,
			append(args, p.unseen, p.seenAt.UnixMicro())...)
	}
	if err != nil {
		return fmt.Errorf("storing a person: %w", err)
	}
	return nil
}

// DeletePerson implements [gift.PersonService]. Occasions, gifts and cards
// that name the person change with it.
func (s *Store) DeletePerson(ctx context.Context, call gift.Call, id gift.PersonID) error {
	_, err := mutate(ctx, s, call, func(ctx context.Context, m *mutation) (none struct{}, err error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return none, err
		}
		p, err := personByID(ctx, m.tx, id)
		if err != nil {
			return none, err
		}
		if err := m.checkDeletable(ctx, a, p.Person); err != nil {
			return none, err
		}
		if err := m.forgetInGifts(ctx, id); err != nil {
			return none, err
		}
		if err := m.forgetInCards(ctx, id); err != nil {
			return none, err
		}
		return none, m.deletePerson(ctx, id)
	})
	return err
}

// checkDeletable refuses to delete a person whom others plan for, or whose absence
// would show the actor a total.
func (m *mutation) checkDeletable(ctx context.Context, a actor, p gift.Person) error {
	if p.UserID != nil {
		return gift.Errorf(gift.EFORBIDDEN, "%s has an account and cannot be deleted", p.Name)
	}
	planned, err := exists(ctx, m.tx, `SELECT 1 FROM lists WHERE person_id = $1`, string(p.ID))
	if err != nil {
		return fmt.Errorf("finding lists about a person: %w", err)
	}
	if planned {
		return gift.Errorf(gift.EFORBIDDEN,
			"there are lists about %s, perhaps private ones: first delete them, or make them about somebody else", p.Name)
	}
	occasions, err := allOccasions(ctx, m.tx)
	for _, o := range occasions {
		after := o.Occasion
		after.People = slices.DeleteFunc(slices.Clone(o.People), func(g gift.OccasionPerson) bool { return g.PersonID == p.ID })
		if o.TotalKept(a.person) && !after.TotalKept(a.person) {
			return gift.Errorf(gift.EFORBIDDEN,
				"somebody else has to delete %s: without them, %s would show you what is meant for you", p.Name, o.Name)
		}
	}
	return err
}

// deletePerson removes a person whom no list is about. Occasions lose a guest.
func (m *mutation) deletePerson(ctx context.Context, id gift.PersonID) error {
	for _, statement := range []string{
		`UPDATE occasions SET version = version + 1, updated_at = $2
			WHERE id IN (SELECT occasion_id FROM occasion_people WHERE person_id = $1 AND place >= 0)`,
		`UPDATE occasion_people SET seen_at = $2
			WHERE occasion_id IN (SELECT occasion_id FROM occasion_people WHERE person_id = $1 AND place >= 0)`,
	} {
		if _, err := m.tx.ExecContext(ctx, statement, string(id), m.now.UnixMicro()); err != nil {
			return fmt.Errorf("forgetting a person: %w", err)
		}
	}
	if _, err := m.tx.ExecContext(ctx, `DELETE FROM persons WHERE id = $1`, string(id)); err != nil {
		return fmt.Errorf("deleting a person: %w", err)
	}
	return nil
}

// current refuses a patch of another version than the present one.
func current(asked gift.Field[int64], version int64, present any) error {
	if !asked.Set || asked.Value == version {
		return nil
	}
	return conflict(present)
}

func conflict(present any) error {
	return &gift.Error{Code: gift.ECONFLICT, Field: "version", Current: present,
		Message: "somebody changed this since you read it"}
}
