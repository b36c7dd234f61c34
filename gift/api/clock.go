package api

import (
	"context"
	"sync"
	"time"
)

// A login outlives a clock that is wrong for a while. Two times are kept apart: what
// the wall clock says, which somebody may put right by hours or days at any moment,
// and how long the process has run, which nobody sets.
const (
	// maxClockLag is how far behind the latest time that was seen the clock may be for
	// that time to be believed instead. What is further away is a clock that was ahead,
	// unless the clock is surely wrong now.
	maxClockLag = 90 * 24 * time.Hour
	// maxRemembered is how many tokens are remembered at most, each way.
	maxRemembered = 10_000
)

// firstDay is a day before which no clock is right.
var firstDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// tokenTimes remembers when this process has issued refresh tokens, and when they were
// used, by how long it had run.
type tokenTimes struct {
	elapsed func() time.Duration // static

	mu           sync.Mutex
	issued, used map[string]time.Duration // by the token's hash; guarded by mu
}

func newTokenTimes(elapsed func() time.Duration) *tokenTimes {
	return &tokenTimes{elapsed: elapsed, issued: map[string]time.Duration{}, used: map[string]time.Duration{}}
}

// noteIssued and noteUsed are called when that is stored.
func (t *tokenTimes) noteIssued(hash string) { t.note(t.issued, hash) }
func (t *tokenTimes) noteUsed(hash string)   { t.note(t.used, hash) }

func (t *tokenTimes) note(in map[string]time.Duration, hash string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, there := in[hash]; !there { // a second use is no other one
		in[hash] = t.elapsed()
	}
	pruneMap(in, maxRemembered, func(at time.Duration) bool { return t.elapsed()-at > LoginLife })
}

// sinceIssued returns how long ago this process has issued a token, if it has.
func (t *tokenTimes) sinceIssued(hash string) (time.Duration, bool) { return t.since(t.issued, hash) }

// sinceUsed returns how long ago a token was used, which happened at a time by the wall
// clock. What an earlier process has noted is known by that clock alone.
func (t *tokenTimes) sinceUsed(hash string, at, now time.Time) time.Duration {
	if since, ok := t.since(t.used, hash); ok {
		return since
	}
	return now.Sub(at).Abs() // a clock that went back makes nothing fresh
}

func (t *tokenTimes) since(in map[string]time.Duration, hash string) (time.Duration, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, ok := in[hash]
	return t.elapsed() - at, ok
}

// issueTime is the time that a new login lives from: the wall clock's, or the latest
// that was seen where that clock is behind. A login that began in the past would end
// when the clock is put right.
func (a *Auth) issueTime(ctx context.Context) (time.Time, error) {
	now := a.opts.Now()
	latest, err := a.accounts.LatestExpiry(ctx)
	if err != nil {
		return now, err
	}
	seen := latest.Add(-LoginLife)
	if lag := seen.Sub(now); lag > 0 && (lag <= maxClockLag || now.Before(firstDay)) {
		return seen, nil
	}
	return now, nil
}

// laterOf returns the later of two times.
func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
