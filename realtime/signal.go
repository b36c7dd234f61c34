package realtime

import (
	"context"

	"github.com/familygifting/tidings/realtime/wire"
)

const (
	// MaxSignal is the most bytes of a signal's data.
	MaxSignal = 4 << 10
	// MaxSignalTopics is the most other topics of a group for which a [Holder] is called
	// for one signal. If there are more, the signal stays within the sender's topic.
	MaxSignalTopics = 100
)

// signal sends data to the other members of the sender's group. A signal is in no log and
// has no position.
func (s *Session) signal(req wire.Request) {
	sub, err := s.sender(req)
	if err == nil {
		err = s.passOn(sub, req)
	}
	if err != nil {
		s.refuse(req.Ref, req.Topic, err)
	}
}

// sender returns the subscription that the signal comes from.
func (s *Session) sender(req wire.Request) (*subscription, error) {
	asked, err := ParseTopic(req.Topic)
	if err != nil {
		return nil, err
	}
	if len(req.Data) > MaxSignal {
		return nil, &Error{Code: CodeBadRequest, Message: "data: more than 4096 bytes: send less"}
	}
	if sub := s.find(asked)[asked]; sub != nil {
		return sub, nil
	}
	return nil, errNotSubscribed
}

// passOn finds the topics that the signal may reach, and sends it there.
func (s *Session) passOn(sub *subscription, req wire.Request) error {
	if s.hub.leaseExpired() {
		return errLeaseExpired
	}
	who, _ := s.identity()
	ctx, cancel := s.hub.callContext()
	defer cancel()
	name := s.hub.groupOf(ctx, who, sub.stream.topic)
	g := sub.groupNamed(name)
	if g == nil {
		return ErrForbidden
	}
	reaches := s.hub.reach(ctx, who, sub, g, req.Entity)
	return sub.signal(g, reaches, wire.Signal{UserID: who.User, Entity: req.Entity, Data: req.Data})
}

// groupNamed returns the subscription's group, if it has that name.
func (sub *subscription) groupNamed(name string) *group {
	sub.stream.mu.Lock()
	defer sub.stream.mu.Unlock()
	if sub.group != nil && sub.group.name == name {
		return sub.group
	}
	return nil
}

// reach returns a function that reports whether the signal may reach a topic of the group.
// It calls the Holder for one topic after the other, so that no session has more than one
// call running. The context bounds all of them.
func (h *Hub) reach(ctx context.Context, who Identity, from *subscription, g *group, entity string) func(Topic) bool {
	own := from.stream.topic
	holder, distinguishes := h.auth.(Holder)
	switch {
	case !distinguishes:
		return func(Topic) bool { return true }
	case entity == "":
		return func(topic Topic) bool { return topic == own }
	case !h.holds(ctx, holder, who, own, entity):
		return func(Topic) bool { return false }
	}
	reached := map[Topic]bool{own: true}
	for topic, reader := range g.others(from) {
		reached[topic] = h.holds(ctx, holder, reader, topic, entity)
	}
	return func(topic Topic) bool { return reached[topic] }
}

// holds asks whether the topic holds the entity. An error counts as no.
func (h *Hub) holds(ctx context.Context, holder Holder, who Identity, topic Topic, entity string) bool {
	held, err := holder.Holds(ctx, who, topic, entity)
	if err != nil && h.ctx.Err() == nil {
		h.opts.Logger.Error("asking whether a topic holds an entity", "topic", topic, "entity", entity, "error", err)
	}
	return held && err == nil
}

// others returns the group's topics besides the sender's, each with a reader other than the
// sender; none if there are more than MaxSignalTopics.
func (g *group) others(from *subscription) map[Topic]Identity {
	g.mu.Lock()
	readers := make(map[Topic]*Session)
	for _, sub := range g.subs {
		if topic := sub.stream.topic; topic != from.stream.topic && sub.session != from.session && len(readers) <= MaxSignalTopics {
			readers[topic] = sub.session
		}
	}
	g.mu.Unlock()
	if len(readers) > MaxSignalTopics {
		return nil
	}
	others := make(map[Topic]Identity, len(readers))
	for topic, reader := range readers { // a session's lock comes before the group's
		others[topic], _ = reader.identity()
	}
	return others
}

// signal sends the message to the group's live subscriptions of other sessions on
// the topics that it reaches, unless the sender has left the group or ended
// meanwhile.
func (from *subscription) signal(g *group, reaches func(Topic) bool, m wire.Signal) error {
	st := from.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.suspended[from] != nil {
		return nil // the sender's access is not decided
	}
	if from.index < 0 && st.replaying[from] == nil {
		return errNotSubscribed
	}
	if from.group != g {
		return ErrForbidden
	}
	if !reaches(st.topic) {
		return nil // without an answer the sender does not learn what its topic holds
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	meant := func(sub *subscription) bool { return sub.session != from.session && reaches(sub.stream.topic) }
	g.send(meant, func(b []byte, topic Topic) []byte {
		m.Topic = string(topic)
		return m.Append(b)
	})
	st.hub.stats.signals.Add(1)
	return nil
}
