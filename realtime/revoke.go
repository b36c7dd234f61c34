package realtime

import (
	"maps"
	"slices"
	"sync"
)

// Recheck calls the Authorizer again for every subscription to the topics, which are
// canonical names. It ends those no longer allowed with unsubscribed{code:"revoked"} before
// it returns: nothing that is delivered later, that was queued, or that is being replayed
// reaches them. Subscriptions that have left their group go on without presence.
//
// It is for rights that are in no log. Call it after the change has committed. A change of
// who may read a topic belongs in the log, with the events (see [Hub.Wake]): otherwise
// later events may be sent first.
func (h *Hub) Recheck(topics ...Topic) {
	h.revocations.Add(1)
	var subs []*subscription
	for _, st := range h.streamsOf(topics) {
		subs = st.subscriptions(subs)
	}
	h.recheck(subs, true)
}

// RecheckUser is [Hub.Recheck] for every subscription of the user's sessions.
func (h *Hub) RecheckUser(user string) {
	h.revocations.Add(1)
	var subs []*subscription
	for _, s := range h.registry.find(h.registry.users, user) {
		subs = append(subs, s.subscriptions()...)
	}
	h.recheck(subs, true)
}

// RecheckWhere is [Hub.Recheck] for every topic for which match returns true.
func (h *Hub) RecheckWhere(match func(Topic) bool) {
	h.revocations.Add(1) // first, so that a subscribe that runs meanwhile decides again
	var topics []Topic
	for _, st := range h.allStreams() {
		if match(st.topic) {
			topics = append(topics, st.topic)
		}
	}
	h.Recheck(topics...)
}

// recheck authorizes subscriptions again, once for each identity and topic, and ends those
// that are no longer allowed. It returns when that is done.
func (h *Hub) recheck(subs []*subscription, afresh bool) {
	// A session that has got a fresher token meanwhile needs another decision.
	for range maxAttempts {
		if len(subs) == 0 {
			return
		}
		subs = h.recheckOnce(subs, afresh)
	}
}

// recheckOnce returns the subscriptions that need another decision.
func (h *Hub) recheckOnce(subs []*subscription, afresh bool) (again []*subscription) {
	type key struct {
		who    Identity
		stream *stream
	}
	tabs := make(map[key][]*subscription)
	for _, sub := range subs {
		who, _ := sub.session.identity()
		k := key{who, sub.stream}
		tabs[k] = append(tabs[k], sub)
	}
	var mu sync.Mutex // guards again
	var done sync.WaitGroup
	for k, subs := range tabs {
		h.spawnLimited(func() {
			left := k.stream.recheck(k.who, subs, afresh)
			mu.Lock()
			defer mu.Unlock()
			again = append(again, left...)
		}, &done)
	}
	done.Wait()
	return again
}

// recheck authorizes the identity for the canonical name. It returns the subscriptions that
// have got another identity.
func (st *stream) recheck(who Identity, subs []*subscription, afresh bool) (again []*subscription) {
	_, at, _ := st.progress()
	q := accessRequest{who: who, topic: st.topic, at: at, afresh: afresh}
	if who.Issued.IsZero() {
		q.right = new(Right) // a subscriber may read, and this right cannot be outdated
	}
	v := st.authorize(q)
	for _, sub := range subs {
		now, _ := sub.session.identity()
		switch {
		case !sameRights(now, who):
			again = append(again, sub)
		case v.err != nil:
			sub.session.deny(sub, v.err)
		default:
			sub.keepGroup(v.group)
		}
	}
	return again
}

// EndSession closes every connection of the login with CloseSessionRevoked. When it
// returns, nothing further is sent on them. Call it after the login's end has committed.
func (h *Hub) EndSession(session string) { h.closeSessions(h.registry.logins, session, anyIdentity) }

// EndUser is [Hub.EndSession] for every connection of the user.
func (h *Hub) EndUser(user string) { h.closeSessions(h.registry.users, user, anyIdentity) }

// EndUserWhere is [Hub.EndUser] for the identities for which match returns true.
func (h *Hub) EndUserWhere(user string, match func(Identity) bool) {
	h.closeSessions(h.registry.users, user, match)
}

// EndToken is [Hub.EndSession] for every connection that uses the token with this id.
func (h *Hub) EndToken(token string) { h.closeSessions(h.registry.tokens, token, anyIdentity) }

func anyIdentity(Identity) bool { return true }

func (h *Hub) closeSessions(index map[string][]*Session, key string, match func(Identity) bool) {
	h.revocations.Add(1)
	for _, s := range h.registry.find(index, key) {
		if who, _ := s.identity(); match(who) {
			s.close(CloseSessionRevoked, "the login has ended: log in again")
		}
	}
}

// subscriptions appends the stream's subscriptions: live, replaying and suspended.
func (st *stream) subscriptions(subs []*subscription) []*subscription {
	st.mu.Lock()
	defer st.mu.Unlock()
	subs = append(subs, st.subs...)
	subs = slices.AppendSeq(subs, maps.Keys(st.replaying))
	return slices.AppendSeq(subs, maps.Keys(st.suspended))
}

// subscriptions returns the session's subscriptions. The caller may keep the result.
func (s *Session) subscriptions() []*subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	subs := make([]*subscription, 0, len(s.subs))
	for _, sub := range s.subs {
		subs = append(subs, sub)
	}
	return subs
}
