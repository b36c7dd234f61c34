package realtime

import (
	"context"
	"sync"

	"github.com/familygifting/tidings/realtime/wire"
)

// groups are the groups with subscriptions on this hub, by name.
type groups struct {
	mu    sync.Mutex
	named map[string]*group // guarded by mu
}

// group is the subscriptions whose users see each other's presence and signals, on one
// topic or on several. It exists while it has subscriptions.
type group struct {
	// static
	hub  *Hub
	name string

	refs int // guarded by hub.groups.mu

	mu       sync.Mutex
	subs     []*subscription // live; guarded by mu
	presence presence        // guarded by mu
}

// groupOf returns the identity's group on the topic; empty for none.
func (h *Hub) groupOf(ctx context.Context, who Identity, topic Topic) string {
	grouping, ok := h.auth.(GroupAuthorizer)
	if !ok {
		return ""
	}
	return grouping.Group(ctx, who, topic)
}

// acquire returns the group with the name; nil for no name. Each call needs one of release.
func (all *groups) acquire(h *Hub, name string) *group {
	if name == "" {
		return nil
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	g := all.named[name]
	if g == nil {
		g = &group{hub: h, name: name}
		if all.named == nil {
			all.named = make(map[string]*group)
		}
		all.named[name] = g
	}
	g.refs++
	return g
}

// release drops a reference to a group.
func (all *groups) release(g *group) {
	all.mu.Lock()
	g.refs--
	last := g.refs == 0
	if last {
		delete(all.named, g.name)
	}
	all.mu.Unlock()
	if last {
		g.retire()
	}
}

// enter adds a subscription that has become live. Call it with the stream's mu held.
func (g *group) enter(sub *subscription) {
	g.mu.Lock()
	defer g.mu.Unlock()
	sub.groupIndex = len(g.subs)
	g.subs = append(g.subs, sub)
	if sub.presence {
		g.arrive(sub)
	}
}

// leave removes a subscription that has ended, or has left the group. Call it with the
// stream's mu held.
func (g *group) leave(sub *subscription) {
	g.pause(sub)
	g.hub.groups.release(g)
}

// pause removes a subscription that is no longer live, and may become so again. Call it
// with the stream's mu held.
func (g *group) pause(sub *subscription) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if sub.groupIndex >= 0 {
		end := len(g.subs) - 1
		last := g.subs[end]
		last.groupIndex, g.subs[sub.groupIndex], g.subs[end] = sub.groupIndex, last, nil
		g.subs = g.subs[:end]
		sub.groupIndex = -1
		if sub.presence {
			g.depart(sub)
		}
	}
}

// send sends the subscriptions for which meant returns true a message, which encode makes
// once for each topic. Call it with mu held.
func (g *group) send(meant func(*subscription) bool, encode func(b []byte, topic Topic) []byte) {
	type frame struct {
		batch *wire.Batch
		key   Topic
	}
	frames := make(map[Topic]frame)
	for _, sub := range g.subs {
		if !meant(sub) {
			continue
		}
		topic := sub.stream.topic
		f, made := frames[topic]
		if !made {
			f = frame{new(wire.Batch), topic.ephemeral()}
			f.batch.Add(func(b []byte) []byte { return encode(b, topic) })
			frames[topic] = f
		}
		sub.session.conn.Send(f.batch, 0, f.key)
	}
}

// ephemeral is the name under which presence and signals of the topic are queued, so that
// they can be discarded without its events. No topic has this name.
func (t Topic) ephemeral() Topic { return t + " ephemeral" }

// keepGroup removes the subscription from its group, unless that has the name. When it
// returns, no presence or signal of the group is sent any more, not even what was queued.
// Only another subscribe adds it to a group again, since the decisions of two rechecks may
// arrive out of order.
func (sub *subscription) keepGroup(name string) {
	sub.stream.mu.Lock()
	defer sub.stream.mu.Unlock()
	sub.keepGroupLocked(name)
}

// keepGroupLocked is keepGroup. Call it with the stream's mu held.
func (sub *subscription) keepGroupLocked(name string) {
	st := sub.stream
	if sub.group == nil || sub.group.name == name {
		return
	}
	sub.group.leave(sub)
	sub.group = nil
	sub.session.conn.Discard(st.topic.ephemeral())
	if sub.presence {
		batch := new(wire.Batch)
		batch.Add(wire.Presence{Topic: string(st.topic), Members: []string{}}.Append)
		sub.session.conn.Send(batch, 0, st.topic) // not ephemeral, or the next removal would discard it
	}
}
