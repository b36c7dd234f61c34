package realtime

import (
	"sync"
	"time"
)

const (
	// timerTick is the resolution of a session's deadlines.
	timerTick = 500 * time.Millisecond
	// timerSlots times timerTick is the longest time that the wheel covers. A session
	// with a later deadline is checked in between.
	timerSlots = 64
)

// timerWheel is a timing wheel: it holds every session in the slot of its next deadline.
// A session costs two pointers in it. A timer for each would cost a few hundred bytes.
type timerWheel struct {
	mu    sync.Mutex // guards everything below, and Session.timer
	now   int        // the slot that was due last
	slots [timerSlots]*Session
	count int
}

// timer is a session's place in the wheel. Each slot is a doubly linked list.
type timer struct {
	prev, next *Session
	slot       int // 1 + the index of the slot; 0 when in none
}

// schedule has the session checked after the duration. A session that is due sooner
// stays where it is: a new deadline does not cancel another one. Each check computes all
// deadlines, so a check too many does no harm.
func (w *timerWheel) schedule(s *Session, after time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ticks := min(max(int((after+timerTick-1)/timerTick), 1), timerSlots-1)
	if at := s.timer.slot; at != 0 {
		// A distance of 0 is the slot that is being checked now.
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

// advance moves on by one slot and returns its sessions. They stay in the slot until
// schedule moves them.
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

// runTimers checks sessions when they are due.
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

// reschedule schedules a session unless it has closed meanwhile.
func (h *Hub) reschedule(s *Session, after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateClosed {
		h.timers.schedule(s, after)
	}
}
