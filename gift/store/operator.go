package store

import (
	"context"
	"fmt"
	"time"

	"github.com/familygifting/tidings/gift"
)

// Accounts returns all members with their emails, for who runs the server.
func (s *Store) Accounts(ctx context.Context) (users []gift.User, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		users, err = all(ctx, tx, scanUser, userSQL+` ORDER BY lower(u.name), u.id`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the accounts: %w", err)
	}
	return users, nil
}

// SetPassword replaces the password of the account with an email and ends its
// logins; ENOTFOUND if there is no such account.
func (s *Store) SetPassword(ctx context.Context, email, passwordHash string, now time.Time) error {
	return s.Write(ctx, func(ctx context.Context, tx Tx) error {
		var id gift.UserID
		err := tx.QueryRowContext(ctx, `SELECT id FROM users WHERE email = $1`, gift.NormalEmail(email)).Scan(&id)
		if err != nil {
			return notFound(err, "account")
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET password_hash = $2 WHERE id = $1`, string(id), passwordHash); err != nil {
			return fmt.Errorf("storing the password: %w", err)
		}
		_, err = tx.ExecContext(ctx, `UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL`,
			string(id), now.UnixMicro())
		if err != nil {
			return fmt.Errorf("ending the logins: %w", err)
		}
		return nil
	})
}
