package realtime

import (
	"context"
	"errors"

	"github.com/familygifting/tidings/realtime/wire"
)

// The reasons of a resync.
const (
	resyncTrimmed = "trimmed"
	resyncEpoch   = "epoch"
	resyncAccess  = "access"
)

// catchUp reads the log from the position up to its present head. What is appended
// meanwhile is left to the next round.
func (st *stream) catchUp() error {
	st.hub.stats.catchUps.Add(1)
	ctx, cancel := st.hub.callContext()
	defer cancel()
	err := st.readOn(ctx)
	if err != nil && st.hub.ctx.Err() == nil {
		st.hub.opts.Logger.Error("reading the log failed; the next sweep tries again", "topic", st.topic, "error", err)
	}
	return err
}

func (st *stream) readOn(ctx context.Context) error {
	head, changes, err := st.readHead(ctx)
	if err != nil {
		return err
	}
	pos, _, _ := st.progress()
	if st.isAnother(head) {
		st.switchHistory(head)
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
		if entries[0].Epoch != pos.Epoch { // changed since readHead
			st.wake()
			return nil
		}
		if !st.sendByGeneration(entries, changes, head.Generation) {
			st.wake()
			return nil
		}
		pos.Seq = entries[len(entries)-1].Seq
	}
	st.apply(changes, head.Generation)
	return nil
}

// readHead reads the topic's head, and the changes of access up to it.
func (st *stream) readHead(ctx context.Context) (head Head, changes []AccessChange, err error) {
	heads, err := st.hub.log.Heads(ctx, []Topic{st.topic})
	if err != nil {
		return head, nil, err
	}
	if _, generation, _ := st.progress(); heads[0].Generation > generation {
		changes, err = st.hub.log.AccessChanges(ctx, st.topic, generation)
	}
	return heads[0], changes, err
}

// isAnother reports whether the head belongs to another history.
func (st *stream) isAnother(head Head) bool {
	pos, generation, _ := st.progress()
	return head.Epoch != pos.Epoch || head.Seq < pos.Seq || head.Generation < generation
}

// sendByGeneration sends entries. Before the first of each generation it applies the
// changes of access up to it. It stops and returns false at a generation beyond known, up
// to which the changes are complete.
func (st *stream) sendByGeneration(entries []Entry, changes []AccessChange, known Generation) bool {
	for len(entries) > 0 {
		generation, n := entries[0].Generation, 1
		for n < len(entries) && entries[n].Generation == generation {
			n++
		}
		if generation > known {
			return false
		}
		st.apply(changes, generation)
		// No Deliver came, so the event's timestamp stands for the time of its commit.
		st.send(entries[:n], entries[0].Timestamp)
		entries = entries[n:]
	}
	return true
}

// skipTrimmed goes on from the head, since the entries before it are trimmed.
func (st *stream) skipTrimmed(ctx context.Context) error {
	head, changes, err := st.readHead(ctx)
	if err != nil {
		return err
	}
	if st.isAnother(head) {
		st.switchHistory(head)
		return nil
	}
	st.apply(changes, head.Generation)
	st.skipTo(head.Position)
	return nil
}

// skipTo moves the stream past a gap, and sends every subscriber a resync.
func (st *stream) skipTo(to Position) {
	m := wire.Resync{Topic: string(st.topic), Epoch: string(to.Epoch), Seq: uint64(to.Seq), Reason: resyncTrimmed}
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

// switchHistory moves the stream to another history, such as a restored backup. All
// subscriptions are reauthorized, and resync if they may go on.
func (st *stream) switchHistory(head Head) {
	st.mu.Lock()
	suspended := st.suspend(func(string) bool { return true })
	st.pos, st.generation, st.ahead = head.Position, head.Generation, 0
	st.mu.Unlock()
	st.reauthorizeSoon(suspended)
}
