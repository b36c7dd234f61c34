package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/familygifting/tidings/gift"
)

// refreshBytes is the size of a refresh token: 256 random bits.
const refreshBytes = 32

// maxSuccessors is how many used tokens a late one may be led over to the
// newest of its family.
const maxSuccessors = 8

// refreshTokens makes refresh tokens. A token's successor is derived from it,
// so that a client that asks twice gets the same one, though only hashes are stored.
type refreshTokens struct{ key []byte }

// first returns a token that descends from none.
func (refreshTokens) first() string {
	var b [refreshBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// successor returns the one token that follows another.
func (t refreshTokens) successor(token string) string {
	mac := hmac.New(sha256.New, t.key)
	_, _ = mac.Write([]byte(token)) // a hash never fails
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// hashToken is what is stored of a refresh token or an invite.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// grant is what a login or a refresh yields.
type grant struct {
	user   gift.UserID
	login  gift.LoginID
	access string
	// expires is when access ends.
	expires time.Time
	// refresh is good until refreshExpires.
	refresh        string
	refreshExpires time.Time
}

var errRefresh = gift.Errorf(gift.EUNAUTHORIZED, "please log in")

// open starts a login for a user who has proved to be one.
func (a *Auth) open(ctx context.Context, user gift.UserID) (grant, error) {
	now, err := a.issueTime(ctx)
	if err != nil {
		return grant{}, err
	}
	login := gift.Login{
		ID:        gift.NewID[gift.LoginID](),
		User:      user,
		CreatedAt: now,
		ExpiresAt: now.Add(MaxLoginLife),
	}
	token := a.refresh.first()
	first := gift.RefreshToken{Hash: hashToken(token), Login: login.ID, ExpiresAt: now.Add(LoginLife)}
	if err := a.accounts.CreateLogin(ctx, login, first); err != nil {
		return grant{}, err
	}
	a.times.noteIssued(first.Hash)
	return a.grant(login, token, first.ExpiresAt)
}

// grant makes the access token that goes with a refresh token.
func (a *Auth) grant(login gift.Login, token string, expires time.Time) (grant, error) {
	access, ends, err := a.access.make(login.User, login.ID)
	if err != nil {
		return grant{}, err
	}
	return grant{
		user: login.User, login: login.ID,
		access: access, expires: ends,
		refresh: token, refreshExpires: expires,
	}, nil
}

// renew exchanges a refresh token for its successor.
func (a *Auth) renew(ctx context.Context, token string) (grant, error) {
	stored, login, err := a.find(ctx, token)
	if err != nil {
		return grant{}, err
	}
	now := a.opts.Now()
	if stored.UsedAt == nil {
		return a.rotate(ctx, login, token, stored.ExpiresAt)
	}
	for range maxSuccessors {
		if a.times.sinceUsed(stored.Hash, *stored.UsedAt, now) > ReuseGrace {
			// It has been stolen, now or then: the whole family ends.
			return grant{}, errors.Join(errRefresh, a.End(ctx, login.ID))
		}
		// A second tab, or an answer that got lost. Where the successor was
		// used as well, the newest one is what the browser should hold.
		token = a.refresh.successor(token)
		if stored, login, err = a.find(ctx, token); err != nil {
			return grant{}, err
		}
		if stored.UsedAt == nil {
			// The cookie stays, though the clock may have left the token behind.
			return a.grant(login, token, laterOf(stored.ExpiresAt, now.Add(ReuseGrace)))
		}
	}
	return grant{}, errRefresh
}

// find returns a refresh token that is still good, used or not.
func (a *Auth) find(ctx context.Context, token string) (gift.RefreshToken, gift.Login, error) {
	stored, login, err := a.accounts.FindRefreshToken(ctx, hashToken(token))
	if gift.CodeOf(err) == gift.ENOTFOUND {
		return stored, login, errRefresh
	}
	if err != nil {
		return stored, login, err
	}
	if login.EndedAt != nil || !a.isAlive(stored, login) {
		return stored, login, errRefresh
	}
	return stored, login, nil
}

// isAlive reports whether a refresh token has not run out. What this process has
// issued lives by how long that is ago, wherever the wall clock has gone since.
func (a *Auth) isAlive(stored gift.RefreshToken, login gift.Login) bool {
	now := a.opts.Now()
	if now.Before(login.ExpiresAt) && now.Before(stored.ExpiresAt) {
		return true
	}
	since, known := a.times.sinceIssued(stored.Hash)
	jumped := now.Sub(a.started) - a.opts.Elapsed()
	return known && since < LoginLife && now.Add(-jumped).Before(login.ExpiresAt)
}

// rotate stores the successor of a token that is used now. It lives no shorter than
// that one: a clock that is behind for a while ends no login.
func (a *Auth) rotate(ctx context.Context, login gift.Login, token string, expires time.Time) (grant, error) {
	now, next := a.opts.Now(), a.refresh.successor(token)
	successor := gift.RefreshToken{Hash: hashToken(next), Login: login.ID, ExpiresAt: laterOf(now.Add(LoginLife), expires)}
	if err := a.accounts.RotateRefreshToken(ctx, hashToken(token), successor, now); err != nil {
		return grant{}, err
	}
	a.times.noteUsed(hashToken(token))
	a.times.noteIssued(successor.Hash)
	return a.grant(login, next, successor.ExpiresAt)
}
