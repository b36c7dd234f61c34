package realtime

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// contact is when the hub last knew what had ended: who had lost their access, and
// whose login was over. A hub that has not known for [Options.HoldAfter] holds
// back events, since another process may have ended more.
type lease struct {
	last atomic.Pointer[time.Time] // when the last sweep that succeeded began

	mu sync.Mutex
	// next, when not nil, is closed by the next sweep that succeeds; guarded by mu.
	next chan struct{}
}

// lost reports whether the hub has to hold back events.
func (h *Hub) leaseExpired() bool { return time.Since(*h.lease.last.Load()) > h.opts.HoldAfter }

// awaitLease waits until events may be sent. It returns false where ctx ends
// before that.
func (h *Hub) awaitLease(ctx context.Context) bool {
	for h.leaseExpired() {
		next := h.nextRenewal()
		if !h.leaseExpired() {
			break // a sweep has succeeded before it was asked to say so
		}
		select {
		case <-next:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// nextRenewal returns what the next sweep that succeeds closes.
func (h *Hub) nextRenewal() <-chan struct{} {
	l := &h.lease
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = make(chan struct{})
		h.stats.holds.Add(1)
		h.opts.Logger.Warn("holding back events: nobody knows what has ended", "since", *l.last.Load())
	}
	return l.next
}

// touched notes that a sweep has succeeded, and when it began.
func (h *Hub) renewLease(begun time.Time) {
	l := &h.lease
	l.last.Store(&begun)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil && !h.leaseExpired() {
		close(l.next)
		l.next = nil
		h.opts.Logger.Info("sending events again")
	}
}

// watch sweeps again and again.
func (h *Hub) watch() {
	ticker := time.NewTicker(h.opts.HeadInterval)
	defer ticker.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-ticker.C:
			begun := time.Now()
			if err := h.sweep(); err == nil {
				h.renewLease(begun)
			} else if h.ctx.Err() == nil {
				h.opts.Logger.Error("asking what has changed", "error", err)
			}
		}
	}
}

// sweep finds out what has changed without a word: whose logins have ended, and
// which topics have grown or changed their readers.
func (h *Hub) sweep() error {
	ctx, cancel := h.callContext()
	defer cancel()
	if h.opts.Sweep != nil {
		if err := h.opts.Sweep(ctx); err != nil {
			return err
		}
	}
	watcher, ok := h.log.(Watcher)
	switch {
	case h.hasNoStreams():
		return nil
	case !ok:
		return h.compareHeads(ctx, h.allStreams())
	}
	topics, next, all, err := watcher.Changed(ctx, h.mark)
	if err != nil {
		return err
	}
	streams := h.streamsOf(topics)
	if all {
		streams = h.allStreams()
	}
	if err := h.compareHeads(ctx, streams); err != nil {
		return err
	}
	h.mark = next
	return nil
}

// hasNoStreams reports whether nobody subscribes to anything.
func (h *Hub) hasNoStreams() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.streams) == 0
}

func (h *Hub) allStreams() []*stream {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Collect(maps.Values(h.streams))
}

// streamsOf returns those of the topics that have subscribers.
func (h *Hub) streamsOf(topics []Topic) (streams []*stream) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, topic := range topics {
		if st := h.streams[topic]; st != nil {
			streams = append(streams, st)
		}
	}
	return streams
}

// compareHeads has those streams read the log that do not stand where it does.
func (h *Hub) compareHeads(ctx context.Context, streams []*stream) error {
	before := make([]Head, 0, len(streams))
	topics := make([]Topic, 0, len(streams))
	ready := streams[:0]
	for _, st := range streams {
		pos, generation, known := st.progress()
		if !known {
			st.wake() // it is about to begin with a head that may be out of date
			continue
		}
		ready, topics = append(ready, st), append(topics, st.topic)
		before = append(before, Head{Position: pos, Generation: generation})
	}
	if len(topics) == 0 {
		return nil
	}
	heads, err := h.log.Heads(ctx, topics)
	if err != nil {
		return err
	}
	for i, head := range heads {
		// Compared with where the stream stood before the question, since it may
		// have gone on meanwhile.
		if head.Position != before[i].Position || head.Generation != before[i].Generation {
			ready[i].wake()
		}
	}
	return nil
}
