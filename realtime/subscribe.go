package realtime

import (
	"errors"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

var errNotSubscribed = &Error{Code: CodeNotSubscribed, Message: "not subscribed to this topic: subscribe first"}

// maxGatherTime is how long the answer for an authorized topic waits for the others of its
// frame, so that one query reads the heads of all.
const maxGatherTime = 20 * time.Millisecond

// subscribe answers every topic of the request once.
func (s *Session) subscribe(req wire.Request) {
	if s.refuseTooMany(req) {
		return
	}
	joins := s.readHeadsOrFail(s.joins(req, time.Now().Add(s.hub.opts.CallTimeout)))
	var asked []*join
	begun := time.Now()
	for _, j := range joins {
		if err := j.authorize(); err != nil {
			j.fail(err)
			continue
		}
		asked = append(asked, j)
		if time.Since(begun) > maxGatherTime {
			s.run(asked)
			asked, begun = nil, time.Now()
		}
	}
	s.run(asked)
}

// refuseTooMany refuses a frame with too many topics.
func (s *Session) refuseTooMany(req wire.Request) bool {
	if !exceeds(len(req.Topics), s.hub.opts.MaxTopicsPerFrame) {
		return false
	}
	s.refuse(req.Ref, "", &Error{Code: CodeTooManyTopics, Message: "too many topics in one message: split it"})
	return true
}

// joins returns one for each topic of the request. It refuses malformed names.
func (s *Session) joins(req wire.Request, deadline time.Time) []*join {
	joins := make([]*join, 0, len(req.Topics))
	for _, t := range req.Topics {
		topic, err := ParseTopic(t.Topic)
		if err != nil {
			s.refuse(req.Ref, t.Topic, err)
			continue
		}
		joins = append(joins, &join{session: s, deadline: deadline, asked: t, ref: req.Ref, stream: s.hub.acquire(topic)})
	}
	return joins
}

// readHeadsOrFail is readHeads, and answers all joins with an error if the log fails. It
// returns the joins that go on.
func (s *Session) readHeadsOrFail(joins []*join) []*join {
	if len(joins) == 0 {
		return nil
	}
	if err := s.readHeads(joins); err != nil {
		for _, j := range joins {
			j.fail(err)
		}
		return nil
	}
	return joins
}

// readHeads reads the heads of the joins' topics, and the user's rights to them.
func (s *Session) readHeads(joins []*join) error {
	ctx, cancel := s.hub.callContext()
	defer cancel()
	topics := make([]Topic, len(joins))
	for i, j := range joins {
		topics[i] = j.stream.topic
	}
	// The rights to all of them, changed or not: how long an answer takes would show
	// a stranger that the readers of a topic have changed.
	who, _ := s.identity()
	heads, rights, err := s.hub.log.HeadsAndRights(ctx, who.User, topics)
	if err != nil {
		return err
	}
	for i, j := range joins {
		j.stream.initialize(heads[i])
		j.headRead, j.at, j.right = true, heads[i].Generation, rights[i]
	}
	return nil
}

// run answers joins that were authorized. One query reads the heads of those whose topic
// has another canonical name.
func (s *Session) run(joins []*join) {
	var renamed []*join
	known := joins[:0]
	for _, j := range joins {
		if j.headRead {
			known = append(known, j)
		} else {
			renamed = append(renamed, j)
		}
	}
	for _, j := range append(known, s.readHeadsOrFail(renamed)...) {
		j.run()
	}
}

// unsubscribe answers every topic of the request once.
func (s *Session) unsubscribe(req wire.Request) {
	if s.refuseTooMany(req) {
		return
	}
	names := make([]Topic, len(req.Topics))
	for i, t := range req.Topics {
		names[i] = Topic(t.Topic)
	}
	subs := s.find(names...)
	for _, name := range names {
		_, err := ParseTopic(string(name))
		if err == nil && !s.drop(subs[name], wire.CodeClient, req.Ref) {
			err = errNotSubscribed
		}
		if err != nil {
			s.refuse(req.Ref, string(name), err)
		}
	}
}

// find returns the subscriptions by the names that the client uses; nil where there is
// none. It searches all subscriptions at most once.
func (s *Session) find(names ...Topic) map[Topic]*subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := make(map[Topic]*subscription, len(names))
	unknown := false
	for _, name := range names {
		found[name] = s.subs[name]
		unknown = unknown || found[name] == nil
	}
	if !unknown {
		return found
	}
	for _, sub := range s.subs {
		for _, name := range sub.asked {
			if other, wanted := found[name]; wanted && other == nil {
				found[name] = sub
			}
		}
	}
	return found
}

// drop ends a subscription and sends the client the code, with the ref of the message
// that asked for it, if there was one. When it returns, nothing further is sent for the
// subscription, not even what was queued. It returns false if the subscription is nil or
// has ended.
func (s *Session) drop(sub *subscription, code, ref string) bool {
	if sub == nil {
		return false
	}
	s.mu.Lock()
	topic := sub.stream.topic
	if s.subs[topic] != sub {
		s.mu.Unlock()
		return false
	}
	delete(s.subs, topic)
	delete(s.replays, topic)
	sub.stream.mu.Lock()
	sub.stream.remove(sub)
	s.conn.Discard(topic)
	s.conn.Discard(topic.ephemeral())
	s.send(wire.Unsubscribed{Topic: string(topic), Code: code, Ref: ref}.Append)
	sub.stream.mu.Unlock()
	s.mu.Unlock()
	s.hub.release(sub.stream)
	return true
}

// end removes the subscription of a closed session from its stream.
func (sub *subscription) end() {
	sub.stream.mu.Lock()
	sub.stream.remove(sub)
	sub.stream.mu.Unlock()
	sub.session.hub.release(sub.stream)
}

// errRenamed ends a subscription whose topic has got another canonical name.
var errRenamed = &Error{Code: CodeForbidden, Message: "the topic has another canonical name now: subscribe again"}

// deny ends a subscription that the decision does not allow.
func (s *Session) deny(sub *subscription, err error) {
	switch {
	case errors.Is(err, errRenamed):
		s.drop(sub, wire.CodeRenamed, "")
		return
	case isRefusal(err):
		s.drop(sub, wire.CodeRevoked, "")
		return
	}
	// The decision is unknown: close, and the client comes back. The Authorizer has
	// logged its public errors itself.
	var public *Error
	if !errors.As(err, &public) {
		s.hub.opts.Logger.Error("authorizing a subscription again", "session", s.id, "topic", sub.stream.topic, "error", err)
	}
	s.close(CloseInternal, "")
}
