package realtime

import (
	"maps"
	"slices"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// MaxListed is the most members that a presence message names. For more it has their number
// alone.
const MaxListed = 100

// presence is the members of a group: the users of its subscriptions with presence. It is
// guarded by group.mu.
type presence struct {
	// members counts each member's subscriptions, of all sessions and topics.
	members map[string]int
	// announced is the members that were sent last; nil where their number alone was.
	announced map[string]bool
	// pending is set while announce is about to run.
	pending *time.Timer
}

// arrive counts the subscription's user, and sends it the members. Call it with mu held.
func (g *group) arrive(sub *subscription) {
	p := &g.presence
	if p.members == nil {
		p.members, p.announced = make(map[string]int), make(map[string]bool)
	}
	p.members[sub.member]++
	m := p.welcome(sub.member)
	topic := sub.stream.topic
	m.Topic = string(topic)
	batch := new(wire.Batch)
	batch.Add(m.Append)
	sub.session.conn.Send(batch, 0, topic.ephemeral())
	if p.members[sub.member] == 1 {
		g.announceSoon()
	}
}

// depart undoes arrive. Call it with mu held.
func (g *group) depart(sub *subscription) {
	p := &g.presence
	if p.members[sub.member]--; p.members[sub.member] == 0 {
		delete(p.members, sub.member)
		g.announceSoon()
	}
}

// announceSoon schedules announce. A page that reloads within PresenceInterval causes no
// message. Call it with mu held.
func (g *group) announceSoon() {
	if g.presence.pending == nil {
		g.presence.pending = time.AfterFunc(g.hub.opts.PresenceInterval, g.announce)
	}
}

// retire cancels the announcement of a group without subscriptions.
func (g *group) retire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.presence.pending != nil {
		g.presence.pending.Stop()
	}
}

// announce sends the changes since the last announcement to every subscription with
// presence, under its own topic.
func (g *group) announce() {
	if !g.hub.tasks.start() {
		return
	}
	defer g.hub.tasks.done()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hub.leaseExpired() {
		g.presence.pending = nil
		g.announceSoon() // wait for the lease
		return
	}
	m, changed := g.presence.changes()
	if !changed {
		return
	}
	g.send(func(sub *subscription) bool { return sub.presence }, func(b []byte, topic Topic) []byte {
		m.Topic = string(topic)
		return m.Append(b)
	})
}

// changes returns the message for all, if anything has changed.
func (p *presence) changes() (m wire.Presence, changed bool) {
	p.pending = nil
	if p.announced == nil || len(p.members) > MaxListed { // the number alone, now or before
		p.remember()
		return p.listing(), true
	}
	m.Count = len(p.members)
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
		return m, false
	}
	p.remember()
	slices.Sort(m.Joined)
	slices.Sort(m.Left)
	return m, true
}

// remember notes that the present members are announced.
func (p *presence) remember() {
	p.announced = nil
	if len(p.members) <= MaxListed {
		p.announced = make(map[string]bool, len(p.members))
		for member := range p.members {
			p.announced[member] = true
		}
	}
}

// welcome returns the first message for a member: those announced so far, and the member
// itself. The next announcement has the changes since then.
func (p *presence) welcome(member string) wire.Presence {
	count := len(p.announced)
	if !p.announced[member] {
		count++
	}
	if p.announced == nil || count > MaxListed {
		p.announced = nil // the next announcement lists all, since this member knows a number alone
		return wire.Presence{Count: max(count, len(p.members))}
	}
	members := slices.Collect(maps.Keys(p.announced))
	if !p.announced[member] {
		members = append(members, member)
	}
	slices.Sort(members)
	return wire.Presence{Members: members, Count: count}
}

// listing returns all members, or their number.
func (p *presence) listing() wire.Presence {
	m := wire.Presence{Count: len(p.members)}
	if m.Count <= MaxListed {
		m.Members = slices.Sorted(maps.Keys(p.members))
	}
	return m
}
