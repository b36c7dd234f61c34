package store

import (
	"context"
	"fmt"
	"time"

	"github.com/familygifting/tidings/gift"
)

// CreateLogin implements [gift.AccountService].
func (s *Store) CreateLogin(ctx context.Context, login gift.Login, first gift.RefreshToken) error {
	return s.Write(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)`,
			string(login.ID), string(login.User), login.CreatedAt.UnixMicro(), login.ExpiresAt.UnixMicro()); err != nil {
			return fmt.Errorf("starting a login: %w", err)
		}
		first.Login = login.ID
		return insertRefreshToken(ctx, tx, first)
	})
}

func insertRefreshToken(ctx context.Context, tx Tx, t gift.RefreshToken) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO refresh_tokens (hash, session_id, expires_at) VALUES ($1, $2, $3)`,
		t.Hash, string(t.Login), t.ExpiresAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("storing a refresh token: %w", err)
	}
	return nil
}

const loginColumns = `s.id, s.user_id, s.created_at, s.expires_at, s.revoked_at`

func loginTargets(s *gift.Login) []any {
	return []any{&s.ID, &s.User, micros{&s.CreatedAt}, micros{&s.ExpiresAt}, optionalMicros{&s.EndedAt}}
}

// Login implements [gift.AccountService].
func (s *Store) Login(ctx context.Context, id gift.LoginID) (gift.Login, error) {
	var login gift.Login
	err := s.readers.do(ctx, func(tx Tx) error {
		return tx.QueryRowContext(ctx, `SELECT `+loginColumns+` FROM sessions s WHERE s.id = $1`, string(id)).
			Scan(loginTargets(&login)...)
	})
	return login, notFound(err, "login")
}

// FindRefreshToken implements [gift.AccountService].
func (s *Store) FindRefreshToken(ctx context.Context, hash string) (gift.RefreshToken, gift.Login, error) {
	var token gift.RefreshToken
	var login gift.Login
	targets := append([]any{&token.Hash, &token.Login, micros{&token.ExpiresAt}, optionalMicros{&token.UsedAt}},
		loginTargets(&login)...)
	err := s.readers.do(ctx, func(tx Tx) error {
		return tx.QueryRowContext(ctx, `SELECT t.hash, t.session_id, t.expires_at, t.used_at, `+loginColumns+`
			FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.hash = $1`, hash).Scan(targets...)
	})
	return token, login, notFound(err, "refresh token")
}

// RotateRefreshToken implements [gift.AccountService].
func (s *Store) RotateRefreshToken(ctx context.Context, hash string, successor gift.RefreshToken, now time.Time) error {
	return s.Write(ctx, func(ctx context.Context, tx Tx) error {
		var used *time.Time
		err := tx.QueryRowContext(ctx, `SELECT session_id, used_at FROM refresh_tokens WHERE hash = $1`, hash).
			Scan(&successor.Login, optionalMicros{&used})
		if err != nil {
			return notFound(err, "refresh token")
		}
		if used != nil {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1`, hash, now.UnixMicro()); err != nil {
			return fmt.Errorf("using up a refresh token: %w", err)
		}
		return insertRefreshToken(ctx, tx, successor)
	})
}

// LatestExpiry implements [gift.AccountService].
func (s *Store) LatestExpiry(ctx context.Context) (latest time.Time, err error) {
	var found *time.Time
	err = s.readers.do(ctx, func(tx Tx) error {
		return tx.QueryRowContext(ctx, `SELECT MAX(expires_at) FROM refresh_tokens`).Scan(optionalMicros{&found})
	})
	if err != nil {
		return latest, fmt.Errorf("looking for the latest login: %w", err)
	}
	if found != nil {
		latest = *found
	}
	return latest, nil
}

// EndLogin implements [gift.AccountService].
func (s *Store) EndLogin(ctx context.Context, id gift.LoginID, now time.Time) error {
	return s.Write(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL`,
			string(id), now.UnixMicro())
		if err != nil {
			return fmt.Errorf("ending a login: %w", err)
		}
		return nil
	})
}

// EndedLogins implements [gift.AccountService].
func (s *Store) EndedLogins(ctx context.Context, since time.Time) (ids []gift.LoginID, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		ids, err = all(ctx, tx, text[gift.LoginID], `SELECT id FROM sessions WHERE revoked_at >= $1 ORDER BY revoked_at, id`, since.UnixMicro())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for ended logins: %w", err)
	}
	return ids, nil
}
