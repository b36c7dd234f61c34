package realtime

import (
	"maps"
	"slices"
	"sync"
)

// Recheck asks the Authorizer again about every subscription to the topics,
// which are canonical names. Those no longer allowed are ended with
// unsubscribed{code:"revoked"} before it returns: nothing that is delivered
// afterwards, nothing that was queued, and no replay that is under way reaches
// them. Those whose users may no longer meet the others go on without presence.
//
// It is for what identities may do that no log knows of: call it after the change
// has committed. A change of who may read a topic belongs in the log, with the
// events (see [Hub.Wake]): otherwise those that follow it may be sent first.
func (h *Hub) Recheck(topics ...Topic) {
	h.revocations.Add(1)
	var subs []*subscription
	for _, st := range h.streamsOf(topics) {
		subs = st.subscriptions(subs)
	}
	h.recheck(subs, true)
}

// RecheckUser asks the Authorizer again about every subscription of the user's
// sessions, as [Hub.Recheck] does.
func (h *Hub) RecheckUser(user string) {
	h.revocations.Add(1)
	var subs []*subscription
	for _, s := range h.registry.find(h.registry.users, user) {
		subs = append(subs, s.subscriptions()...)
	}
	h.recheck(subs, true)
}

// RecheckWhere asks the Authorizer again about every subscription to a topic that
// is match, as [Hub.Recheck] does. It is for what cannot be named topic by
// topic.
func (h *Hub) RecheckWhere(match func(Topic) bool) {
	h.revocations.Add(1) // before looking, or who subscribes meanwhile would be overlooked
	var topics []Topic
	for _, st := range h.allStreams() {
		if match(st.topic) {
			topics = append(topics, st.topic)
		}
	}
	h.Recheck(topics...)
}

// recheck asks again about subscriptions, once for each identity and topic
// however many tabs there are, and ends those that are no longer allowed. It
// returns when that is done.
func (h *Hub) recheck(subs []*subscription, afresh bool) {
	// Those whose sessions live by a fresher token when the answer comes are asked
	// about again.
	for range maxAttempts {
		if len(subs) == 0 {
			return
		}
		subs = h.recheckOnce(subs, afresh)
	}
}

// recheckOnce returns the subscriptions that have to be asked about again.
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

// recheck asks about the canonical name, whichever names the clients used: that
// is what they are sent events of. It returns the subscriptions that are no longer
// the identity's.
func (st *stream) recheck(who Identity, subs []*subscription, afresh bool) (again []*subscription) {
	_, at, _ := st.progress()
	q := accessRequest{who: who, topic: st.topic, at: at, afresh: afresh}
	if who.Issued.IsZero() {
		q.right = new(Right) // a subscriber has one, and this one cannot be too old
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

// EndSession closes every socket of the login with CloseSessionRevoked, and
// returns when nothing further is sent on them. Call it after the login's end
// has committed.
func (h *Hub) EndSession(session string) { h.closeSessions(h.registry.logins, session, anyIdentity) }

// EndUser closes every socket of the user, as [Hub.EndSession] does.
func (h *Hub) EndUser(user string) { h.closeSessions(h.registry.users, user, anyIdentity) }

// EndUserWhere closes the sockets of the user that live by an identity that is
// match, as [Hub.EndSession] does.
func (h *Hub) EndUserWhere(user string, match func(Identity) bool) {
	h.closeSessions(h.registry.users, user, match)
}

// EndToken closes every socket that lives by the token with this id, as
// [Hub.EndSession] does.
func (h *Hub) EndToken(token string) { h.closeSessions(h.registry.tokens, token, anyIdentity) }

func anyIdentity(Identity) bool { return true }

func (h *Hub) closeSessions(index map[string][]*Session, key string, match func(Identity) bool) {
	h.revocations.Add(1)
	for _, s := range h.registry.find(index, key) {
		if who, _ := s.identity(); match(who) {
			s.close(CloseSessionRevoked, "the login has ended")
		}
	}
}

// subscriptions adds those to the stream: live, replaying and suspended. What a
// replay has queued has to be taken back as what was live.
func (st *stream) subscriptions(subs []*subscription) []*subscription {
	st.mu.Lock()
	defer st.mu.Unlock()
	subs = append(subs, st.subs...)
	subs = slices.AppendSeq(subs, maps.Keys(st.replaying))
	return slices.AppendSeq(subs, maps.Keys(st.suspended))
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
