package realtime

import (
	"sync"
	"time"
)

const (
	// timerTick is how exact a session's deadlines are.
	timerTick = 500 * time.Millisecond
	// timerSlots times timerTick is the longest a session sleeps in the wheel; one
	// that is due later is looked at in between.
	timerSlots = 64
)

// wheel holds every session in the slot of its next deadline. It costs two
// pointers a session, where a timer each would cost a few hundred bytes.
type timerWheel struct {
	mu    sync.Mutex // guards everything below, and Session.timer
	now   int        // the slot that is next to fall due
	slots [timerSlots]*Session
	count int
}

// timer is a session's place in the wheel: a doubly linked list per slot.
type timer struct {
	prev, next *Session
	slot       int // 1 + the index of the slot; 0 when in none
}

// put files the session under what it is to be looked at after. A session that
// is due sooner stays where it is, since a new deadline does not lift another.
// Every look finds out all deadlines, so one too many does no harm.
func (w *timerWheel) schedule(s *Session, after time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ticks := min(max(int((after+timerTick-1)/timerTick), 1), timerSlots-1)
	if at := s.timer.slot; at != 0 {
		// None away is the slot that is being looked at, where nobody is due.
		if away := (at - 1 - w.now + timerSlots) % timerSlots; away != 0 && away <= ticks {
			return
		}
	}
	w.unlink(s)
	slot := (w.now + ticks) % timerSlots
	s.timer = timer{next: w.slots[slot], slot: slot + 1}
	if s.timer.next != nil {
		s.timer.next.timer.prev = s
	}
	w.slots[slot] = s
	w.count++
}

func (w *timerWheel) remove(s *Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink(s)
}

func (w *timerWheel) unlink(s *Session) {
	t := &s.timer
	if t.slot == 0 {
		return
	}
	if t.prev != nil {
		t.prev.timer.next = t.next
	} else {
		w.slots[t.slot-1] = t.next
	}
	if t.next != nil {
		t.next.timer.prev = t.prev
	}
	*t = timer{}
	w.count--
}

// turn moves on by one slot and returns the sessions in it, which stay in the
// wheel, one turn away, until put files them anew.
func (w *timerWheel) advance() (due []*Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = (w.now + 1) % timerSlots
	for s := w.slots[w.now]; s != nil; s = s.timer.next {
		due = append(due, s)
	}
	return due
}

// sessions returns all sessions.
func (w *timerWheel) sessions() []*Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]*Session, 0, w.count)
	for _, first := range w.slots {
		for s := first; s != nil; s = s.timer.next {
			all = append(all, s)
		}
	}
	return all
}

// runTimers looks at sessions when they are due.
func (h *Hub) runTimers() {
	ticker := time.NewTicker(timerTick)
	defer ticker.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case now := <-ticker.C:
			for _, s := range h.timers.advance() {
				if next, alive := s.tick(now); alive {
					h.reschedule(s, next.Sub(now))
				}
			}
		}
	}
}

// reschedule files a session that may have closed meanwhile.
func (h *Hub) reschedule(s *Session, after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateClosed {
		h.timers.schedule(s, after)
	}
}
