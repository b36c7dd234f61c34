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

// ErrUnknown answers where no verdict was had. It is no refusal: the client comes
// back, and finds out.
var ErrUnknown = &realtime.Error{Code: realtime.CodeInternal, Message: "access cannot be decided at the moment; try again"}

// Authorizer is a [realtime.GenerationAuthorizer] and a [realtime.GroupAuthorizer].
type Authorizer struct {
	// static
	ctx      context.Context // ends what is under way
	tokens   Tokens
	backend  *backend
	timeout  time.Duration
	turns    chan struct{} // holds one for each question that is under way
	warnings *sampled.Log
	shown    string // the URL

	cache    *cache
	flights  singleflight.Group
	calls    atomic.Int64
	outcomes counters
}

// New returns an Authorizer that goes by the tokens and asks the backend until
// ctx ends. It asks nothing yet.
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
		ctx: ctx, tokens: tokens, backend: newBackend(opts), timeout: opts.Timeout, turns: make(chan struct{}, opts.MaxCalls),
		warnings: sampled.New(opts.Logger), shown: shown(opts.URL), cache: cache, outcomes: newCounters(),
	}
	context.AfterFunc(ctx, a.backend.client.CloseIdleConnections)
	return a, nil
}

// Stats returns the figures of now.
func (a *Authorizer) Stats() Stats {
	s := Stats{Outcomes: make(map[Outcome]uint64), Calls: int(a.calls.Load()), Entries: a.cache.entries.Len()}
	for o, n := range a.outcomes {
		s.Outcomes[o] = n.Load()
	}
	return s
}

// Authenticate implements [realtime.Authorizer]. It asks the tokens, not the
// backend.
func (a *Authorizer) Authenticate(ctx context.Context, token string) (realtime.Identity, error) {
	who, err := a.tokens.Authenticate(ctx, token)
	who.Issued = time.Time{} // the backend answers by what has committed
	return who, err
}

// Authorize implements [realtime.Authorizer]. Nothing is known of the topic's
// access generation, so it always asks.
func (a *Authorizer) Authorize(ctx context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	return a.authorize(who, topic, func(q question) (verdict, error) {
		e, err := a.ask(ctx, q)
		if err == nil {
			a.cache.put(q, e) // what was remembered of the right may be wrong by now
		}
		return e.verdict, err
	})
}

// AuthorizeAt implements [realtime.GenerationAuthorizer].
func (a *Authorizer) AuthorizeAt(ctx context.Context, who realtime.Identity, topic realtime.Topic, at realtime.Generation) (realtime.Topic, error) {
	return a.authorize(who, topic, func(q question) (verdict, error) { return a.verdictAt(ctx, q, at) })
}

// authorize turns a verdict into an answer. What was revoked is forbidden, whatever
// the backend says.
func (a *Authorizer) authorize(who realtime.Identity, topic realtime.Topic, find func(question) (verdict, error)) (realtime.Topic, error) {
	if a.tokens.TopicRevoked(who, topic) {
		return "", realtime.ErrForbidden
	}
	v, err := find(question{who.User, who.Session, topic})
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
	q := question{who.User, who.Session, canonical}
	if group, ok := a.cache.group(q); ok {
		return group
	}
	e, err := a.ask(ctx, q)
	if err != nil {
		return ""
	}
	a.cache.put(q, e)
	return e.group
}

// verdictAt returns the verdict on a question at a generation of its topic: one
// that is remembered, or the answer to the one question that is under way.
func (a *Authorizer) verdictAt(ctx context.Context, q question, at realtime.Generation) (verdict, error) {
	if v, ok := a.cache.get(q, at); ok {
		a.outcomes[Cached].Add(1)
		return v, nil
	}
	name := fmt.Sprintf("%q %q %s %d", q.User, q.Session, q.Topic, at)
	answered := a.flights.DoChan(name, func() (any, error) {
		e, err := a.ask(a.ctx, q) // others wait for it, too
		if err == nil {
			e.at = &at
			a.cache.put(q, e)
		}
		return e.verdict, err
	})
	select {
	case r := <-answered:
		v, _ := r.Val.(verdict)
		return v, r.Err
	case <-ctx.Done():
		return verdict{}, ctx.Err()
	}
}

// ask asks the backend when it is the question's turn.
func (a *Authorizer) ask(ctx context.Context, q question) (e entry, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	a.calls.Add(1)
	defer a.calls.Add(-1)
	select {
	case a.turns <- struct{}{}:
		defer func() { <-a.turns }()
		e.asked = time.Now()
		e.verdict, err = a.backend.ask(ctx, q)
	case <-ctx.Done():
		err = failed(Busy, "all %d calls were taken: the backend is slow, or MaxCalls too low", cap(a.turns))
	}
	a.count(e.verdict, err)
	return e, err
}

// count counts what became of a question, and says why there is no verdict.
func (a *Authorizer) count(v verdict, err error) {
	outcome := Denied
	if v.allowed {
		outcome = Allowed
	}
	var no *failure
	if errors.As(err, &no) {
		outcome = no.outcome
		a.warnings.Say(string(outcome), "the backend that decides about access gave no verdict", "url", a.shown, "error", no.reason)
	}
	a.outcomes[outcome].Add(1)
}
