package realtime

import (
	"maps"
	"slices"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// MaxListed is the most members that a presence message names. Where there are
// more it tells their number alone.
const MaxListed = 100

// presence is who is on a stream: those of its live subscriptions that asked
// for it. It is guarded by stream.mu.
type presence struct {
	// members counts each one's subscriptions: several tabs are one person.
	members map[string]int
	// announced is who everyone was told is there; nil when they were told a
	// number alone.
	announced map[string]bool
	// pending is set while announce is about to run.
	pending *time.Timer
}

// enter adds a subscription that has become live, and tells it who is there.
// Call it with mu held.
func (st *stream) enter(sub *subscription) {
	p := &st.present
	if p.members == nil {
		p.members, p.announced = make(map[string]int), make(map[string]bool)
	}
	p.members[sub.member]++
	sub.session.conn.Send(st.welcome(sub.member), 0, st.topic.company())
	if p.members[sub.member] == 1 {
		st.announceSoon()
	}
}

// leave takes off a subscription that is no longer live. Call it with mu held.
func (st *stream) leave(sub *subscription) {
	p := &st.present
	if p.members[sub.member]--; p.members[sub.member] == 0 {
		delete(p.members, sub.member)
		st.announceSoon()
	}
}

// company is what presence and signals of the topic are queued under, so that
// they can be taken back without its events. It is no topic's name.
func (t Topic) company() Topic { return t + " company" }

// meet says whether the subscription's session may still know of the others. If
// not, its presence ends, and when meet returns nothing further is sent of them,
// not even what was queued. Only a new subscription gives that back: the answer
// of one recheck may be older than that of another.
func (sub *subscription) meet(allowed bool) {
	if allowed {
		return
	}
	st := sub.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	sub.meets = false
	if !planted(bugCompany) {
		sub.session.conn.Discard(st.topic.company())
	}
	if !sub.presence {
		return
	}
	if sub.index >= 0 {
		st.leave(sub)
	}
	sub.presence = false
	batch := new(wire.Batch)
	batch.Add(wire.Presence{Topic: string(st.topic), Members: []string{}}.Append)
	sub.session.conn.Send(batch, 0, st.topic) // the next withdrawal does not take this back
}

// announceSoon gathers changes for a moment: a page that reloads leaves and
// comes back without anyone being told. Call it with mu held.
func (st *stream) announceSoon() {
	if st.present.pending == nil {
		st.present.pending = time.AfterFunc(st.hub.opts.PresenceInterval, st.announce)
	}
}

// retire ends what a stream without subscribers has left to tell.
func (st *stream) retire() {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.present.pending != nil {
		st.present.pending.Stop()
	}
}

// announce tells everyone who came and went since the last time.
func (st *stream) announce() {
	if !st.hub.work.begin() {
		return
	}
	defer st.hub.work.done()
	st.mu.Lock()
	defer st.mu.Unlock()
	batch := st.changes()
	if batch == nil {
		return
	}
	company := st.topic.company()
	for i, conn := range st.conns {
		if st.subs[i].presence {
			conn.Send(batch, 0, company)
		}
	}
}

// changes returns what everyone is to be told; nil when nothing has changed.
// Call it with mu held.
func (st *stream) changes() *wire.Batch {
	p := &st.present
	p.pending = nil
	if p.announced == nil || len(p.members) > MaxListed { // a number now, or before
		p.remember()
		return st.listing()
	}
	m := wire.Presence{Topic: string(st.topic), Count: len(p.members)}
	for member := range p.members {
		if !p.announced[member] {
			m.Joined = append(m.Joined, member)
		}
	}
	for member := range p.announced {
		if p.members[member] == 0 {
			m.Left = append(m.Left, member)
		}
	}
	if len(m.Joined)+len(m.Left) == 0 {
		return nil
	}
	p.remember()
	slices.Sort(m.Joined)
	slices.Sort(m.Left)
	batch := new(wire.Batch)
	batch.Add(m.Append)
	return batch
}

// remember notes that everyone is told what is so now.
func (p *presence) remember() {
	p.announced = nil
	if len(p.members) <= MaxListed {
		p.announced = make(map[string]bool, len(p.members))
		for member := range p.members {
			p.announced[member] = true
		}
	}
}

// welcome tells a newcomer what everyone else was told, and that it is there
// itself: the next change says what has changed since then, and no more. Call
// it with mu held.
func (st *stream) welcome(member string) *wire.Batch {
	p := &st.present
	if planted(bugGhost) {
		return st.listing()
	}
	count := len(p.announced)
	if !p.announced[member] {
		count++
	}
	if p.announced == nil || count > MaxListed {
		p.announced = nil // who knows a number alone has to be told everyone first
		return st.list(nil, max(count, len(p.members)))
	}
	members := slices.Collect(maps.Keys(p.announced))
	if !p.announced[member] {
		members = append(members, member)
	}
	return st.list(members, count)
}

// listing says who is there: all of them, or how many. Call it with mu held.
func (st *stream) listing() *wire.Batch {
	count := len(st.present.members)
	if count > MaxListed {
		return st.list(nil, count)
	}
	return st.list(slices.Collect(maps.Keys(st.present.members)), count)
}

func (st *stream) list(members []string, count int) *wire.Batch {
	slices.Sort(members)
	m := wire.Presence{Topic: string(st.topic), Members: members, Count: count}
	batch := new(wire.Batch)
	batch.Add(m.Append)
	return batch
}
