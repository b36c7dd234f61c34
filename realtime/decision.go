package realtime

import (
	"context"
	"errors"
	"sync"
	"time"
)

// accessRequest asks whether an identity may read a topic.
type accessRequest struct {
	who   Identity
	topic Topic
	// at is the topic's access generation, read before the Authorizer is called. The
	// decision holds for entries of this generation and of earlier ones.
	at Generation
	// right is the user's right to the topic in the log, at that generation or a later
	// one; nil where it has not been read.
	right *Right
	// afresh keeps a [GenerationAuthorizer] from using what it remembers.
	afresh bool
}

// decision is the result. Where canonical differs from the requested name it holds
// nothing else: the canonical topic needs a request of its own.
type decision struct {
	canonical Topic
	// from is the position from which the user may read.
	from Seq
	// group is the identity's group on the topic; empty for none.
	group string
	err   error
}

// decide calls the Authorizer, and reads the log where it has to, within CallTimeout.
func (h *Hub) decide(q accessRequest) (v decision) {
	ctx, cancel := h.callContext()
	defer cancel()
	v.canonical, v.err = h.authorize(ctx, q)
	if v.err != nil || v.canonical != q.topic {
		return v
	}
	if q.right == nil {
		if q.right, v.err = h.right(ctx, q); v.err != nil {
			return v
		}
	}
	if outdated(q.who, q.right) {
		return decision{err: ErrForbidden}
	}
	v.group = h.groupOf(ctx, q.who, q.topic)
	v.from, v.err = h.beginning(ctx, q)
	return v
}

// authorize decides about a subscription that exists, under the stream's name.
func (st *stream) authorize(q accessRequest) decision {
	v := st.hub.decide(q)
	if v.err == nil && v.canonical != st.topic {
		v.err = errRenamed
	}
	return v
}

func (h *Hub) authorize(ctx context.Context, q accessRequest) (canonical Topic, err error) {
	if remembers, ok := h.auth.(GenerationAuthorizer); ok && !q.afresh {
		return remembers.AuthorizeAt(ctx, q.who, q.topic, q.at)
	}
	return h.auth.Authorize(ctx, q.who, q.topic)
}

// outdated reports whether the identity's rights are older than the topic's withdrawal.
// Tokens have the time in whole seconds.
func outdated(who Identity, right *Right) bool {
	return !who.Issued.IsZero() && !right.Withdrawn.IsZero() && !who.Issued.After(right.Withdrawn.Truncate(time.Second))
}

// beginning returns the position from which the user may read, whom the Authorizer
// allows. If the log has the topic as withdrawn, the Authorizer allowed the user again at
// a time that the log does not know. What is in the log by now may be older.
func (h *Hub) beginning(ctx context.Context, q accessRequest) (Seq, error) {
	if !q.right.Closed {
		return q.right.From, nil
	}
	heads, err := h.log.Heads(ctx, []Topic{q.topic})
	if err != nil {
		return 0, err
	}
	return heads[0].Seq, nil
}

// right reads the user's right to the topic. It needs no query where access never
// changed.
func (h *Hub) right(ctx context.Context, q accessRequest) (*Right, error) {
	if q.at == 0 {
		return new(Right), nil
	}
	_, rights, err := h.log.HeadsAndRights(ctx, q.who.User, []Topic{q.topic})
	if err != nil {
		return nil, err
	}
	return &rights[0], nil
}

// isRefusal reports whether the error is a decision. Any other error, and one with
// [CodeInternal], means that the decision is unknown.
func isRefusal(err error) bool {
	var public *Error
	return errors.As(err, &public) && public.Code != CodeInternal
}

// spawnLimited runs f in a goroutine as soon as fewer than [Options.MaxAuthorizations] run. It
// waits for that, and not for f. Done, if set, counts the goroutine.
func (h *Hub) spawnLimited(f func(), done *sync.WaitGroup) {
	select {
	case h.authorizeSlots <- struct{}{}:
	case <-h.ctx.Done():
		return
	}
	if done != nil {
		done.Add(1)
	}
	if !h.spawn(func() {
		defer func() { <-h.authorizeSlots }()
		if done != nil {
			defer done.Done()
		}
		f()
	}) {
		<-h.authorizeSlots
		if done != nil {
			done.Done()
		}
	}
}
