package realtime

import (
	"sync/atomic"
	"time"
)

// stats counts what the hub does.
type stats struct {
	opened, closed      atomic.Uint64
	events, deliveries  atomic.Uint64
	replayed, resyncs   atomic.Uint64
	catchUps, signals   atomic.Uint64
	slow, pingTimeouts  atomic.Uint64
	lastLag, lagSamples atomic.Int64
}

// sent records a fan-out.
func (c *stats) sent(subscribers int, entries []Entry, now time.Time) {
	c.events.Add(uint64(len(entries)))
	c.deliveries.Add(uint64(subscribers * len(entries)))
	c.lastLag.Store(int64(now.Sub(entries[0].Timestamp)))
	c.lagSamples.Add(1)
}

// closing records why the hub closes a session.
func (c *stats) closing(code CloseCode) {
	switch code {
	case CloseSlowConsumer:
		c.slow.Add(1)
	case ClosePingTimeout:
		c.pingTimeouts.Add(1)
	}
}
