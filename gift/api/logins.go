package api

import (
	"context"
	"sync"
	"time"

	"github.com/familygifting/tidings/gift"
)

// loginFreshness is how long a login is believed to be alive after storage
// said so. Logins that end in this process end at once.
const loginFreshness = time.Second

// loginMemory is how long the cache remembers a login that nobody asks
// for; longer than any access token lives.
const loginMemory = 2 * AccessTokenLife

var errLoginOver = gift.Errorf(gift.EUNAUTHORIZED, "please log in again: this login has ended")

// loginCache answers whether a login is alive without asking storage for
// every request.
type loginCache struct {
	// Static after construction.
	accounts gift.AccountService
	now      func() time.Time

	mu sync.RWMutex
	// Guarded by mu.
	known  map[gift.LoginID]knownLogin
	pruned time.Time
}

// knownLogin is what storage last said about a login.
type knownLogin struct {
	user    gift.UserID
	expires time.Time
	asked   time.Time
	// revoked stays: no answer that was under way brings a login back.
	revoked bool
	// told says that its end was made known.
	told bool
}

func newLoginCache(accounts gift.AccountService, now func() time.Time) *loginCache {
	return &loginCache{accounts: accounts, now: now, known: map[gift.LoginID]knownLogin{}, pruned: now()}
}

// check returns whose login it is, if it is alive.
func (c *loginCache) check(ctx context.Context, id gift.LoginID) (gift.UserID, error) {
	c.mu.RLock()
	s, ok := c.known[id]
	c.mu.RUnlock()
	now := c.now()
	if !ok || !s.revoked && now.Sub(s.asked) >= loginFreshness {
		var err error
		if s, err = c.ask(ctx, id, now); err != nil {
			return "", err
		}
	}
	if s.revoked || !now.Before(s.expires) {
		return "", errLoginOver
	}
	return s.user, nil
}

// ask asks storage. An answer counts from when it was asked for.
func (c *loginCache) ask(ctx context.Context, id gift.LoginID, now time.Time) (knownLogin, error) {
	stored, err := c.accounts.Login(ctx, id)
	if gift.CodeOf(err) == gift.ENOTFOUND {
		return knownLogin{}, errLoginOver
	}
	if err != nil {
		return knownLogin{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.known[id]
	s := knownLogin{user: stored.User, expires: stored.ExpiresAt, asked: now,
		revoked: stored.EndedAt != nil || before.revoked, told: before.told}
	c.known[id] = s
	c.prune(now)
	return s, nil
}

// revoke notes that a login is over, from now on and whatever storage says. It
// returns whether that is to be made known: only the first time.
func (c *loginCache) revoke(id gift.LoginID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !c.known[id].told
	c.known[id] = knownLogin{revoked: true, told: true, asked: c.now()}
	return first
}

// prune forgets logins that no living access token can name. It needs mu.
func (c *loginCache) prune(now time.Time) {
	if now.Sub(c.pruned) < loginMemory {
		return
	}
	c.pruned = now
	for id, s := range c.known {
		if now.Sub(s.asked) >= loginMemory {
			delete(c.known, id)
		}
	}
}
