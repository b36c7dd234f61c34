package httpauth

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/familygifting/tidings/internal/sampled"
	"github.com/familygifting/tidings/realtime"
)

// ErrUnknown is the answer when the backend gave no decision. It is no refusal: the client
// comes back.
var ErrUnknown = &realtime.Error{Code: realtime.CodeInternal, Message: "access cannot be decided at the moment; try again"}

// Authorizer is a [realtime.GenerationAuthorizer] and a [realtime.GroupAuthorizer].
type Authorizer struct {
	// static
	ctx      context.Context // ends the running calls
	tokens   Tokens
	backend  *backend
	timeout  time.Duration
	slots    chan struct{} // has an element for each running call
	warnings *sampled.Log
	shown    string // the URL

	cache    *cache
	flights  singleflight.Group
	calls    atomic.Int64
	outcomes counters
}

// New returns an Authorizer that authenticates by the tokens, and calls the backend until
// ctx ends.
func New(ctx context.Context, tokens Tokens, opts Options) (*Authorizer, error) {
	opts = opts.withDefaults()
	if err := opts.check(); err != nil {
		return nil, err
	}
	cache, err := newCache(opts.CacheEntries, opts.CacheAge)
	if err != nil {
		return nil, err
	}
	a := &Authorizer{
		ctx: ctx, tokens: tokens, backend: newBackend(opts), timeout: opts.Timeout, slots: make(chan struct{}, opts.MaxCalls),
		warnings: sampled.New(opts.Logger), shown: shown(opts.URL), cache: cache, outcomes: newCounters(),
	}
	context.AfterFunc(ctx, a.backend.client.CloseIdleConnections)
	return a, nil
}

// Stats returns the current figures.
func (a *Authorizer) Stats() Stats {
	s := Stats{Outcomes: make(map[Outcome]uint64), Calls: int(a.calls.Load()), Entries: a.cache.entries.Len()}
	for o, n := range a.outcomes {
		s.Outcomes[o] = n.Load()
	}
	return s
}

// Authenticate implements [realtime.Authorizer] by the tokens alone.
func (a *Authorizer) Authenticate(ctx context.Context, token string) (realtime.Identity, error) {
	who, err := a.tokens.Authenticate(ctx, token)
	who.Issued = time.Time{} // the backend decides by the present rights
	return who, err
}

// Authorize implements [realtime.Authorizer]. Without the topic's access generation it
// always calls the backend.
func (a *Authorizer) Authorize(ctx context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	return a.authorize(who, topic, func(q request) (decision, error) {
		e, err := a.call(ctx, q)
		if err == nil {
			a.cache.put(q, e) // the cached decision may be outdated
		}
		return e.decision, err
	})
}

// AuthorizeAt implements [realtime.GenerationAuthorizer].
func (a *Authorizer) AuthorizeAt(ctx context.Context, who realtime.Identity, topic realtime.Topic, at realtime.Generation) (realtime.Topic, error) {
	return a.authorize(who, topic, func(q request) (decision, error) { return a.decisionAt(ctx, q, at) })
}

// authorize returns the answer for a decision. A topic that was revoked from the token is
// forbidden, whatever the backend says.
func (a *Authorizer) authorize(who realtime.Identity, topic realtime.Topic, find func(request) (decision, error)) (realtime.Topic, error) {
	if a.tokens.TopicRevoked(who, topic) {
		return "", realtime.ErrForbidden
	}
	v, err := find(request{who.User, who.Session, topic})
	switch {
	case err != nil:
		return "", ErrUnknown
	case !v.allowed || a.tokens.TopicRevoked(who, v.canonical):
		return "", realtime.ErrForbidden
	}
	return v.canonical, nil
}

// Group implements [realtime.GroupAuthorizer].
func (a *Authorizer) Group(ctx context.Context, who realtime.Identity, canonical realtime.Topic) string {
	q := request{who.User, who.Session, canonical}
	if group, ok := a.cache.group(q); ok {
		return group
	}
	e, err := a.call(ctx, q)
	if err != nil {
		return ""
	}
	a.cache.put(q, e)
	return e.group
}

// decisionAt returns the decision at a generation of the topic: from the cache, or from a
// call that all concurrent requests share.
func (a *Authorizer) decisionAt(ctx context.Context, q request, at realtime.Generation) (decision, error) {
	if v, ok := a.cache.get(q, at); ok {
		a.outcomes[Cached].Add(1)
		return v, nil
	}
	name := fmt.Sprintf("%q %q %s %d", q.User, q.Session, q.Topic, at)
	answered := a.flights.DoChan(name, func() (any, error) {
		e, err := a.call(a.ctx, q) // not with the caller's ctx: others share the call
		if err == nil {
			e.at = &at
			a.cache.put(q, e)
		}
		return e.decision, err
	})
	select {
	case r := <-answered:
		v, _ := r.Val.(decision)
		return v, r.Err
	case <-ctx.Done():
		return decision{}, ctx.Err()
	}
}

// call calls the backend as soon as there is a free slot.
func (a *Authorizer) call(ctx context.Context, q request) (e entry, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	a.calls.Add(1)
	defer a.calls.Add(-1)
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
		e.asked = time.Now()
		e.decision, err = a.backend.call(ctx, q)
	case <-ctx.Done():
		err = failed(Busy, "all %d calls were taken: the backend is slow, or MaxCalls too low", cap(a.slots))
	}
	a.count(e.decision, err)
	return e, err
}

// count counts the outcome, and logs why there is no decision.
func (a *Authorizer) count(v decision, err error) {
	outcome := Denied
	if v.allowed {
		outcome = Allowed
	}
	var no *failure
	if errors.As(err, &no) {
		outcome = no.outcome
		a.warnings.Say(string(outcome), "the backend that decides about access gave no decision", "url", a.shown, "error", no.reason)
	}
	a.outcomes[outcome].Add(1)
}
