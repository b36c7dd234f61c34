package realtime

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

var errNotSubscribed = &Error{Code: CodeNotSubscribed, Message: "there is no subscription to this topic"}

// maxGatherTime is how long a topic that was authorized waits for the others of
// its frame, to spare the log a question for each, before it is answered.
const maxGatherTime = 20 * time.Millisecond

// subscribe answers every topic of the request once.
func (s *Session) subscribe(req wire.Request) {
	if s.refuseTooMany(req) {
		return
	}
	joins := make([]*join, 0, len(req.Topics))
	begun := time.Now()
	for _, t := range req.Topics {
		j := &join{session: s, asked: t, ref: req.Ref, ask: readPage}
		if err := j.authorize(); err != nil {
			s.refuse(req.Ref, t.Topic, err)
			continue
		}
		joins = append(joins, j)
		if time.Since(begun) > maxGatherTime {
			s.join(joins)
			joins, begun = joins[:0], time.Now()
		}
	}
	s.join(joins)
}

// refuseTooMany answers a frame that names more topics than one may.
func (s *Session) refuseTooMany(req wire.Request) bool {
	if !exceeds(len(req.Topics), s.hub.opts.MaxTopicsPerFrame) {
		return false
	}
	s.refuse(req.Ref, "", &Error{Code: CodeTooManyTopics, Message: "too many topics in one frame; split it"})
	return true
}

// join answers topics that are authorized, with one question to the log for all
// those of which nothing is known yet.
func (s *Session) join(joins []*join) {
	streams := make([]*stream, len(joins))
	for i, j := range joins {
		streams[i] = j.stream
	}
	if err := s.prepare(streams); err != nil {
		for _, j := range joins {
			j.fail(err)
		}
		return
	}
	for _, j := range joins {
		j.run()
	}
}

// prepare makes sure that the streams know where they stand. Mostly they do,
// and then there is no call to bound.
func (s *Session) prepare(streams []*stream) error {
	if !slices.ContainsFunc(streams, func(st *stream) bool { return !st.isReady() }) {
		return nil
	}
	ctx, cancel := s.hub.callContext()
	defer cancel()
	return s.hub.prepare(ctx, streams)
}

// join is a subscription on its way to being live.
//
// A client that holds a position first gets what came after it, read from the
// log page by page, with no lock held and nothing held back for it: the stream
// goes on without it. When it has caught up it becomes live, under the
// stream's lock, so that there is no seam. Its first page goes out along with
// the answer, if the reader has room for it; see [Session.replay] for the rest.
type join struct {
	session *Session
	asked   wire.TopicRequest
	ref     string

	decisions uint64 // Hub.decisions before the topic was authorized
	canonical Topic
	stream    *stream // acquired; handed over to sub when it is placed
	sub       *subscription
	member    string // whom the session counts as in presence
	group     string // in which it may know of others; empty for none

	// cursor is the position that the client has come to, when it resumes.
	cursor  Position
	resumes bool
	// ask is how many entries to read for the next page.
	ask int
}

// authorize asks whether the session may read the topic, and acquires its stream.
func (j *join) authorize() error {
	asked, err := ParseTopic(j.asked.Topic)
	if err != nil {
		return err
	}
	j.decisions = j.session.hub.decisions.Load()
	who, _ := j.session.identity()
	ctx, cancel := j.session.hub.callContext()
	defer cancel()
	v := j.session.hub.judge(ctx, who, asked)
	if v.err != nil {
		return v.err
	}
	canonical := v.canonical
	j.group = v.group
	if j.asked.Presence && j.group == "" {
		return ErrForbidden
	}
	j.member = cmp.Or(who.User, j.session.id) // without a user, each session is someone
	if j.stream == nil {
		j.canonical, j.stream = canonical, j.session.hub.acquire(canonical)
	} else if j.canonical != canonical {
		return ErrForbidden // the name means something else by now
	}
	return nil
}

// fail answers that the topic could not be subscribed to.
func (j *join) fail(err error) {
	j.session.refuse(j.ref, j.asked.Topic, err)
	j.session.hub.release(j.stream)
}

func (j *join) run() {
	page, err := j.firstPage()
	if err != nil {
		j.fail(err)
		return
	}
	// Each withdrawal, of whomever, has it decided anew, so only time is a limit.
	for begun := time.Now(); time.Since(begun) < j.session.hub.opts.CallTimeout; {
		placed, err := j.place(page)
		if err != nil {
			j.fail(err)
			return
		}
		if placed {
			return
		}
		if err := j.authorize(); err != nil {
			j.fail(err)
			return
		}
	}
	j.fail(errUnsettled)
}

