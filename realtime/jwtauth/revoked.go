package jwtauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// DefaultMaxRevocations is how many revocations are remembered.
const DefaultMaxRevocations = 100_000

const (
	// RevocationMargin is for how much longer a revocation is remembered than a token
	// can live: for the fraction of a second that iat lacks, and for sessions, which
	// outlive their token by the TokenGrace of a hub, which has to be shorter.
	RevocationMargin = 10 * time.Minute
	// sweepInterval is how often old revocations are looked for, if any are made.
	sweepInterval = time.Minute
)

// ErrTooManyRevocations is returned by [Authorizer.Revoke] when as many are
// remembered as may be. Nothing was revoked.
var ErrTooManyRevocations = errors.New("too many revocations are remembered")

// revoked is what was taken back.
type revoked struct {
	// static
	store  Store         // nil: in memory alone
	limit  int           // how many are remembered
	keep   time.Duration // for how long; 0 is for ever
	logger *slog.Logger

	// writing has room for the one change that is made at a time, before mu is
	// taken. It is no mutex, since who waits for a store has a deadline.
	writing chan struct{}
	swept   time.Time // guarded by writing

	mu sync.RWMutex // guards at
	// at is the second until which tokens count as issued before.
	at map[Subject]int64
}

// load takes over what the store has, but for what is too old to matter: that
// would keep the room of what is new.
func (r *revoked) load(ctx context.Context) error {
	r.at, r.writing = make(map[Subject]int64), make(chan struct{}, 1)
	if r.store == nil {
		return nil
	}
	records, err := r.store.Load(ctx)
	if err != nil {
		return fmt.Errorf("reading the revocations: %w", err)
	}
	for _, record := range records {
		r.at[record.Subject] = record.At.Unix()
	}
	r.sweep(ctx, time.Now())
	return nil
}

// count is how many are remembered.
func (r *revoked) count() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.at)
}

// add remembers the subjects, all of them or, with an error, none.
func (r *revoked) add(ctx context.Context, subjects []Subject, at time.Time) error {
	select {
	case r.writing <- struct{}{}:
		defer func() { <-r.writing }()
	case <-ctx.Done():
		return fmt.Errorf("waiting for earlier revocations to be saved: %w", ctx.Err())
	}
	r.sweep(ctx, at)
	records := make([]Record, 0, len(subjects))
	fresh := make(map[Subject]bool)
	for _, s := range subjects {
		before, known := r.at[s] // nobody else writes
		if !known {
			fresh[s] = true
		}
		if !known || before < at.Unix() {
			records = append(records, Record{s, at})
		}
	}
	// A repetition needs no room, even where more are remembered than may be.
	if len(fresh) > 0 && len(r.at)+len(fresh) > r.limit {
		return fmt.Errorf("%w: %d of at most %d", ErrTooManyRevocations, len(r.at), r.limit)
	}
	if r.store != nil && len(records) > 0 {
		if err := r.store.Save(ctx, records); err != nil {
			return fmt.Errorf("saving the revocations: %w", err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, record := range records {
		r.at[record.Subject] = record.At.Unix()
	}
	return nil
}

// sweep forgets what no token that could still be taken is older than. Call it
// with writing held.
func (r *revoked) sweep(ctx context.Context, now time.Time) {
	if r.keep == 0 || now.Sub(r.swept) < sweepInterval {
		return
	}
	r.swept = now
	before := now.Add(-r.keep)
	r.mu.Lock()
	for s, at := range r.at {
		if at < before.Unix() {
			delete(r.at, s)
		}
	}
	r.mu.Unlock()
	if r.store == nil {
		return
	}
	if err := r.store.Forget(ctx, before); err != nil {
		r.logger.Error("forgetting old revocations", "error", err) // the next sweep tries again
	}
}

// of tells whether the token was taken back.
func (r *revoked) of(c *claims) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.at) == 0 {
		return false
	}
	_, login := r.at[Subject{Session: c.Login}]
	_, token := r.at[Subject{Token: c.ID}]
	return login || token || r.since(Subject{User: c.Subject}, c.issued())
}

// ofTopic tells whether the topic was taken from tokens that the user was issued
// in this second.
func (r *revoked) ofTopic(user string, topic realtime.Topic, issued int64) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.at) == 0 {
		return false
	}
	one, all := string(topic), allOf(topic)
	return r.since(Subject{Topic: one}, issued) || r.since(Subject{Topic: all}, issued) ||
		r.since(Subject{User: user, Topic: one}, issued) || r.since(Subject{User: user, Topic: all}, issued)
}

// since tells whether tokens that were issued in this second have been taken
// back. Call it with mu held.
func (r *revoked) since(s Subject, issued int64) bool {
	at, known := r.at[s]
	return known && issued <= at
}
