package realtime

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// join is a subscription on its way to being live.
//
// A client that holds a position first gets what came after it, read from the log page by
// page without a lock, while the stream goes on. When it has caught up it becomes live
// under the stream's lock, so that nothing is missed or sent twice. The first page is sent
// with the answer if the connection has room for it. [Session.replay] sends the others.
type join struct {
	session *Session
	asked   wire.TopicRequest
	ref     string

	// deadline ends the wait of the answer for the lease. The topics of a message share
	// it.
	deadline time.Time

	// stream is that of the name to authorize: first the client's, then the canonical
	// one. The join holds a reference, which sub takes over.
	stream *stream
	// headRead is set when at and right are known, decided when the decision is.
	headRead, decided bool
	at                Generation
	right             Right
	// user is whom the request is about. again is set when a change of access has named
	// the user since. Both are guarded by stream.mu.
	user        string
	again       bool
	revocations uint64 // Hub.revocations before the request
	decision    decision
	sub         *subscription

	// cursor is the position of a client that resumes.
	cursor  Position
	resumes bool
	// pageSize is how many entries to read for the next page.
	pageSize int
}

// run answers the client. Each withdrawal that names the user, and each other name of the
// topic, needs another decision, so only time is a limit.
func (j *join) run() {
	for begun := time.Now(); time.Since(begun) < j.session.hub.opts.CallTimeout; {
		done, err := j.step()
		if err != nil {
			j.fail(err)
			return
		}
		if done {
			return
		}
	}
	j.fail(errUnsettled)
}

// step does what comes next: read the head, authorize, or answer.
func (j *join) step() (done bool, err error) {
	switch {
	case !j.headRead:
		return false, j.session.readHeads([]*join{j})
	case !j.decided:
		return false, j.authorize()
	}
	if done, err = j.answer(); !done && err == nil {
		j.restart(Topic(j.asked.Topic)) // decide again, under the client's name
	}
	return done, err
}

// restart decides again, under another name of the topic or under the same.
func (j *join) restart(name Topic) {
	j.headRead, j.decided = false, false
	j.stream.removeJoining(j)
	if old := j.stream; old.topic != name {
		j.stream = j.session.hub.acquire(name)
		j.session.hub.release(old)
	}
}

// addJoining notes a join that is about to be authorized, so that a change of access
// which names its user is noticed. It returns false if there was one since the head was
// read.
func (st *stream) addJoining(j *join, user string) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.generation != j.at {
		return false
	}
	if st.joining == nil {
		st.joining = make(map[*join]bool)
	}
	st.joining[j] = true
	j.user, j.again = user, false
	return true
}

// removeJoining undoes addJoining.
func (st *stream) removeJoining(j *join) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.joining, j)
}

// authorize asks whether the session may read the topic. For a name that is not the
// canonical one, it only finds the canonical one.
func (j *join) authorize() error {
	if _, now, _ := j.stream.progress(); now != j.at {
		if err := j.stream.sync(); err != nil {
			return err
		}
	}
	j.revocations = j.session.hub.revocations.Load()
	who, _ := j.session.identity()
	if !j.stream.addJoining(j, who.User) {
		j.headRead = false
		return nil
	}
	v := j.session.hub.decide(accessRequest{who: who, topic: j.stream.topic, at: j.at, right: &j.right})
	switch {
	case v.err != nil:
		return v.err
	case v.canonical != j.stream.topic:
		j.restart(v.canonical)
		return nil
	case j.asked.Presence && v.group == "":
		return ErrForbidden
	}
	j.decision, j.decided = v, true
	return nil
}

// fail answers with an error.
func (j *join) fail(err error) {
	j.session.refuse(j.ref, j.asked.Topic, err)
	j.stream.removeJoining(j)
	j.session.hub.release(j.stream)
}

// answer subscribes the client. It returns false when another decision is needed.
func (j *join) answer() (done bool, err error) {
	if !j.awaitLease() {
		return false, errLeaseExpired
	}
	if err := j.stream.syncTo(0, j.decision.from); err != nil {
		return false, err
	}
	page, err := j.firstPage()
	if err != nil {
		return false, err
	}
	return j.place(page)
}

// awaitLease waits until the hub may send events, or the client has to be answered.
func (j *join) awaitLease() bool {
	h := j.session.hub
	if !h.leaseExpired() {
		return true
	}
	ctx, cancel := context.WithDeadline(h.ctx, j.deadline)
	defer cancel()
	return h.awaitLease(ctx)
}