// firstPage decides whether the client's position can be resumed from, and
// reads the first of what came after it.
func (j *join) firstPage() (none replayPage, err error) {
	if j.asked.Since == nil {
		return none, nil
	}
	j.cursor = Position{Epoch: Epoch(j.asked.Since.Epoch), Seq: Seq(j.asked.Since.Seq)}
	pos, _ := j.stream.position()
	if planted(bugStaleEpoch) {
		j.cursor.Epoch = pos.Epoch
	}
	if j.cursor.Epoch != pos.Epoch || j.cursor.Seq > pos.Seq {
		// The client may know of something that the stream was not told yet.
		ctx, cancel := j.session.hub.callContext()
		defer cancel()
		if err := j.stream.settle(ctx); err != nil {
			return none, err
		}
		pos, _ = j.stream.position()
	}
	if j.cursor.Epoch != pos.Epoch || j.cursor.Seq > pos.Seq || exceeds(int(pos.Seq-j.cursor.Seq), j.session.hub.opts.MaxReplay) {
		return none, nil
	}
	j.resumes = true
	if j.cursor.Seq == pos.Seq {
		return none, nil
	}
	hasRoom := j.session.hasRoom()
	if !hasRoom {
		j.ask = 1 // only whether the log reaches back: what waits for a reader is bounded
	}
	page, err := j.read()
	if errors.Is(err, ErrTrimmed) || err == nil && page.count == 0 {
		j.resumes, err = false, nil
	}
	if !hasRoom {
		page, j.ask = none, readPage
	}
	return page, err
}

// place answers the client and files the subscription with the session, live
// if the page is all that it lacks. It returns false when decisions were
// withdrawn since the topic was authorized.
func (j *join) place(page replayPage) (bool, error) {
	s, st := j.session, j.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateClosed {
		return false, errSessionClosed
	}
	old := s.subs[j.canonical]
	if old == nil && exceeds(len(s.subs)+1, s.hub.opts.MaxTopics) {
		return false, &Error{Code: CodeTooManyTopics, Message: "the session has as many subscriptions as it may"}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if s.hub.decisions.Load() != j.decisions && !planted(bugStaleAccess) {
		return false, nil
	}
	j.sub = &subscription{session: s, stream: st, index: -1, presence: j.asked.Presence, member: j.member, seat: -1}
	j.sub.group = s.hub.groups.acquire(s.hub, j.group)
	j.adopt(old)
	if s.subs == nil {
		s.subs = make(map[Topic]*subscription)
	}
	s.subs[j.canonical] = j.sub
	if j.cursor.Epoch != st.pos.Epoch {
		j.resumes = false
	}
	s.send(wire.Subscribed{
		Topic: j.asked.Topic, Canonical: string(j.canonical), Epoch: string(st.pos.Epoch), Seq: uint64(st.pos.Seq),
		Recovered: j.resumes, Ref: j.ref,
	}.Append)
	if !j.resumes {
		st.add(j.sub)
		return true, nil
	}
	j.advance(page)
	if j.sub.index < 0 {
		s.begin(j)
	}
	return true, nil
}

// errSessionClosed never reaches anyone: there is no one left to tell.
var errSessionClosed = &Error{Code: CodeInternal, Message: "the session has ended"}

// adopt takes the place of an earlier subscription to the same topic. Call it
// with both locks held.
func (j *join) adopt(old *subscription) {
	if old != nil {
		j.sub.asked = old.asked
		delete(j.session.replays, j.canonical)
		j.stream.remove(old)
		j.session.hub.release(old.stream)
	}
	if asked := Topic(j.asked.Topic); asked != j.canonical && !slices.Contains(j.sub.asked, asked) {
		j.sub.asked = append(j.sub.asked, asked)
	}
}

// unsubscribe ends subscriptions at the client's wish, and answers every topic
// of the request once.
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

// find returns the subscriptions that the client means by the names; nil where
// there is none. It looks through all there are at most once.
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

// drop ends a subscription and tells the client why: with the ref of the message
// that wanted it, if one did. When it returns nothing further is sent for it, not
// even what was queued. It returns false when there is no such subscription, or
// no more.
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
	if !planted(bugQueued) {
		s.conn.Discard(topic)
		s.conn.Discard(topic.company())
	}
	s.send(wire.Unsubscribed{Topic: string(topic), Code: code, Ref: ref}.Append)
	sub.stream.mu.Unlock()
	s.mu.Unlock()
	s.hub.release(sub.stream)
	return true
}

// end takes the subscription of a session that has closed off its stream.
func (sub *subscription) end() {
	sub.stream.mu.Lock()
	sub.stream.remove(sub)
	sub.stream.mu.Unlock()
	sub.session.hub.release(sub.stream)
}

// recheck asks again whether the subscription may go on, and drops it if not. It
// asks about the canonical name, whichever name the client used: that is what it
// is sent events of.
func (sub *subscription) recheck(ctx context.Context, decide func(context.Context, Identity, Topic) verdict) {
	s := sub.session
	topic := sub.stream.topic
	var v verdict
	for range maxAttempts {
		who, _ := s.identity()
		v = decide(ctx, who, topic)
		if now, _ := s.identity(); sameRights(now, who) {
			break // else it lives by a fresher token by now
		}
	}
	if v.err == nil && v.canonical != topic {
		v.err = ErrForbidden // the name means something else by now
	}
	if v.err != nil {
		s.deny(sub, v.err)
		return
	}
	sub.meet(v.group)
}

// deny ends a subscription that may not, or may no longer be known to, go on.
func (s *Session) deny(sub *subscription, err error) {
	var public *Error
	if errors.As(err, &public) {
		s.drop(sub, wire.CodeRevoked, "")
		return
	}
	// Nobody knows: nothing more is sent, and the client asks again.
	s.hub.opts.Logger.Error("rechecking access", "session", s.id, "topic", sub.stream.topic, "error", err)
	s.close(CloseInternal, "")
}
