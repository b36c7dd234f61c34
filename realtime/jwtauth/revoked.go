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

// DefaultMaxRevocations is how many revocations are kept.
const DefaultMaxRevocations = 100_000

const (
	// RevocationMargin is how much longer a revocation is kept than a token can live: for
	// the fraction of a second that iat lacks, and for sessions, which outlive their token
	// by the hub's TokenGrace, which must be shorter.
	RevocationMargin = 10 * time.Minute
	// sweepInterval is how often old revocations are dropped, if new ones are made.
	sweepInterval = time.Minute
)

// ErrTooManyRevocations is returned by [Authorizer.Revoke] at the limit. Nothing was revoked.
var ErrTooManyRevocations = errors.New("too many revocations are remembered")

// revoked has the revocations.
type revoked struct {
	// static
	store  Store         // nil: in memory alone
	limit  int           // how many are kept
	keep   time.Duration // for how long; 0 is for ever
	logger *slog.Logger

	// writing serializes changes, and is taken before mu. It is a channel, since waiting
	// for it has a deadline.
	writing chan struct{}
	swept   time.Time // guarded by writing

	mu sync.RWMutex // guards at
	// at is the last second whose tokens count as issued before.
	at map[Subject]int64
}

// load reads the store, except for records that no longer matter, which would use up the
// limit.
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

// count is how many are kept.
func (r *revoked) count() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.at)
}

// add adds all of the subjects or, with an error, none.
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
		before, known := r.at[s] // writing is held
		if !known {
			fresh[s] = true
		}
		if !known || before < at.Unix() {
			records = append(records, Record{s, at})
		}
	}
	// A repetition is allowed even beyond the limit.
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

// sweep drops revocations older than every token that could still be valid. Call it with
// writing held.
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
		r.logger.Error("dropping old revocations failed; the next sweep tries again", "error", err)
	}
}

// of reports whether the token is revoked.
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

// ofTopic reports whether the topic is revoked for the user's tokens of this second.
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

// since reports whether tokens issued in this second are revoked. Call it with mu held.
func (r *revoked) since(s Subject, issued int64) bool {
	at, known := r.at[s]
	return known && issued <= at
}
