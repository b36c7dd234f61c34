package api

import (
	"context"
	"sync"
	"time"

	"github.com/familygifting/tidings/gift"
)

// sessionFreshness is how long a session is believed to be alive after storage
// said so. Sessions that end in this process end at once.
const sessionFreshness = time.Second

// sessionMemory is how long the cache remembers a session that nobody asks
// for; longer than any access token lives.
const sessionMemory = 2 * AccessTokenLife

var errSessionOver = gift.Errorf(gift.EUNAUTHORIZED, "please log in again: this session has ended")

// sessionCache answers whether a session is alive without asking storage for
// every request.
type sessionCache struct {
	// Static after construction.
	accounts gift.AccountService
	now      func() time.Time

	mu sync.RWMutex
	// Guarded by mu.
	known  map[gift.SessionID]knownSession
	pruned time.Time
}

// knownSession is what storage last said about a session.
type knownSession struct {
	user    gift.UserID
	expires time.Time
	asked   time.Time
	// revoked stays: no answer that was under way brings a session back.
	revoked bool
	// told says that its end was made known.
	told bool
}

func newSessionCache(accounts gift.AccountService, now func() time.Time) *sessionCache {
	return &sessionCache{accounts: accounts, now: now, known: map[gift.SessionID]knownSession{}, pruned: now()}
}

// check returns whose session it is, if it is alive.
func (c *sessionCache) check(ctx context.Context, id gift.SessionID) (gift.UserID, error) {
	c.mu.RLock()
	s, ok := c.known[id]
	c.mu.RUnlock()
	now := c.now()
	if !ok || !s.revoked && now.Sub(s.asked) >= sessionFreshness {
		var err error
		if s, err = c.ask(ctx, id, now); err != nil {
			return "", err
		}
	}
	if s.revoked || !now.Before(s.expires) {
		return "", errSessionOver
	}
	return s.user, nil
}

// ask asks storage. An answer counts from when it was asked for.
func (c *sessionCache) ask(ctx context.Context, id gift.SessionID, now time.Time) (knownSession, error) {
	stored, err := c.accounts.Session(ctx, id)
	if gift.CodeOf(err) == gift.ENOTFOUND {
		return knownSession{}, errSessionOver
	}
	if err != nil {
		return knownSession{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.known[id]
	s := knownSession{user: stored.User, expires: stored.ExpiresAt, asked: now,
		revoked: stored.RevokedAt != nil || before.revoked, told: before.told}
	c.known[id] = s
	c.prune(now)
	return s, nil
}

// revoke notes that a session is over, from now on and whatever storage says. It
// returns whether that is to be made known: only the first time.
func (c *sessionCache) revoke(id gift.SessionID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !c.known[id].told
	c.known[id] = knownSession{revoked: true, told: true, asked: c.now()}
	return first
}

// prune forgets sessions that no living access token can name. It needs mu.
func (c *sessionCache) prune(now time.Time) {
	if now.Sub(c.pruned) < sessionMemory {
		return
	}
	c.pruned = now
	for id, s := range c.known {
		if now.Sub(s.asked) >= sessionMemory {
			delete(c.known, id)
		}
	}
}
