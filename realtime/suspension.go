package realtime

// suspension is a subscription's state while it waits for another decision: nothing is
// sent for it, but what was queued before goes out.
type suspension struct {
	// cursor is the last position that was sent for it.
	cursor Position
	// again is set when another change of access has named it since the request.
	again bool
}

// apply applies the changes of access up to the generation. It suspends the live and
// replaying subscriptions that they name, and reauthorizes them. All others go on. Only
// the running round calls it.
func (st *stream) apply(changes []AccessChange, upTo Generation) {
	_, generation, _ := st.progress()
	if upTo <= generation {
		return
	}
	withdrawn := withdrawnBetween(changes, generation, upTo)
	st.mu.Lock()
	suspended := st.suspend(withdrawn.includes)
	st.generation = upTo
	st.mu.Unlock()
	st.reauthorizeSoon(suspended)
}

// suspend suspends the users' subscriptions, and returns them. Call it with mu held.
func (st *stream) suspend(withdrawn func(user string) bool) (suspended []*subscription) {
	for j := range st.joining {
		j.again = j.again || withdrawn(j.user)
	}
	for sub, s := range st.suspended {
		s.again = s.again || withdrawn(sub.user)
	}
	for _, sub := range st.subs {
		if withdrawn(sub.user) {
			suspended = append(suspended, sub)
		}
	}
	for sub := range st.replaying {
		if withdrawn(sub.user) {
			suspended = append(suspended, sub)
		}
	}
	if st.suspended == nil && len(suspended) > 0 {
		st.suspended = make(map[*subscription]*suspension)
	}
	for _, sub := range suspended {
		at := &suspension{cursor: st.sentTo(sub)}
		st.detach(sub)
		st.suspended[sub] = at
	}
	return suspended
}

// sentTo is the last position that was sent for a subscription that is live or
// replaying. Call it with mu held.
func (st *stream) sentTo(sub *subscription) Position {
	if j := st.replaying[sub]; j != nil {
		return j.cursor
	}
	return Position{Epoch: st.pos.Epoch, Seq: max(st.pos.Seq, sub.ahead)}
}

// reauthorizeSoon is reauthorize in a goroutine.
func (st *stream) reauthorizeSoon(suspended []*subscription) {
	if len(suspended) > 0 {
		st.hub.spawn(func() { st.reauthorize(suspended) })
	}
}

// reauthorize decides whether suspended subscriptions may go on, once for each identity.
func (st *stream) reauthorize(suspended []*subscription) {
	tabs := make(map[Identity][]*subscription)
	for _, sub := range suspended {
		who, _ := sub.session.identity()
		tabs[who] = append(tabs[who], sub)
	}
	for who, subs := range tabs {
		st.hub.spawnLimited(func() { st.reauthorizeFor(who, subs) }, nil)
	}
}

// reauthorizeFor ends the identity's subscriptions or lets them go on. Those that have got
// another identity, or that a change has named again meanwhile, need another decision.
func (st *stream) reauthorizeFor(who Identity, subs []*subscription) {
	v := st.decisionFor(who, subs)
	var again []*subscription
	for _, sub := range subs {
		if !sub.apply(who, v) {
			again = append(again, sub)
		}
	}
	st.reauthorizeSoon(again)
}

// decisionFor decides whether the identity may read on, and from where. When it returns,
// the stream has come to that position.
func (st *stream) decisionFor(who Identity, subs []*subscription) decision {
	st.mu.Lock()
	at := st.generation
	for _, sub := range subs {
		if s := st.suspended[sub]; s != nil {
			s.again = false
		}
	}
	st.mu.Unlock()
	v := st.authorize(accessRequest{who: who, topic: st.topic, at: at})
	if v.err == nil {
		v.err = st.syncTo(at, v.from)
	}
	return v
}

// apply carries out the decision on a suspended subscription. It returns false when the
// decision is outdated.
func (sub *subscription) apply(who Identity, v decision) bool {
	suspended, current := sub.resumeIfAllowed(who, v)
	if suspended && current && v.err != nil {
		sub.session.deny(sub, v.err)
	}
	return current || !suspended
}

// resumeIfAllowed lets the subscription go on if it is suspended, and the decision is
// current and allows it.
func (sub *subscription) resumeIfAllowed(who Identity, v decision) (suspended, current bool) {
	s, st := sub.session, sub.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	st.mu.Lock()
	defer st.mu.Unlock()
	at := st.suspended[sub]
	if at == nil || s.subs[st.topic] != sub {
		return false, false
	}
	current = !at.again && sameRights(s.who, who)
	if current && v.err == nil {
		sub.keepGroupLocked(v.group)
		sub.continueFrom(at.cursor, v.from)
	}
	return true, current
}

// continueFrom makes the subscription live, or replays what it lacks first. Call it with
// both locks held.
func (sub *subscription) continueFrom(cursor Position, from Seq) {
	st := sub.stream
	delete(st.suspended, sub)
	switch {
	case cursor.Epoch != st.pos.Epoch:
		st.addAnew(sub, resyncEpoch)
	case cursor.Seq < from:
		st.addAnew(sub, resyncAccess)
	case cursor.Seq >= st.pos.Seq:
		sub.ahead = cursor.Seq
		st.add(sub)
	default:
		sub.session.startReplay(&join{session: sub.session, stream: st, sub: sub, cursor: cursor, pageSize: readPage})
	}
}
