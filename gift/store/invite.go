package store

import (
	"context"
	"fmt"
	"time"

	"github.com/familygifting/tidings/gift"
)

// CreateInvite implements [gift.AccountService].
func (s *Store) CreateInvite(ctx context.Context, by gift.UserID, tokenHash string, person *gift.PersonID, expires time.Time) (gift.Invite, error) {
	in := gift.Invite{ID: gift.NewID[string](), PersonID: person, ExpiresAt: expires.UTC().Truncate(time.Microsecond)}
	err := s.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := checkInviter(ctx, tx, by); err != nil {
			return err
		}
		if person != nil {
			if err := checkInvitable(ctx, tx, *person); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO invites (id, token_hash, person_id, created_by, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			in.ID, tokenHash, nullable(person), string(by), in.ExpiresAt.UnixMicro())
		if err != nil {
			return fmt.Errorf("storing the invite: %w", err)
		}
		return nil
	})
	if err != nil {
		return gift.Invite{}, err
	}
	return in, nil
}

// checkInviter refuses everybody but admins: a second account of one's own would
// see what the first may not.
func checkInviter(ctx context.Context, tx Tx, by gift.UserID) error {
	a, err := actorOf(ctx, tx, by)
	if err != nil {
		return err
	}
	if !a.admin {
		return gift.Errorf(gift.EFORBIDDEN, "only an admin can invite a member")
	}
	return nil
}

// checkInvitable refuses people who do not exist or have an account.
func checkInvitable(ctx context.Context, tx Tx, person gift.PersonID) error {
	p, err := personByID(ctx, tx, person)
	switch {
	case gift.CodeOf(err) == gift.ENOTFOUND:
		return gift.Invalid("person_id", "there is no such person")
	case err != nil:
		return err
	case p.UserID != nil:
		return gift.Invalid("person_id", "%s has an account already", p.Name)
	}
	return nil
}

// FindInvite implements [gift.AccountService].
func (s *Store) FindInvite(ctx context.Context, tokenHash string, now time.Time) (in gift.Invite, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		in, err = findInvite(ctx, tx, tokenHash, now)
		return err
	})
	return in, err
}

// findInvite returns an open invite. One whose person got an account by
// another invite counts as used.
func findInvite(ctx context.Context, tx Tx, tokenHash string, now time.Time) (gift.Invite, error) {
	var in gift.Invite
	var used *time.Time
	var joined bool
	err := tx.QueryRowContext(ctx, `SELECT v.id, v.person_id, COALESCE(p.name, ''), v.expires_at, v.used_at, u.id IS NOT NULL
		FROM invites v LEFT JOIN persons p ON p.id = v.person_id LEFT JOIN users u ON u.person_id = v.person_id
		WHERE v.token_hash = $1`, tokenHash).
		Scan(&in.ID, optional[gift.PersonID]{&in.PersonID}, &in.PersonName, micros{&in.ExpiresAt}, optionalMicros{&used}, &joined)
	switch {
	case err != nil:
		return gift.Invite{}, notFound(err, "invite")
	case used != nil || joined:
		return gift.Invite{}, gift.Errorf(gift.EUSED, "this invite was used already: log in, or ask for a new one")
	case !now.Before(in.ExpiresAt):
		return gift.Invite{}, gift.Errorf(gift.EEXPIRED, "this invite is too old: ask for a new one")
	}
	return in, nil
}

// AcceptInvite implements [gift.AccountService].
func (s *Store) AcceptInvite(ctx context.Context, tokenHash string, in gift.NewAccount, now time.Time) (user gift.User, err error) {
	if err := in.Validate(); err != nil {
		return user, err
	}
	err = s.join(ctx, func(ctx context.Context, tx Tx) (gift.User, error) {
		invite, err := findInvite(ctx, tx, tokenHash, now)
		if err != nil {
			return user, err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE invites SET used_at = $2 WHERE id = $1`, invite.ID, now.UnixMicro()); err != nil {
			return user, fmt.Errorf("using up the invite: %w", err)
		}
		user, err = s.createAccount(ctx, tx, in, invite.PersonID, false)
		return user, err
	})
	return user, err
}
