package realtime

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// Drain shuts the hub down gracefully. It admits no further sessions. It sends each
// session the time to reconnect, spread evenly over [Options.DrainWindow], writes what is
// queued, and closes it with CloseDrain. When ctx ends, it closes the others at once. The
// hub has ended when Drain returns.
func (h *Hub) Drain(ctx context.Context) {
	h.draining.Store(true)
	sessions := h.timers.sessions()
	// In random order, so that clients that connected together do not return together.
	rand.Shuffle(len(sessions), func(i, j int) { sessions[i], sessions[j] = sessions[j], sessions[i] })
	for i, s := range sessions {
		after := h.opts.DrainWindow * time.Duration(i) / time.Duration(len(sessions))
		s.send(wire.Drain{ReconnectAfter: after}.Append)
	}
	flush(ctx, sessions)
	h.Close()
}

// flush closes each session as soon as its queue is written. Only a slow reader costs a
// goroutine.
func flush(ctx context.Context, sessions []*Session) {
	var slow sync.WaitGroup
	for _, s := range sessions {
		if s.conn.Drained(atOnce, 0) == nil {
			s.close(CloseDrain, "the server is shutting down: reconnect")
			continue
		}
		slow.Go(func() {
			_ = s.conn.Drained(ctx, 0) // on an error the reader is gone or time is up: close too
			s.close(CloseDrain, "the server is shutting down: reconnect")
		})
	}
	slow.Wait()
}
