package realtime

import (
	"context"
	"sync"

	"github.com/familygifting/tidings/realtime/wire"
)

// groups are those with a subscription on this hub, by their names.
type groups struct {
	mu    sync.Mutex
	named map[string]*group // guarded by mu
}

// group is the subscriptions whose users may know of each other, on one topic or
// on several. It begins with its first subscription and ends with its last.
type group struct {
	// static
	hub  *Hub
	name string

	refs int // guarded by hub.groups.mu

	mu       sync.Mutex
	subs     []*subscription // live; guarded by mu
	presence presence        // guarded by mu
}

// groupOf asks in which group the identity may know of the topic's other
// readers; empty for none.
func (h *Hub) groupOf(ctx context.Context, who Identity, topic Topic) string {
	grouping, ok := h.auth.(GroupAuthorizer)
	if !ok {
		return ""
	}
	return grouping.Group(ctx, who, topic)
}

// acquire returns the group with the name, which stays until it is released as
// often as it was acquired; nil for no name.
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

// release gives a group back.
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

// enter takes in a subscription that has become live. Call it with the stream's
// mu held.
func (g *group) enter(sub *subscription) {
	g.mu.Lock()
	defer g.mu.Unlock()
	sub.groupIndex = len(g.subs)
	g.subs = append(g.subs, sub)
	if sub.presence {
		g.arrive(sub)
	}
}

// leave lets go of a subscription that has ended, or may no longer know of the
// others. Call it with the stream's mu held.
func (g *group) leave(sub *subscription) {
	g.pause(sub)
	g.hub.groups.release(g)
}

// pause takes out a subscription that is not live any more, and may be again.
// Call it with the stream's mu held.
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

// send sends each subscription that is meant what encode makes for its topic.
// Call it with mu held.
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

// company is what presence and signals of the topic are queued under, so that
// they can be taken back without its events. It is no topic's name.
func (t Topic) ephemeral() Topic { return t + " ephemeral" }

// meet ends what the subscription's session may know of the others, unless it is
// still in the group with the name. When meet returns nothing further is sent of
// them, not even what was queued. Only a new subscription gives that back: the
// answer of one recheck may be older than that of another.
func (sub *subscription) keepGroup(name string) {
	sub.stream.mu.Lock()
	defer sub.stream.mu.Unlock()
	sub.keepGroupLocked(name)
}

// meetOnly is meet. Call it with the stream's mu held.
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
		sub.session.conn.Send(batch, 0, st.topic) // the next withdrawal does not take this back
	}
}
