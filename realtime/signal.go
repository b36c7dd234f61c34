package realtime

import (
	"context"

	"github.com/familygifting/tidings/realtime/wire"
)

// MaxSignal is the most bytes of a signal's data.
const MaxSignal = 4 << 10

// signal passes something fleeting on to the topic's other subscribers. It is
// in no log and has no position: who is not there misses it.
func (s *Session) signal(req wire.Request) {
	asked, err := ParseTopic(req.Topic)
	if err != nil {
		s.refuse(req.Ref, req.Topic, err)
		return
	}
	if len(req.Data) > MaxSignal {
		s.refuse(req.Ref, req.Topic, &Error{Code: CodeBadRequest, Message: "data: a signal carries at most 4096 bytes"})
		return
	}
	sub := s.find(asked)[asked]
	if sub == nil {
		s.refuse(req.Ref, req.Topic, errNotSubscribed)
		return
	}
	who, _ := s.identity()
	ctx, cancel := s.hub.callContext()
	defer cancel()
	if !s.hub.mayMeet(ctx, who, sub.stream.topic) {
		s.refuse(req.Ref, req.Topic, ErrForbidden)
		return
	}
	if !sub.stream.signal(sub, who.User, req.Data) {
		s.refuse(req.Ref, req.Topic, errNotSubscribed)
	}
}

// mayMeet tells whether the identity may know of the topic's other subscribers.
func (h *Hub) mayMeet(ctx context.Context, who Identity, topic Topic) bool {
	meeting, ok := h.auth.(Meeting)
	return ok && meeting.MayMeet(ctx, who, topic)
}

// signal sends the data to every live subscriber but the one it comes from,
// and those who may not know of it. It returns false when the subscription that it
// comes from has ended meanwhile.
func (st *stream) signal(from *subscription, user string, data []byte) bool {
	m := wire.Signal{Topic: string(st.topic), UserID: user, Data: data}
	batch := new(wire.Batch)
	batch.Add(m.Append)
	st.mu.Lock()
	defer st.mu.Unlock()
	if from.index < 0 && !st.replaying[from] {
		return false
	}
	company := st.topic.company()
	for _, sub := range st.subs {
		if sub != from && sub.meets {
			sub.session.conn.Send(batch, 0, company)
		}
	}
	st.hub.stats.signals.Add(1)
	return true
}
