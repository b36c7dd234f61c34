package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/familygifting/tidings/gift"
)

// accessSQL is [gift.List.AccessFor] for queries that have to filter before
// they page: l is the list, u the user. A test compares the two case by case.
const accessSQL = `CASE
	WHEN l.visibility = 'private' AND l.owner_id <> u.id THEN 'none'
	WHEN l.person_id = u.person_id THEN CASE WHEN l.hidden_from_person THEN 'none' ELSE 'wisher' END
	ELSE 'planner' END`

// noPerson stands for the person of an account without one, in what asks whom a
// card is for.
const noPerson = "-"

// notForSQL says that a card, by its alias, is not for a person.
func notForSQL(card, person string) string {
	return `instr(` + card + `.recipient_ids, ` + person + `) = 0`
}

// cardAccessSQL is [gift.List.CardAccessFor], as accessSQL is: i is the card.
var cardAccessSQL = `CASE ` + accessSQL + `
	WHEN 'planner' THEN CASE WHEN ` + notForSQL("i", "COALESCE(u.person_id, '"+noPerson+"')") + ` THEN 'planner' ELSE 'none' END
	WHEN 'wisher' THEN CASE WHEN i.surprise THEN 'none' ELSE 'wisher' END
	ELSE 'none' END`

// seenGiftSQL is true if the user u sees the gift g: as its creator, a planner of a
// card with it, or its wisher.
var seenGiftSQL = `(g.creator_id = u.id OR EXISTS (SELECT 1 FROM list_items i JOIN lists l ON l.id = i.list_id
	WHERE i.gift_id = g.id AND ` + cardAccessSQL + ` <> 'none'))`

// actor is who acts or reads.
type actor struct {
	id     gift.UserID
	person *gift.PersonID
	admin  bool
}

// is reports whether the actor's account is the person's.
func (a actor) is(person gift.PersonID) bool { return a.person != nil && *a.person == person }

// scope is the actor's read of a collection of a list.
func (a actor) scope(kind gift.ScopeKind, l gift.List) gift.Scope {
	return gift.Scope{Kind: kind, ID: string(l.ID), Reader: a.id, Shared: l.PersonID == nil}
}

// actorOf finds who acts or reads; EUNAUTHORIZED if there is no such account.
func actorOf(ctx context.Context, tx Tx, id gift.UserID) (actor, error) {
	a := actor{id: id}
	err := tx.QueryRowContext(ctx, `SELECT person_id, admin FROM users WHERE id = $1`, string(id)).
		Scan(optional[gift.PersonID]{&a.person}, &a.admin)
	if errors.Is(err, sql.ErrNoRows) {
		return a, gift.Errorf(gift.EUNAUTHORIZED, "there is no such account")
	}
	if err != nil {
		return a, fmt.Errorf("finding the account: %w", err)
	}
	return a, nil
}

// ListAccess answers what a user may do with a list, and whether that is about
// nobody in particular: AccessNone, and not, as well when there is no such list or
// no such user.
func (s *Store) ListAccess(ctx context.Context, user gift.UserID, list gift.ListID) (access gift.Access, shared bool, err error) {
	access = gift.AccessNone
	err = s.readers.do(ctx, func(tx Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT `+accessSQL+`, l.person_id IS NULL FROM lists l JOIN users u ON u.id = $2
			WHERE l.id = $1 AND `+accessSQL+` <> 'none'`, string(list), string(user)).Scan(&access, &shared)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return gift.AccessNone, false, fmt.Errorf("reading the access to a list: %w", err)
	}
	return access, shared, nil
}

// SeesGift answers whether a user sees a gift; not if there is no such gift or
// no such user.
func (s *Store) SeesGift(ctx context.Context, user gift.UserID, id gift.GiftID) (sees bool, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		sees, err = exists(ctx, tx, `SELECT 1 FROM gifts g JOIN users u ON u.id = $2 WHERE g.id = $1 AND `+seenGiftSQL,
			string(id), string(user))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("reading the access to a gift: %w", err)
	}
	return sees, nil
}

// SeesItem answers whether a user sees the card on the board of that list.
func (s *Store) SeesItem(ctx context.Context, user gift.UserID, list gift.ListID, id gift.ItemID) (sees bool, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		sees, err = exists(ctx, tx, `SELECT 1 FROM list_items i JOIN lists l ON l.id = i.list_id JOIN users u ON u.id = $3
			WHERE i.id = $1 AND l.id = $2 AND `+cardAccessSQL+` = 'planner'`, string(id), string(list), string(user))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("reading the access to an item: %w", err)
	}
	return sees, nil
}
