package realtime

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

const (
	// maxInbox is the most entries that wait for a topic's round; beyond it they
	// are forgotten and read from the log, which holds them anyway.
	maxInbox = 4096
	// readPage is how many entries are read from the log at a time.
	readPage = 256
	// maxGather is roughly the most bytes that one write gathers.
	maxGather = 64 << 10
)

// The reasons of a resync.
const (
	resyncTrimmed = "trimmed"
	resyncEpoch   = "epoch"
)

// stream is a topic that has subscribers on this hub. At most one goroutine at
// a time runs its rounds: each takes what has gathered in the inbox, encodes
// it once, and sends it to everyone.
type stream struct {
	hub   *Hub
	topic Topic
	refs  int // guarded by hub.mu

	inbox struct {
		sync.Mutex
		entries []Entry
		// heard is when the first of them came.
		heard time.Time
		// recheck asks the next round to read the log.
		recheck bool
		// running is whether some goroutine is at the rounds.
		running bool
		// settled, when not nil, is closed when the next round has ended.
		settled chan struct{}
	}

	mu    sync.Mutex
	ready bool // whether pos is known; guarded by mu
	// pos is the last position sent; guarded by mu, and once ready moved by the
	// running round alone.
	pos  Position
	subs []*subscription // live; guarded by mu
	// replaying are the others, on their way to being live; guarded by mu.
	replaying map[*subscription]bool
	// conns are those of subs, in the same order: a fan-out walks along them and
	// touches nothing else. Guarded by mu.
	conns []Conn
	// ahead is at least every subscription's; guarded by mu.
	ahead Seq
}

// subscription is a session's interest in a stream.
type subscription struct {
	session *Session
	stream  *stream
	// asked are the names it was asked for under, the canonical one aside;
	// guarded by session.mu.
	asked []Topic
	// presence is whether it wants to know who else is there, and member whom it
	// counts as then. Static.
	presence bool
	member   string
	// group is whom its session may know of; nil for nobody. Guarded by stream.mu.
	group *group
	// seat is its index in group.subs; -1 when not live. Guarded by group.mu.
	seat int
	// index in stream.subs; guarded by stream.mu. -1 when not live.
	index int
	// ahead is a position beyond the stream's that the session already has, from
	// its own reading of the log; guarded by stream.mu.
	ahead Seq
}

func (st *stream) isReady() bool {
	_, ready := st.position()
	return ready
}

func (st *stream) position() (Position, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.pos, st.ready
}

// begin sets where the stream stands, once. Rounds that were asked for before
// could not run, so one runs now.
func (st *stream) begin(pos Position) {
	st.mu.Lock()
	first := !st.ready
	if first {
		st.pos, st.ready = pos, true
	}
	st.mu.Unlock()
	if first {
		st.inbox.Lock()
		waiting := st.inbox.recheck || len(st.inbox.entries) > 0
		st.start(waiting)
		st.inbox.Unlock()
	}
}

