package realtime

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// Drain ends the hub politely. No session is admitted any more; each one is
// told when to come back, spread evenly over [Options.DrainWindow]; what is
// queued is written; then it is closed with CloseDrain. When ctx ends first,
// the rest is cut short. Either way the hub has ended when Drain returns.
func (h *Hub) Drain(ctx context.Context) {
	h.draining.Store(true)
	sessions := h.timers.sessions()
	// In random order, so that those who came together do not return together.
	rand.Shuffle(len(sessions), func(i, j int) { sessions[i], sessions[j] = sessions[j], sessions[i] })
	for i, s := range sessions {
		after := h.opts.DrainWindow * time.Duration(i) / time.Duration(len(sessions))
		s.send(wire.Drain{ReconnectAfter: after}.Append)
	}
	flush(ctx, sessions)
	h.Close()
}

// flush closes each session as soon as its queue is written. Only who is slow
// costs a goroutine, and nobody waits for them but the drain.
func flush(ctx context.Context, sessions []*Session) {
	var slow sync.WaitGroup
	for _, s := range sessions {
		if s.conn.Drained(atOnce, 0) == nil {
			s.close(CloseDrain, "the server shuts down")
			continue
		}
		slow.Go(func() {
			_ = s.conn.Drained(ctx, 0) // the reader is gone, or time is up: closed all the same
			s.close(CloseDrain, "the server shuts down")
		})
	}
	slow.Wait()
}