// errLeaseExpired is the answer while the hub holds back events.
var errLeaseExpired = &Error{Code: CodeInternal, Message: "the server cannot reach its database; try again"}

// firstPage decides whether the client can resume from its position, and reads the first
// page after it.
func (j *join) firstPage() (none replayPage, err error) {
	j.resumes, j.pageSize = false, readPage
	if j.asked.Since == nil {
		return none, nil
	}
	j.cursor = Position{Epoch: Epoch(j.asked.Since.Epoch), Seq: Seq(j.asked.Since.Seq)}
	pos, _, _ := j.stream.progress()
	if j.cursor.Epoch != pos.Epoch || j.cursor.Seq > pos.Seq {
		// The client may be ahead of the stream.
		if err := j.stream.sync(); err != nil {
			return none, err
		}
		pos, _, _ = j.stream.progress()
	}
	if !j.mayResume(pos) {
		return none, nil
	}
	j.resumes = true
	if j.cursor.Seq == pos.Seq {
		return none, nil
	}
	hasRoom := j.session.hasRoom()
	if !hasRoom {
		j.pageSize = 1 // to learn whether the log reaches back; there is no room for a page
	}
	_, generation, _ := j.stream.progress()
	page, err := j.read(generation)
	if errors.Is(err, ErrTrimmed) || err == nil && page.count == 0 {
		j.resumes, err = false, nil
	}
	if !hasRoom {
		page, j.pageSize = none, readPage
	}
	return page, err
}

// mayResume reports whether the client may read on from its position.
func (j *join) mayResume(pos Position) bool {
	return j.cursor.Epoch == pos.Epoch && j.cursor.Seq <= pos.Seq && j.cursor.Seq >= j.decision.from &&
		!exceeds(int(pos.Seq-j.cursor.Seq), j.session.hub.opts.MaxReplay)
}

// place starts the subscription. It returns false when the decision is outdated, since
// access was taken away meanwhile.
func (j *join) place(page replayPage) (bool, error) {
	s, st := j.session, j.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateClosed {
		return false, errSessionClosed
	}
	old := s.subs[st.topic]
	if old == nil && exceeds(len(s.subs)+1, s.hub.opts.MaxTopics) {
		return false, &Error{Code: CodeTooManyTopics, Message: "too many subscriptions: unsubscribe from a topic first"}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if s.hub.revocations.Load() != j.revocations || j.again {
		return false, nil
	}
	j.commit(old, page)
	return true, nil
}

// commit answers the client and adds the subscription: live, unless it lacks more than
// the page. Call it with both locks held.
func (j *join) commit(old *subscription, page replayPage) {
	s, st, topic := j.session, j.stream, j.stream.topic
	delete(st.joining, j)
	j.sub = &subscription{
		session: s, stream: st, user: j.user, index: -1, groupIndex: -1, presence: j.asked.Presence,
		member: cmp.Or(j.user, s.id), // without a user, each session is a member
	}
	j.sub.group = s.hub.groups.acquire(s.hub, j.decision.group)
	j.replace(old)
	if s.subs == nil {
		s.subs = make(map[Topic]*subscription)
	}
	s.subs[topic] = j.sub
	if j.cursor.Epoch != st.pos.Epoch {
		j.resumes = false
	}
	s.send(wire.Subscribed{
		Topic: j.asked.Topic, Canonical: string(topic), Epoch: string(st.pos.Epoch), Seq: uint64(st.pos.Seq),
		Recovered: j.resumes, Ref: j.ref,
	}.Append)
	if !j.resumes {
		st.add(j.sub)
		return
	}
	j.advance(page)
	if j.sub.index < 0 {
		s.startReplay(j)
	}
}

// errSessionClosed is never sent: the connection has ended.
var errSessionClosed = &Error{Code: CodeInternal, Message: "the session has ended"}

// replace ends an earlier subscription to the same topic and keeps its names. Call it
// with both locks held.
func (j *join) replace(old *subscription) {
	topic := j.stream.topic
	if old != nil {
		j.sub.asked = old.asked
		delete(j.session.replays, topic)
		j.stream.remove(old)
		j.session.hub.release(old.stream)
	}
	if asked := Topic(j.asked.Topic); asked != topic && !slices.Contains(j.sub.asked, asked) {
		j.sub.asked = append(j.sub.asked, asked)
	}
}
