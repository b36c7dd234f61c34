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
// A client that holds a position first gets what came after it, read from the
// log page by page, with no lock held and nothing held back for it: the stream
// goes on without it. When it has caught up it becomes live, under the
// stream's lock, so that there is no seam. Its first page goes out along with
// the answer, if the reader has room for it; see [Session.replay] for the rest.
type join struct {
	session *Session
	asked   wire.TopicRequest
	ref     string

	// ctx ends when the client has to be answered, even if nobody knows what has
	// ended; it is shared by the topics of a message.
	ctx context.Context

	// stream is that of the name which is asked about: first the client's, then
	// the canonical one. Acquired; handed over to sub when it is placed.
	stream *stream
	// looked is whether at and right are known, and judged whether the verdict is.
	headRead, decided bool
	at                Generation
	right             Right
	// user is whom it is asked about, and again whether a change of access named
	// them since; guarded by stream.mu.
	user        string
	again       bool
	revocations uint64 // Hub.revocations before the question
	decision    decision
	sub         *subscription

	// cursor is the position that the client has come to, when it resumes.
	cursor  Position
	resumes bool
	// reads is how many entries to read for the next page.
	pageSize int
}

// run answers the client, after as many questions as it takes. Each withdrawal that names the user,
// and each other name, has it decided anew, so only time is a limit.
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

// step does what comes next: look, ask, or answer.
func (j *join) step() (done bool, err error) {
	switch {
	case !j.headRead:
		return false, j.session.readHeads([]*join{j})
	case !j.decided:
		return false, j.authorize()
	}
	if done, err = j.answer(); !done && err == nil {
		j.restart(Topic(j.asked.Topic)) // it is decided anew, under the client's name
	}
	return done, err
}

// follow goes on with another name of the topic, or with the same anew.
func (j *join) restart(name Topic) {
	j.headRead, j.decided = false, false
	j.stream.removeJoining(j)
	if old := j.stream; old.topic != name {
		j.stream = j.session.hub.acquire(name)
		j.session.hub.release(old)
	}
}

// expect takes note of a join that is about to be asked about, so that a change of
// access that names its user is not overlooked. It returns false when there was one
// since the log was asked.
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

// forget undoes expect.
func (st *stream) removeJoining(j *join) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.joining, j)
}

// ask asks whether the session may read the topic. Under another name than the
// canonical one it finds out that one alone.
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

// fail answers that the topic could not be subscribed to.
func (j *join) fail(err error) {
	j.session.refuse(j.ref, j.asked.Topic, err)
	j.stream.removeJoining(j)
	j.session.hub.release(j.stream)
}

// answer subscribes the client. It returns false when it has to be decided anew.
func (j *join) answer() (done bool, err error) {
	if !j.session.hub.awaitLease(j.ctx) {
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

// errLeaseExpired answers while the hub holds back events.
var errLeaseExpired = &Error{Code: CodeInternal, Message: "the server cannot reach its database; try again"}

// firstPage decides whether the client's position can be resumed from, and
// reads the first of what came after it.
func (j *join) firstPage() (none replayPage, err error) {
	j.resumes, j.pageSize = false, readPage
	if j.asked.Since == nil {
		return none, nil
	}
	j.cursor = Position{Epoch: Epoch(j.asked.Since.Epoch), Seq: Seq(j.asked.Since.Seq)}
	pos, _, _ := j.stream.progress()
	if j.cursor.Epoch != pos.Epoch || j.cursor.Seq > pos.Seq {
		// The client may know of something that the stream was not told yet.
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
		j.pageSize = 1 // only whether the log reaches back: what waits for a reader is bounded
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

// mayResume reports whether the client's position lies where it may read on from.
func (j *join) mayResume(pos Position) bool {
	return j.cursor.Epoch == pos.Epoch && j.cursor.Seq <= pos.Seq && j.cursor.Seq >= j.decision.from &&
		!exceeds(int(pos.Seq-j.cursor.Seq), j.session.hub.opts.MaxReplay)
}

// place begins the subscription. It returns false when the verdict is out of
// date, since something was taken away meanwhile.
func (j *join) place(page replayPage) (bool, error) {
	s, st := j.session, j.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateClosed {
		return false, errSessionClosed
	}
	old := s.subs[st.topic]
	if old == nil && exceeds(len(s.subs)+1, s.hub.opts.MaxTopics) {
		return false, &Error{Code: CodeTooManyTopics, Message: "the session has as many subscriptions as it may"}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if s.hub.revocations.Load() != j.revocations || j.again {
		return false, nil
	}
	j.commit(old, page)
	return true, nil
}

// begin answers the client and files the subscription, live if the page is all that
// it lacks. Call it with both locks held.
func (j *join) commit(old *subscription, page replayPage) {
	s, st, topic := j.session, j.stream, j.stream.topic
	delete(st.joining, j)
	j.sub = &subscription{
		session: s, stream: st, user: j.user, index: -1, groupIndex: -1, presence: j.asked.Presence,
		member: cmp.Or(j.user, s.id), // without a user, each session is someone
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

// errSessionClosed never reaches anyone: there is no one left to tell.
var errSessionClosed = &Error{Code: CodeInternal, Message: "the session has ended"}

// adopt takes the place of an earlier subscription to the same topic. Call it
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
