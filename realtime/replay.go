package realtime

import (
	"context"
	"errors"

	"github.com/familygifting/tidings/realtime/wire"
)

// maxPage is the most bytes that may wait when the next page of a replay is sent, and about
// the most bytes of a page. It is small so that other messages do not wait long behind.
const maxPage = 64 << 10

// pageBytes is maxPage, or less for a small queue, so that two pages leave room for live
// events.
func (h *Hub) pageBytes() int { return min(maxPage, h.opts.QueueBytes/4) }

// startReplay has the rest of a replay sent. Call it with both locks held.
func (s *Session) startReplay(j *join) {
	if s.replays == nil {
		s.replays = make(map[Topic]*join)
		s.hub.spawn(s.replay)
	}
	s.replays[j.stream.topic] = j
	if j.stream.replaying == nil {
		j.stream.replaying = make(map[*subscription]*join)
	}
	j.stream.replaying[j.sub] = j
}

// replay sends a page whenever the connection has room for one, until all replays of the
// session have ended. It runs in a goroutine of its own, one for a session, so that a slow
// reader's messages are handled meanwhile. It holds no page while it waits.
func (s *Session) replay() {
	for s.conn.Drained(s.hub.ctx, s.hub.pageBytes()) == nil {
		j := s.nextReplay()
		if j == nil {
			return
		}
		if err := j.sendNextPage(); err != nil {
			s.failReplay(j, err)
			return
		}
	}
	// The connection has ended, and so will the session.
}

// failReplay closes the session, whose client comes back.
func (s *Session) failReplay(j *join, err error) {
	if s.hub.ctx.Err() == nil {
		s.hub.opts.Logger.Error("replay failed; the session is closed and resumes", "session", s.id, "topic", j.stream.topic, "error", err)
	}
	s.close(CloseInternal, "")
}

// hasRoom reports whether the connection has room for a page now.
func (s *Session) hasRoom() bool { return s.conn.Drained(atOnce, s.hub.pageBytes()) == nil }

// atOnce is a context for calls that must not wait.
var atOnce = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// nextReplay returns a random replay; nil when there is none. Replays end when the hub
// drains: the client's next connection resumes.
func (s *Session) nextReplay() *join {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.hub.draining.Load() {
		for _, j := range s.replays {
			return j
		}
	}
	s.replays = nil
	return nil
}

// sendNextPage sends a page of the replay. It returns an error if the log fails.
func (j *join) sendNextPage() error {
	j.session.hub.awaitLease(j.session.hub.ctx)
	_, generation, _ := j.stream.progress()
	page, err := j.read(generation)
	if err == nil && page.count == 0 && page.cut {
		return j.stream.sync() // the user may not read what comes next
	}
	if err != nil && !errors.Is(err, ErrTrimmed) {
		return err
	}
	j.applyPage(page)
	return nil
}

// applyPage sends the page, or a resync where the history that the replay reads has ended.
func (j *join) applyPage(page replayPage) {
	s, st := j.session, j.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	st.mu.Lock()
	defer st.mu.Unlock()
	if s.replays[st.topic] != j {
		return // ended, or replaced
	}
	switch {
	case st.replaying[j.sub] != j: // suspended
	case st.pos.Epoch != j.cursor.Epoch:
		st.addAnew(j.sub, resyncEpoch)
	case page.count == 0:
		st.addAnew(j.sub, resyncTrimmed)
	default:
		j.advance(page)
	}
	if st.replaying[j.sub] != j {
		delete(s.replays, st.topic)
	}
}

// advance sends a page, and makes the subscription live if it has caught up with the
// stream. Call it with both locks held.
func (j *join) advance(page replayPage) {
	if page.count > 0 {
		j.session.conn.Send(page.batch, 0, j.stream.topic)
		j.cursor.Seq = page.last
		j.session.hub.stats.replayed.Add(uint64(page.count))
	}
	if j.cursor.Seq >= j.stream.pos.Seq {
		j.sub.ahead = j.cursor.Seq
		j.stream.add(j.sub)
	}
}

// replayPage is a batch of events behind a join's cursor.
type replayPage struct {
	batch *wire.Batch
	count int
	last  Seq
	// cut is set if the next event is of a later generation.
	cut bool
}

// read returns the page behind the cursor, of events up to the generation. It returns
// ErrTrimmed if the cursor is of another history.
func (j *join) read(upTo Generation) (page replayPage, err error) {
	h := j.session.hub
	ctx, cancel := h.callContext()
	defer cancel()
	entries, err := h.log.Read(ctx, j.stream.topic, j.cursor.Seq, j.pageSize)
	if err != nil || len(entries) == 0 {
		return page, err
	}
	if entries[0].Epoch != j.cursor.Epoch {
		return page, ErrTrimmed
	}
	page.batch = new(wire.Batch)
	for page.count < len(entries) && len(page.batch.Frames(0)) < h.pageBytes() {
		if entries[page.count].Generation > upTo {
			page.cut = true
			break
		}
		page.batch.Add(wireEvent(&entries[page.count]).Append)
		page.last = entries[page.count].Seq
		page.count++
	}
	j.pageSize = max(1, min(2*page.count, readPage)) // about as many as fit in a page
	return page, nil
}
