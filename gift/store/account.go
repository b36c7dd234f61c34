package store

import (
	"context"
	"fmt"
	"time"

	"github.com/familygifting/tidings/gift"
)

const userSQL = `SELECT u.id, u.name, u.email, u.admin, u.person_id, COALESCE(p.color, ''), u.created_at
	FROM users u LEFT JOIN persons p ON p.id = u.person_id`

func scanUser(row scanner) (gift.User, error) {
	var u gift.User
	err := row.Scan(&u.ID, &u.Name, &u.Email, &u.Admin, optional[gift.PersonID]{&u.PersonID}, &u.Color, micros{&u.CreatedAt})
	return u, err
}

// Family implements [gift.AccountService].
func (s *Store) Family(ctx context.Context) (gift.Family, error) {
	var f gift.Family
	err := s.readers.do(ctx, func(tx Tx) error {
		return tx.QueryRowContext(ctx, `SELECT name, currency FROM family`).Scan(&f.Name, &f.Currency)
	})
	return f, notFound(err, "family yet")
}

// Setup implements [gift.AccountService].
func (s *Store) Setup(ctx context.Context, family gift.Family, in gift.NewAccount) (user gift.User, err error) {
	if family.Currency == "" {
		family.Currency = gift.DefaultCurrency
	}
	if err := family.Validate(); err != nil {
		return user, err
	}
	if err := in.Validate(); err != nil {
		return user, err
	}
	err = s.join(ctx, func(ctx context.Context, tx Tx) (gift.User, error) {
		taken, err := exists(ctx, tx, `SELECT 1 FROM users LIMIT 1`)
		if err != nil {
			return user, fmt.Errorf("looking for accounts: %w", err)
		}
		if taken {
			return user, gift.Errorf(gift.EUSED, "this family is set up already: log in, or ask for an invite")
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO family (id, name, currency) VALUES (1, $1, $2)`,
			family.Name, family.Currency); err != nil {
			return user, fmt.Errorf("founding the family: %w", err)
		}
		user, err = s.createAccount(ctx, tx, in, nil, true)
		return user, err
	})
	return user, err
}

// join runs a transaction that creates an account, and makes known what that
// sees.
func (s *Store) join(ctx context.Context, create func(ctx context.Context, tx Tx) (gift.User, error)) error {
	return s.write(ctx, func(ctx context.Context, tx Tx) (func(), error) {
		user, err := create(ctx, tx)
		if err != nil {
			return nil, err
		}
		m := &mutation{tx: tx, call: gift.Call{Actor: user.ID}, now: s.moment(), today: s.today()}
		if err := m.noteJoined(ctx, user); err != nil {
			return nil, err
		}
		return s.finish(ctx, m, nil)
	})
}

// noteJoined notes what a new account sees.
func (m *mutation) noteJoined(ctx context.Context, user gift.User) error {
	change := &gift.AccountChange{User: user.ID, Person: deref(user.PersonID)}
	scan := func(row scanner) (l gift.AccountList, err error) { return l, row.Scan(&l.ID, &l.Access, &l.Shared) }
	var err error
	change.Lists, err = all(ctx, m.tx, scan, `SELECT l.id, `+accessSQL+`, l.person_id IS NULL FROM lists l JOIN users u ON u.id = $1
		WHERE `+accessSQL+` <> 'none' ORDER BY l.id`, string(user.ID))
	if err != nil {
		return fmt.Errorf("finding a newcomer's lists: %w", err)
	}
	change.Gifts, err = all(ctx, m.tx, text[gift.GiftID], `SELECT g.id FROM gifts g JOIN users u ON u.id = $1
		WHERE `+seenGiftSQL+` ORDER BY g.id`, string(user.ID))
	if err != nil {
		return fmt.Errorf("finding a newcomer's gifts: %w", err)
	}
	m.made(gift.Change{Kind: gift.AccountJoined, Account: change})
	return nil
}

// createAccount stores an account, linked to a person or to a new one.
func (s *Store) createAccount(ctx context.Context, tx Tx, in gift.NewAccount, person *gift.PersonID, admin bool) (gift.User, error) {
	email, now := gift.NormalEmail(in.Email), s.moment()
	taken, err := exists(ctx, tx, `SELECT 1 FROM users WHERE email = $1`, email)
	if err != nil {
		return gift.User{}, fmt.Errorf("looking for the email: %w", err)
	}
	if taken {
		return gift.User{}, &gift.Error{Code: gift.EEXISTS, Field: "email", Message: "there is an account with this email"}
	}
	if person, err = linkPerson(ctx, tx, in.Name, person, now); err != nil {
		return gift.User{}, err
	}
	id := gift.NewID[gift.UserID]()
	if _, err := tx.ExecContext(ctx, `INSERT INTO users (id, name, email, password_hash, admin, person_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(id), in.Name, email, in.PasswordHash, admin, nullable(person), now.UnixMicro()); err != nil {
		return gift.User{}, fmt.Errorf("creating the account: %w", err)
	}
	return scanUser(tx.QueryRowContext(ctx, userSQL+` WHERE u.id = $1`, string(id)))
}

// linkPerson prepares the person of a new account: the one it is for, whose
// user_id changes now, or a new one of the same name.
func linkPerson(ctx context.Context, tx Tx, name string, person *gift.PersonID, now time.Time) (*gift.PersonID, error) {
	if person != nil {
		_, err := tx.ExecContext(ctx, `UPDATE persons SET version = version + 1, updated_at = $2, seen_at = $2 WHERE id = $1`,
			string(*person), now.UnixMicro())
		if err != nil {
			return nil, fmt.Errorf("linking the person: %w", err)
		}
		return person, nil
	}
	p, err := gift.PersonInput{Name: name}.New(gift.NewID[gift.PersonID](), now)
	if err != nil {
		return nil, err
	}
	return &p.ID, insertPerson(ctx, tx, p)
}

// Credentials implements [gift.AccountService].
func (s *Store) Credentials(ctx context.Context, email string) (gift.Credentials, error) {
	var c gift.Credentials
	err := s.readers.do(ctx, func(tx Tx) error {
		return tx.QueryRowContext(ctx, `SELECT id, password_hash FROM users WHERE email = $1`, gift.NormalEmail(email)).
			Scan(&c.User, &c.PasswordHash)
	})
	return c, notFound(err, "account")
}

// Users implements [gift.AccountService].
func (s *Store) Users(ctx context.Context, by gift.UserID) (users []gift.User, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		a, err := actorOf(ctx, tx, by)
		if err != nil {
			return err
		}
		if users, err = all(ctx, tx, scanUser, userSQL+` ORDER BY lower(u.name), u.id`); err != nil {
			return fmt.Errorf("reading the members: %w", err)
		}
		for i := range users {
			if !a.admin && users[i].ID != by {
				users[i].Email = ""
			}
		}
		return nil
	})
	return users, err
}

// User implements [gift.AccountService].
func (s *Store) User(ctx context.Context, id gift.UserID) (u gift.User, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		u, err = scanUser(tx.QueryRowContext(ctx, userSQL+` WHERE u.id = $1`, string(id)))
		return err
	})
	return u, notFound(err, "account")
}
