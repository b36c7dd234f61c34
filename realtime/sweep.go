package realtime

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// lease is the hub's permission to send events. Each sweep that succeeds renews it: it
// has found out which access and which logins have ended. Without a renewal for
// [Options.HoldAfter] the hub holds back events, since another process may have ended
// more.
type lease struct {
	last atomic.Pointer[time.Time] // when the last sweep that succeeded began

	mu sync.Mutex
	// next, when not nil, is closed by the next sweep that succeeds; guarded by mu.
	next chan struct{}
}

// leaseExpired reports whether the hub has to hold back events.
func (h *Hub) leaseExpired() bool { return time.Since(*h.lease.last.Load()) > h.opts.HoldAfter }

// awaitLease waits until events may be sent. It returns false if ctx ends before that.
func (h *Hub) awaitLease(ctx context.Context) bool {
	for h.leaseExpired() {
		next := h.nextRenewal()
		if !h.leaseExpired() {
			break // renewed before nextRenewal was called
		}
		select {
		case <-next:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// nextRenewal returns a channel that the next renewal closes.
func (h *Hub) nextRenewal() <-chan struct{} {
	l := &h.lease
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = make(chan struct{})
		h.stats.holds.Add(1)
		h.opts.Logger.Warn("holding back events: no sweep has succeeded, so access may have ended unnoticed; check the log's database and Options.Sweep", "since", *l.last.Load())
	}
	return l.next
}

// renewLease notes that the sweep which began then has succeeded.
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

// watch sweeps every HeadInterval.
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
				h.opts.Logger.Error("sweep failed", "error", err)
			}
		}
	}
}

// sweep finds out what has changed without a call to the hub: which logins have ended,
// and which topics have grown or changed their readers.
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

// hasNoStreams reports whether there are no subscriptions.
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

// streamsOf returns the streams of those topics that have subscribers.
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

// compareHeads wakes the streams whose position differs from the log's head.
func (h *Hub) compareHeads(ctx context.Context, streams []*stream) error {
	before := make([]Head, 0, len(streams))
	topics := make([]Topic, 0, len(streams))
	ready := streams[:0]
	for _, st := range streams {
		pos, generation, known := st.progress()
		if !known {
			st.wake() // it is being initialized, perhaps from an older head
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
		// The position from before the call counts: the stream may have gone on meanwhile.
		if head.Position != before[i].Position || head.Generation != before[i].Generation {
			ready[i].wake()
		}
	}
	return nil
}
