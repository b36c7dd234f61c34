package store

import (
	"context"
	"fmt"
	"math"
	"reflect"

	"github.com/familygifting/tidings/gift"
)

const listColumns = `l.id, l.name, l.type, l.visibility, l.hidden_from_person, l.owner_id, l.person_id, l.occasion_id,
	l.description, l.version, l.created_at, l.updated_at`

func listTargets(l *gift.List) []any {
	return []any{&l.ID, &l.Name, &l.Type, &l.Visibility, &l.HiddenFromPerson, &l.OwnerID,
		optional[gift.PersonID]{&l.PersonID}, optional[gift.OccasionID]{&l.OccasionID}, &l.Description,
		&l.Version, micros{&l.CreatedAt}, micros{&l.UpdatedAt}}
}

func scanList(row scanner) (gift.List, error) {
	var l gift.List
	return l, row.Scan(listTargets(&l)...)
}

// listFor reads a list with what the actor may do with it; ENOTFOUND if that
// is nothing.
func listFor(ctx context.Context, tx Tx, a actor, id gift.ListID) (gift.List, error) {
	// Filtered where it is kept: a list that is hidden takes no more than none.
	l, err := scanList(tx.QueryRowContext(ctx, `SELECT `+listColumns+` FROM lists l JOIN users u ON u.id = $2
		WHERE l.id = $1 AND `+accessSQL+` <> 'none'`, string(id), string(a.id)))
	if err != nil {
		return gift.List{}, notFound(err, "list")
	}
	l.Access = l.AccessFor(a.id, a.person)
	return l, nil
}

// plannedList is listFor for what only planners may do.
func plannedList(ctx context.Context, tx Tx, a actor, id gift.ListID) (gift.List, error) {
	l, err := listFor(ctx, tx, a, id)
	if err == nil && l.Access != gift.AccessPlanner {
		return gift.List{}, gift.Errorf(gift.ENOTFOUND, "there is no such list")
	}
	return l, err
}