// offer queues entries for the next round.
func (st *stream) offer(entries []Entry) {
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

// check asks the next round to read the log.
func (st *stream) check() {
	st.inbox.Lock()
	defer st.inbox.Unlock()
	st.inbox.recheck = true
	st.start(true)
}

// start runs rounds unless they are running. Call it with the inbox locked.
func (st *stream) start(wanted bool) {
	if wanted && !st.inbox.running {
		st.inbox.running = true
		st.hub.spawn(st.rounds)
	}
}

// settle has a round read the log, and returns when the stream has sent what
// was there.
func (st *stream) settle(ctx context.Context) error {
	st.inbox.Lock()
	st.inbox.recheck = true
	if st.inbox.settled == nil {
		st.inbox.settled = make(chan struct{})
	}
	settled := st.inbox.settled
	st.start(true)
	st.inbox.Unlock()
	select {
	case <-settled:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// rounds empties the inbox until nothing is left in it.
func (st *stream) rounds() {
	var spare []Entry
	for {
		st.inbox.Lock()
		entries, heard, recheck := st.inbox.entries, st.inbox.heard, st.inbox.recheck
		if len(entries) == 0 && !recheck || !st.isReady() || st.hub.ctx.Err() != nil {
			st.inbox.running = false
			st.inbox.Unlock()
			return
		}
		settled := st.inbox.settled
		st.inbox.entries, st.inbox.recheck, st.inbox.settled = spare[:0], false, nil
		st.inbox.Unlock()

		if st.deliver(entries, heard) || recheck {
			st.catchUp()
		}
		if settled != nil {
			close(settled)
		}
		clear(entries) // payloads are not ours to keep
		spare = entries
	}
}

// deliver sends the entries that follow the position directly, and returns
// whether the log must tell the rest.
func (st *stream) deliver(entries []Entry, heard time.Time) (gap bool) {
	slices.SortStableFunc(entries, func(a, b Entry) int { return int(int64(a.Seq) - int64(b.Seq)) })
	pos, _ := st.position()
	next := entries[:0]
	for _, e := range entries {
		switch {
		case e.Epoch != pos.Epoch:
			gap = true
		case e.Seq == pos.Seq+Seq(len(next))+1, planted(bugNoOrder) && e.Seq > pos.Seq, planted(bugDouble):
			next = append(next, e)
		case e.Seq > pos.Seq+Seq(len(next)):
			gap = true
		}
	}
	st.send(next, heard)
	return gap
}

// send encodes entries that follow the position, and fans them out in as few
// writes as maxGather allows. Heard is when the hub was told of them.
func (st *stream) send(entries []Entry, heard time.Time) {
	for len(entries) > 0 {
		batch := new(wire.Batch)
		n := 0
		for n < len(entries) && len(batch.Frames(0)) < maxGather {
			e := encodable(&entries[n])
			batch.Add(e.Append)
			n++
		}
		st.fanOut(batch, entries[:n], heard)
		entries = entries[n:]
	}
}

// fanOut gives the batch to every subscriber. Sending never blocks, so the
// lock is held for the whole of it: whoever joins, leaves or is thrown out
// does so between two batches.
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
	st.hub.follow(st.topic, entries, heard, now, delivered)
}

// catchUp reads the log from the position on, up to where its head is now.
// What comes meanwhile is for the next round: nobody waits for silence.
func (st *stream) catchUp() {
	st.hub.stats.catchUps.Add(1)
	ctx, cancel := context.WithTimeout(st.hub.ctx, st.hub.opts.CallTimeout)
	defer cancel()
	if err := st.readOn(ctx); err != nil && st.hub.ctx.Err() == nil {
		// The next comparison of heads tries again.
		st.hub.opts.Logger.Error("reading the log", "topic", st.topic, "error", err)
	}
}

func (st *stream) readOn(ctx context.Context) error {
	heads, err := st.hub.log.Heads(ctx, []Topic{st.topic})
	if err != nil {
		return err
	}
	pos, _ := st.position()
	head := heads[0]
	if head.Epoch != pos.Epoch || head.Seq < pos.Seq {
		st.resync(head.Position, resyncEpoch)
		return nil
	}
	for pos.Seq < head.Seq {
		entries, err := st.hub.log.Read(ctx, st.topic, pos.Seq, readPage)
		if errors.Is(err, ErrTrimmed) {
			return st.skipTrimmed(ctx)
		}
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return nil
		}
		if entries[0].Epoch != pos.Epoch { // changed since the question above
			st.check()
			return nil
		}
		pos.Seq = entries[len(entries)-1].Seq
		// The wake-up was lost: all that is known of the commit is when the event
		// says it happened.
		st.send(entries, entries[0].Timestamp)
	}
	return nil
}

// skipTrimmed goes on from the head, since what lies before it is gone.
func (st *stream) skipTrimmed(ctx context.Context) error {
	heads, err := st.hub.log.Heads(ctx, []Topic{st.topic})
	if err == nil && planted(bugSilentTrim) {
		st.mu.Lock()
		st.pos = heads[0].Position
		st.mu.Unlock()
	} else if err == nil {
		st.resync(heads[0].Position, resyncTrimmed)
	}
	return err
}

// resync moves the stream to a position that does not follow, and tells
// everyone.
func (st *stream) resync(to Position, reason string) {
	m := wire.Resync{Topic: string(st.topic), Epoch: string(to.Epoch), Seq: uint64(to.Seq), Reason: reason}
	batch := new(wire.Batch)
	batch.Add(m.Append)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.pos, st.ahead = to, 0
	for i, conn := range st.conns {
		st.subs[i].ahead = 0
		conn.Send(batch, 0, st.topic)
	}
	st.hub.stats.resyncs.Add(uint64(len(st.subs)))
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

// replay notes a subscription that is not live yet. Call it with mu held.
func (st *stream) replay(sub *subscription) {
	if st.replaying == nil {
		st.replaying = make(map[*subscription]bool)
	}
	st.replaying[sub] = true
}

// remove ends the subscription's life. Call it with mu held.
func (st *stream) remove(sub *subscription) {
	if sub.group != nil {
		sub.group.leave(sub)
		sub.group = nil
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

// encodable turns an entry into its wire form.
func encodable(e *Entry) *wire.Event {
	return &wire.Event{
		Topic: string(e.Topic), Event: string(e.Type), EntityID: e.EntityID, Payload: e.Payload, UserID: e.UserID,
		Timestamp: e.Timestamp, ID: e.ID, Epoch: string(e.Epoch), Seq: uint64(e.Seq), Version: e.Version,
		MutationID: e.MutationID, TraceID: e.TraceID,
	}
}
