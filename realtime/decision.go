package realtime

import (
	"context"
	"errors"
	"sync"
	"time"
)

// question is what is asked before somebody gets a topic's events.
type accessRequest struct {
	who   Identity
	topic Topic
	// at is the topic's access generation, read before the question is asked. The
	// verdict holds for what was appended at it or before.
	at Generation
	// right is what the log says about the user and the topic, at that generation or
	// a later one; nil where it was not asked yet.
	right *Right
	// afresh keeps a [GenerationAuthorizer] from answering from memory.
	afresh bool
}

// verdict is the answer. Where the canonical name is not the one that was asked
// for, it says nothing else: the canonical one has to be asked about.
type decision struct {
	canonical Topic
	// from is the position from which the user may read.
	from Seq
	// group is the one in which the identity may know of others; empty for none.
	group string
	err   error
}

// judge asks the Authorizer, within the time for one call.
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

// judge asks about somebody who is subscribed already, under the stream's name.
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

// outdated reports whether the identity's rights were written down before the
// topic was withdrawn. Tokens are dated to the second.
func outdated(who Identity, right *Right) bool {
	return !who.Issued.IsZero() && !right.Withdrawn.IsZero() && !who.Issued.After(right.Withdrawn.Truncate(time.Second))
}

// beginning returns the position from which somebody may read who is allowed to.
// Where the log has it that they are not, the Authorizer let them in again at a
// moment that the log does not know. What is in the log by now may come from
// before it.
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

// right returns what the log says about the user and the topic. It asks nothing
// where access never changed.
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

// isRefusal reports whether the error is an answer. Any other one, and one with
// [CodeInternal], means that nobody knows the answer.
func isRefusal(err error) bool {
	var public *Error
	return errors.As(err, &public) && public.Code != CodeInternal
}

// ask runs f in a goroutine once fewer than [Options.MaxQuestions] are running,
// and done after it. It waits until then, and not for f.
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