// counted completes a list that the actor sees with how many items they see.
func counted(ctx context.Context, tx Tx, l gift.List, a actor) (gift.List, error) {
	l.Access = l.AccessFor(a.id, a.person)
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM list_items i JOIN lists l ON l.id = i.list_id JOIN users u ON u.id = $2
		WHERE i.list_id = $1 AND `+cardAccessSQL+` <> 'none'`, string(l.ID), string(a.id)).Scan(&l.ItemCount)
	if err != nil {
		return l, fmt.Errorf("counting a list's items: %w", err)
	}
	return l, nil
}

// Lists implements [gift.ListService].
func (s *Store) Lists(ctx context.Context, by gift.UserID, filter gift.ListFilter, page gift.Page) (out gift.PageOf[gift.List], err error) {
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
		lists, err := all(ctx, tx, scanList, `SELECT `+listColumns+` FROM lists l JOIN users u ON u.id = $1
			WHERE `+accessSQL+` <> 'none' AND ($2 = '' OR l.occasion_id = $2) AND ($3 = '' OR l.person_id = $3)
			AND (l.created_at, l.id) < ($4, $5) ORDER BY l.created_at DESC, l.id DESC LIMIT $6`,
			string(by), string(filter.Occasion), string(filter.Person), from.Key, from.ID, size+1)
		if err != nil {
			return fmt.Errorf("reading lists: %w", err)
		}
		out = pageOf(lists, size, func(l gift.List) string {
			return cursor[int64]{l.CreatedAt.UnixMicro(), string(l.ID)}.String()
		})
		for i, l := range out.Items {
			if out.Items[i], err = counted(ctx, tx, l, a); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// List implements [gift.ListService].
func (s *Store) List(ctx context.Context, by gift.UserID, id gift.ListID) (out gift.List, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		if out, err = listFor(ctx, tx, a, id); err != nil {
			return err
		}
		out, err = counted(ctx, tx, out, a)
		return err
	})
	return out, err
}

// CreateList implements [gift.ListService].
func (s *Store) CreateList(ctx context.Context, call gift.Call, in gift.ListInput) (gift.List, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.List, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.List{}, err
		}
		l, err := in.New(gift.NewID[gift.ListID](), a.id, a.person, m.now)
		if err != nil {
			return gift.List{}, err
		}
		if err := m.checkListRefs(ctx, l); err != nil {
			return gift.List{}, err
		}
		_, err = m.tx.ExecContext(ctx, `INSERT INTO lists (id, name, type, visibility, hidden_from_person, person_id, occasion_id,
			description, version, updated_at, owner_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10)`,
			append(listArgs(l), string(l.OwnerID))...)
		if err != nil {
			return gift.List{}, fmt.Errorf("storing a list: %w", err)
		}
		return counted(ctx, m.tx, l, a)
	})
}

func listArgs(l gift.List) []any {
	return []any{string(l.ID), l.Name, string(l.Type), string(l.Visibility), l.HiddenFromPerson, nullable(l.PersonID),
		nullable(l.OccasionID), l.Description, l.Version, l.UpdatedAt.UnixMicro()}
}

// checkListRefs checks that what the list names is there.
func (m *mutation) checkListRefs(ctx context.Context, l gift.List) error {
	if l.PersonID != nil {
		known, err := exists(ctx, m.tx, `SELECT 1 FROM persons WHERE id = $1`, string(*l.PersonID))
		if err != nil {
			return fmt.Errorf("finding whom a list is about: %w", err)
		}
		if !known {
			return gift.Invalid("person_id", "there is no such person")
		}
	}
	if l.OccasionID != nil {
		known, err := exists(ctx, m.tx, `SELECT 1 FROM occasions WHERE id = $1`, string(*l.OccasionID))
		if err != nil {
			return fmt.Errorf("finding a list's occasion: %w", err)
		}
		if !known {
			return gift.Invalid("occasion_id", "there is no such occasion")
		}
	}
	return nil
}

// managedList is listFor, for users who may change the list itself.
func managedList(ctx context.Context, tx Tx, a actor, id gift.ListID) (gift.List, error) {
	l, err := listFor(ctx, tx, a, id)
	if err != nil {
		return l, err
	}
	if l.OwnerID != a.id && (!a.admin || l.Access != gift.AccessPlanner) {
		return l, gift.Errorf(gift.EFORBIDDEN, "only the owner of a list, or an admin who plans it, may change it")
	}
	return l, nil
}

// UpdateList implements [gift.ListService].
func (s *Store) UpdateList(ctx context.Context, call gift.Call, id gift.ListID, patch gift.ListPatch) (gift.List, error) {
	return mutate(ctx, s, call, func(ctx context.Context, m *mutation) (gift.List, error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return gift.List{}, err
		}
		before, err := managedList(ctx, m.tx, a, id)
		if err != nil {
			return gift.List{}, err
		}
		if before, err = counted(ctx, m.tx, before, a); err != nil {
			return gift.List{}, err
		}
		if err := current(patch.Version, before.Version, before); err != nil {
			return gift.List{}, err
		}
		after, err := m.patchedList(ctx, a, before, patch)
		if err != nil {
			return gift.List{}, err
		}
		if reflect.DeepEqual(before, after) {
			return before, nil
		}
		after.Version++
		after.UpdatedAt = m.now
		if err := m.changeList(ctx, before, after); err != nil {
			return gift.List{}, err
		}
		return counted(ctx, m.tx, after, a)
	})
}

// storeList stores a changed list.
func (m *mutation) storeList(ctx context.Context, l gift.List) error {
	_, err := m.tx.ExecContext(ctx, `UPDATE lists SET name = $2, type = $3, visibility = $4, hidden_from_person = $5,
		person_id = $6, occasion_id = $7, description = $8, version = $9, updated_at = $10 WHERE id = $1`, listArgs(l)...)
	if err != nil {
		return fmt.Errorf("storing a list: %w", err)
	}
	return nil
}

// patchedList is the list with the patch applied. It refuses changes by which
// the actor would learn of a surprise, or lose sight of the list, or by which
// somebody else would take its board from the owner, or show it to them.
func (m *mutation) patchedList(ctx context.Context, a actor, before gift.List, patch gift.ListPatch) (gift.List, error) {
	owner, err := actorOf(ctx, m.tx, before.OwnerID)
	if err != nil {
		return before, err
	}
	after, err := patch.Apply(before, owner.person)
	if err != nil {
		return before, err
	}
	if before.Access == gift.AccessWisher && after.AccessFor(a.id, a.person) == gift.AccessPlanner {
		return before, &gift.Error{Code: gift.EFORBIDDEN, Field: "person_id",
			Message: "a list about you stays about you: it may hold surprises"}
	}
	if owner.id != a.id && before.AccessFor(owner.id, owner.person) != after.AccessFor(owner.id, owner.person) {
		return before, &gift.Error{Code: gift.EFORBIDDEN, Field: "person_id",
			Message: "whether a list is about its own owner is for the owner to say"}
	}
	if after.AccessFor(a.id, a.person) == gift.AccessNone {
		field := "hidden_from_person"
		if after.Visibility != before.Visibility {
			field = "visibility"
		}
		return before, gift.Invalid(field, "this would take the list away from yourself")
	}
	return after, m.checkListRefs(ctx, after)
}

// DeleteList implements [gift.ListService].
func (s *Store) DeleteList(ctx context.Context, call gift.Call, id gift.ListID) error {
	_, err := mutate(ctx, s, call, func(ctx context.Context, m *mutation) (none struct{}, err error) {
		a, err := actorOf(ctx, m.tx, call.Actor)
		if err != nil {
			return none, err
		}
		l, err := managedList(ctx, m.tx, a, id)
		if err != nil {
			return none, err
		}
		items, err := itemsWhere(ctx, m.tx, `i.list_id = $1`, string(id))
		if err != nil {
			return none, err
		}
		for _, item := range items {
			if err := m.deleteItem(ctx, item); err != nil {
				return none, err
			}
		}
		if _, err := m.tx.ExecContext(ctx, `DELETE FROM lists WHERE id = $1`, string(id)); err != nil {
			return none, fmt.Errorf("deleting a list: %w", err)
		}
		return none, m.noteDeleted(ctx, l)
	})
	return err
}
