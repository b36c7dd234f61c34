package realtime

// suspension is a subscription's state while it is decided anew whether it may
// go on: nothing is sent for it, and what was queued before goes out.
type suspension struct {
	// cursor is the last position that was sent for it.
	cursor Position
	// again is whether another change of access named it since it was asked about.
	again bool
}

// apply takes note of the changes of access up to the generation. It suspends the
// subscriptions that they name, whether live or replaying, and has them decided
// anew; all others go on. Only the running round calls it.
func (st *stream) apply(changes []AccessChange, upTo Generation) {
	_, generation, _ := st.progress()
	if upTo <= generation {
		return
	}
	lost := losersOf(changes, generation, upTo)
	st.mu.Lock()
	suspended := st.suspend(lost.include)
	st.generation = upTo
	st.mu.Unlock()
	st.decideSoon(suspended)
}

// suspend takes out the subscriptions of the users, and returns them. Call it
// with mu held.
func (st *stream) suspend(lose func(user string) bool) (suspended []*subscription) {
	for j := range st.joining {
		j.again = j.again || lose(j.user)
	}
	for sub, s := range st.suspended {
		s.again = s.again || lose(sub.user)
	}
	for _, sub := range st.subs {
		if lose(sub.user) {
			suspended = append(suspended, sub)
		}
	}
	for sub := range st.replaying {
		if lose(sub.user) {
			suspended = append(suspended, sub)
		}
	}
	if st.suspended == nil && len(suspended) > 0 {
		st.suspended = make(map[*subscription]*suspension)
	}
	for _, sub := range suspended {
		at := &suspension{cursor: st.sentTo(sub)}
		st.takeOut(sub)
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

// decideSoon has it decided whether suspended subscriptions may go on. It does
// not wait for that.
func (st *stream) decideSoon(suspended []*subscription) {
	if len(suspended) > 0 {
		st.hub.spawn(func() { st.decide(suspended) })
	}
}

// decide asks once for each identity, however many tabs it has.
func (st *stream) decide(suspended []*subscription) {
	tabs := make(map[Identity][]*subscription)
	for _, sub := range suspended {
		who, _ := sub.session.identity()
		tabs[who] = append(tabs[who], sub)
	}
	for who, subs := range tabs {
		st.hub.ask(func() { st.decideFor(who, subs) }, nil)
	}
}

// decideFor asks about the identity, and ends its subscriptions or lets them go
// on. Those that are no longer the identity's, or that a change has named again
// meanwhile, are asked about anew.
func (st *stream) decideFor(who Identity, subs []*subscription) {
	v := st.question(who, subs)
	var again []*subscription
	for _, sub := range subs {
		if !sub.goOn(who, v) {
			again = append(again, sub)
		}
	}
	st.decideSoon(again)
}

// question asks whether the identity may read on, and from where. When it
// returns, the stream has come to that position.
func (st *stream) question(who Identity, subs []*subscription) verdict {
	st.mu.Lock()
	at := st.generation
	for _, sub := range subs {
		if s := st.suspended[sub]; s != nil {
			s.again = false
		}
	}
	st.mu.Unlock()
	v := st.judge(question{who: who, topic: st.topic, at: at})
	if v.err == nil {
		v.err = st.reach(at, v.from)
	}
	return v
}

// goOn carries out the verdict on a suspended subscription. It returns false
// when the verdict is out of date.
func (sub *subscription) goOn(who Identity, v verdict) bool {
	suspended, current := sub.restore(who, v)
	if suspended && current && v.err != nil {
		sub.session.deny(sub, v.err)
	}
	return current || !suspended
}

// restore lets the subscription go on if it is suspended, and the verdict is
// current and allows it.
func (sub *subscription) restore(who Identity, v verdict) (suspended, current bool) {
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
		sub.meetOnly(v.group)
		sub.goOnFrom(at.cursor, v.from)
	}
	return true, current
}

// goOnFrom makes the subscription live, or replays what it lacks first. Call it
// with both locks held.
func (sub *subscription) goOnFrom(cursor Position, from Seq) {
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
		sub.session.begin(&join{session: sub.session, stream: st, sub: sub, cursor: cursor, reads: readPage})
	}
}
