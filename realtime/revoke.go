package realtime

import (
	"context"
	"maps"
	"slices"
)

// Recheck asks the Authorizer again about every subscription to the topics,
// which are canonical names. Those no longer allowed are ended with
// unsubscribed{code:"revoked"} before it returns: nothing that is delivered
// afterwards, nothing that was queued, and no replay that is under way reaches
// them. Those whose users may no longer meet the others go on without presence.
// Call it after the change of access has committed.
func (h *Hub) Recheck(topics ...Topic) {
	h.decisions.Add(1)
	ask := h.asker()
	for _, topic := range topics {
		if st := h.lookup(topic); st != nil {
			for _, sub := range st.subscriptions() {
				ask(sub)
			}
		}
	}
}

// RecheckUser asks the Authorizer again about every subscription of the user's
// sessions, as [Hub.Recheck] does.
func (h *Hub) RecheckUser(user string) {
	h.decisions.Add(1)
	ask := h.asker()
	for _, s := range h.peers.find(h.peers.users, user) {
		for _, sub := range s.subscriptions() {
			ask(sub)
		}
	}
}

// RecheckWhere asks the Authorizer again about every subscription to a topic that
// is concerned, as [Hub.Recheck] does. It is for what cannot be named topic by
// topic.
func (h *Hub) RecheckWhere(concerned func(Topic) bool) {
	h.decisions.Add(1) // before looking, or who subscribes meanwhile would be overlooked
	h.mu.RLock()
	topics := slices.Collect(maps.Keys(h.streams))
	h.mu.RUnlock()
	h.Recheck(slices.DeleteFunc(topics, func(t Topic) bool { return !concerned(t) })...)
}

// verdict is what the Authorizer says of an identity and a topic.
type verdict struct {
	canonical Topic
	// group is the one in which the identity may know of others; empty for none.
	group string
	err   error
}

func (h *Hub) judge(ctx context.Context, who Identity, topic Topic) (v verdict) {
	if v.canonical, v.err = h.auth.Authorize(ctx, who, topic); v.err == nil {
		v.group = h.groupOf(ctx, who, v.canonical)
	}
	return v
}

// asker returns a function that rechecks a subscription. The Authorizer is
// asked once for each identity and topic, however many tabs there are.
func (h *Hub) asker() func(*subscription) {
	type question struct {
		who   Identity
		topic Topic
	}
	verdicts := make(map[question]verdict)
	decide := func(ctx context.Context, who Identity, topic Topic) verdict {
		q := question{who, topic}
		v, known := verdicts[q]
		if !known {
			v = h.judge(ctx, who, topic)
			verdicts[q] = v
		}
		return v
	}
	return func(sub *subscription) {
		if !h.work.begin() {
			return
		}
		defer h.work.done()
		ctx, cancel := h.callContext()
		defer cancel()
		sub.recheck(ctx, decide)
	}
}

// EndSession closes every socket of the login with CloseSessionRevoked, and
// returns when nothing further is sent on them. Call it after the login's end
// has committed.
func (h *Hub) EndSession(session string) { h.end(h.peers.logins, session, whoever) }

// EndUser closes every socket of the user, as [Hub.EndSession] does.
func (h *Hub) EndUser(user string) { h.end(h.peers.users, user, whoever) }

// EndUserWhere closes the sockets of the user that live by an identity that is
// concerned, as [Hub.EndSession] does.
func (h *Hub) EndUserWhere(user string, concerned func(Identity) bool) {
	h.end(h.peers.users, user, concerned)
}

// EndToken closes every socket that lives by the token with this id, as
// [Hub.EndSession] does.
func (h *Hub) EndToken(token string) { h.end(h.peers.tokens, token, whoever) }

func whoever(Identity) bool { return true }

func (h *Hub) end(index map[string][]*Session, key string, concerned func(Identity) bool) {
	h.decisions.Add(1)
	for _, s := range h.peers.find(index, key) {
		if who, _ := s.identity(); concerned(who) {
			s.close(CloseSessionRevoked, "the login has ended")
		}
	}
}

// subscriptions returns those to the stream, safe to keep. What a replay has
// queued has to be taken back as what was live, so they are among them.
func (st *stream) subscriptions() []*subscription {
	st.mu.Lock()
	defer st.mu.Unlock()
	subs := slices.Clone(st.subs)
	if !planted(bugReplayAccess) {
		subs = slices.AppendSeq(subs, maps.Keys(st.replaying))
	}
	return subs
}

// subscriptions returns what the session is subscribed to, safe to keep.
func (s *Session) subscriptions() []*subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	subs := make([]*subscription, 0, len(s.subs))
	for _, sub := range s.subs {
		subs = append(subs, sub)
	}
	return subs
}
