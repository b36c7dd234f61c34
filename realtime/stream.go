package realtime

import (
	"slices"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

const (
	// maxInbox is the most entries that wait for a topic's next round. Beyond it they
	// are dropped, and read from the log.
	maxInbox = 4096
	// readPage is how many entries are read from the log at a time.
	readPage = 256
	// maxGather is about the most bytes of one write.
	maxGather = 64 << 10
)

// stream is a topic that has subscribers on this hub. At most one goroutine runs its
// rounds. Each round takes what is in the inbox, encodes it once, and sends it to every
// subscriber.
type stream struct {
	hub   *Hub
	topic Topic
	refs  int // guarded by hub.mu

	inbox struct {
		sync.Mutex
		entries []Entry
		// heard is when the first of them came.
		heard time.Time
		// recheck has the next round read the log.
		recheck bool
		// running is set while a goroutine runs the rounds.
		running bool
		// roundEnd, when not nil, is signaled at the end of the next round.
		roundEnd *roundEnd
	}

	mu    sync.Mutex
	ready bool // whether pos is known; guarded by mu
	// pos is the last position sent; guarded by mu, and once ready moved by the
	// running round alone.
	pos Position
	// generation is the last one whose changes of access were applied. Every
	// subscription that is live or replaying was allowed at it. It is guarded and moved
	// as pos is.
	generation Generation
	subs       []*subscription // live; guarded by mu
	// joining are being authorized; guarded by mu.
	joining map[*join]bool
	// replaying are catching up with the log; guarded by mu.
	replaying map[*subscription]*join
	// suspended wait for another decision; guarded by mu.
	suspended map[*subscription]*suspension
	// conns are those of subs, in the same order, so that a fan-out touches nothing
	// else; guarded by mu.
	conns []Conn
	// ahead is the highest of the subscriptions', or more; guarded by mu.
	ahead Seq
}

// roundEnd is the end of a round, which calls of sync wait for.
type roundEnd struct {
	done chan struct{}
	err  error // set before done is closed
}

// subscription is a session's interest in a stream.
type subscription struct {
	session *Session
	stream  *stream
	// user is the one whom a change of access would name; guarded by stream.mu.
	user string
	// asked are the client's names for the topic besides the canonical one; guarded by
	// session.mu.
	asked []Topic
	// presence is set where the client asked for presence, and member is whom it then
	// counts as. Static.
	presence bool
	member   string
	// group gets its presence and signals; nil for none. Guarded by stream.mu.
	group *group
	// seat is its index in group.subs; -1 when not live. Guarded by group.mu.
	groupIndex int
	// index in stream.subs; guarded by stream.mu. -1 when not live.
	index int
	// ahead is a position beyond the stream's that the session has got already, from
	// its replay; guarded by stream.mu.
	ahead Seq
}

// progress returns the stream's position and generation, if they are known.
func (st *stream) progress() (pos Position, generation Generation, ready bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.pos, st.generation, st.ready
}

// initialize sets the position, once. Rounds could not run before, so one runs now if
// something waits.
func (st *stream) initialize(head Head) {
	st.mu.Lock()
	first := !st.ready
	if first {
		st.pos, st.generation, st.ready = head.Position, head.Generation, true
	}
	st.mu.Unlock()
	if first {
		st.inbox.Lock()
		waiting := st.inbox.recheck || len(st.inbox.entries) > 0
		st.start(waiting)
		st.inbox.Unlock()
	}
}

// enqueue adds entries to the inbox.
func (st *stream) enqueue(entries []Entry) {
	now := time.Now()
	st.inbox.Lock()
	defer st.inbox.Unlock()
	if len(st.inbox.entries) == 0 {
		st.inbox.heard = now
	}
	if len(st.inbox.entries)+len(entries) > maxInbox {
		clear(st.inbox.entries)
		st.inbox.entries = st.inbox.entries[:0]
		st.inbox.recheck = true
	} else {
		st.inbox.entries = append(st.inbox.entries, entries...)
	}
	st.start(true)
}

// wake has the next round read the log.
func (st *stream) wake() {
	st.inbox.Lock()
	defer st.inbox.Unlock()
	st.inbox.recheck = true
	st.start(true)
}

// start runs the rounds unless they are running. Call it with the inbox locked.
func (st *stream) start(wanted bool) {
	if wanted && !st.inbox.running {
		st.inbox.running = true
		st.hub.spawn(st.runRounds)
	}
}

// sync has a round read the log. It returns when the stream has sent what the log had,
// and has applied its changes of access.
func (st *stream) sync() error {
	ctx, cancel := st.hub.callContext()
	defer cancel()
	st.inbox.Lock()
	st.inbox.recheck = true
	if st.inbox.roundEnd == nil {
		st.inbox.roundEnd = &roundEnd{done: make(chan struct{})}
	}
	end := st.inbox.roundEnd
	st.start(true)
	st.inbox.Unlock()
	select {
	case <-end.done:
		return end.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// syncTo syncs the stream unless it has come to the generation and the position. Both are
// in the log.
func (st *stream) syncTo(generation Generation, seq Seq) error {
	if pos, now, _ := st.progress(); now >= generation && pos.Seq >= seq {
		return nil
	}
	return st.sync()
}

// runRounds runs rounds until the inbox is empty.
func (st *stream) runRounds() {
	var spare []Entry
	for {
		st.inbox.Lock()
		entries, heard, recheck := st.inbox.entries, st.inbox.heard, st.inbox.recheck
		_, _, ready := st.progress()
		if len(entries) == 0 && !recheck || !ready || st.hub.ctx.Err() != nil {
			st.inbox.running = false
			st.inbox.Unlock()
			return
		}
		end := st.inbox.roundEnd
		st.inbox.entries, st.inbox.recheck, st.inbox.roundEnd = spare[:0], false, nil
		st.inbox.Unlock()

		var err error
		if st.deliver(entries, heard) || recheck {
			err = st.catchUp()
		}
		if end != nil {
			end.err = err
			close(end.done)
		}
		clear(entries) // free the payloads
		spare = entries
	}
}

// deliver sends the entries that follow the position. It returns true if the log has to be
// read: for entries in between, or for changes of access.
func (st *stream) deliver(entries []Entry, heard time.Time) (gap bool) {
	slices.SortStableFunc(entries, func(a, b Entry) int { return int(int64(a.Seq) - int64(b.Seq)) })
	pos, generation, _ := st.progress()
	next := entries[:0]
	for _, e := range entries {
		switch {
		case e.Epoch != pos.Epoch || e.Generation > generation:
			gap = true
		case e.Seq == pos.Seq+Seq(len(next))+1:
			next = append(next, e)
		case e.Seq > pos.Seq+Seq(len(next)):
			gap = true
		}
	}
	st.send(next, heard)
	return gap
}

// send encodes entries that follow the position, and fans them out in as few writes as
// maxGather allows. Heard is when they came to the hub.
func (st *stream) send(entries []Entry, heard time.Time) {
	for len(entries) > 0 {
		st.hub.awaitLease(st.hub.ctx)
		batch := new(wire.Batch)
		n := 0
		for n < len(entries) && len(batch.Frames(0)) < maxGather {
			e := wireEvent(&entries[n])
			batch.Add(e.Append)
			n++
		}
		st.fanOut(batch, entries[:n], heard)
		entries = entries[n:]
	}
}

// fanOut sends the batch to every subscriber. Send never blocks, so the lock is held
// throughout: subscriptions start and end between two batches.
func (st *stream) fanOut(batch *wire.Batch, entries []Entry, heard time.Time) {
	first, last := entries[0].Seq, entries[len(entries)-1].Seq
	st.mu.Lock()
	if st.ahead < first {
		for _, conn := range st.conns {
			conn.Send(batch, 0, st.topic)
		}
	} else {
		for i, conn := range st.conns {
			if at := st.subs[i].ahead; at < first {
				conn.Send(batch, 0, st.topic)
			} else if at < last {
				conn.Send(batch, int(at-first+1), st.topic)
			}
		}
	}
	st.pos.Seq = last
	delivered := len(st.subs)
	st.mu.Unlock()
	now := time.Now()
	st.hub.stats.sent(delivered, len(entries), now.Sub(heard))
	st.hub.recordDelivery(st.topic, entries, heard, now, delivered)
}

// add makes the subscription live. Call it with mu held.
func (st *stream) add(sub *subscription) {
	delete(st.replaying, sub)
	sub.index = len(st.subs)
	st.subs = append(st.subs, sub)
	st.conns = append(st.conns, sub.session.conn)
	st.ahead = max(st.ahead, sub.ahead)
	if sub.group != nil {
		sub.group.enter(sub)
	}
}

// addAnew makes the subscription live at the stream's position after a gap, with a resync.
// Call it with both locks held.
func (st *stream) addAnew(sub *subscription, reason string) {
	m := wire.Resync{Topic: string(st.topic), Epoch: string(st.pos.Epoch), Seq: uint64(st.pos.Seq), Reason: reason}
	sub.session.send(m.Append)
	sub.ahead = 0
	st.add(sub)
	st.hub.stats.resyncs.Add(1)
}

// remove ends the subscription. Call it with mu held.
func (st *stream) remove(sub *subscription) {
	if sub.group != nil {
		sub.group.leave(sub)
		sub.group = nil
	}
	delete(st.suspended, sub)
	st.detach(sub)
}

// detach makes the subscription neither live nor replaying. Call it with mu held.
func (st *stream) detach(sub *subscription) {
	if sub.group != nil {
		sub.group.pause(sub)
	}
	if sub.index < 0 {
		delete(st.replaying, sub)
		return
	}
	end := len(st.subs) - 1
	last := st.subs[end]
	last.index = sub.index
	st.subs[sub.index], st.conns[sub.index] = last, st.conns[end]
	st.subs[end], st.conns[end] = nil, nil
	st.subs, st.conns = st.subs[:end], st.conns[:end]
	sub.index = -1
}

// wireEvent returns the entry's form on the wire.
func wireEvent(e *Entry) *wire.Event {
	return &wire.Event{
		Topic: string(e.Topic), Event: string(e.Type), EntityID: e.EntityID, Payload: e.Payload, UserID: e.UserID,
		Timestamp: e.Timestamp, ID: e.ID, Epoch: string(e.Epoch), Seq: uint64(e.Seq), Version: e.Version,
		MutationID: e.MutationID, TraceID: e.TraceID,
	}
}
