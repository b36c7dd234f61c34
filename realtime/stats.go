package realtime

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Stats is what a hub has done since it started, and its present state.
type Stats struct {
	// Sessions and Topics are how many there are now, Stalled how many of the sessions
	// have a reader that does not take what waits.
	Sessions, Topics, Stalled int
	// Opened counts sessions that started, Closed those that ended, by close code:
	// CloseAbnormal where the connection broke.
	Opened uint64
	Closed map[CloseCode]uint64
	// Events counts entries sent to a topic's subscribers, Deliveries the entries times
	// their subscribers, Replayed entries sent on resumes.
	Events, Deliveries, Replayed uint64
	// Resyncs counts resyncs sent, CatchUps how often the log was read because a Deliver
	// did not follow or did not come.
	Resyncs, CatchUps uint64
	// Holds counts how often events were held back: see [Options.HoldAfter].
	Holds uint64
	// Signals counts signals, however many sessions got them.
	Signals uint64
	// Lag is a histogram of the time from the commit to the end of the round that
	// wrote an event to everyone. Where the hub had to read the log itself, the
	// event's Timestamp stands for its commit.
	Lag Histogram
}

// Histogram counts durations by size.
type Histogram struct {
	// Buckets[i] counts durations up to LagBounds[i], the smaller ones included.
	Buckets [len(LagBounds)]uint64
	// Count is how many there were, those beyond the last bound included, and Sum
	// what they add up to.
	Count uint64
	Sum   time.Duration
}

// LagBounds are the upper bounds of [Histogram]'s buckets.
var LagBounds = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second,
}

// stats counts what the hub does.
type stats struct {
	opened                       atomic.Uint64
	events, deliveries, replayed atomic.Uint64
	resyncs, catchUps, signals   atomic.Uint64
	holds                        atomic.Uint64
	lagCount                     atomic.Uint64
	lagSum                       atomic.Int64
	lag                          [len(LagBounds)]atomic.Uint64

	mu     sync.Mutex
	closed map[CloseCode]uint64 // guarded by mu
}

// Stats returns a snapshot.
func (h *Hub) Stats() Stats {
	h.mu.RLock()
	topics := len(h.streams)
	h.mu.RUnlock()
	c := &h.stats
	s := Stats{
		Topics: topics, Opened: c.opened.Load(), Events: c.events.Load(), Deliveries: c.deliveries.Load(),
		Replayed: c.replayed.Load(), Resyncs: c.resyncs.Load(), CatchUps: c.catchUps.Load(), Signals: c.signals.Load(), Holds: c.holds.Load(),
		Lag: Histogram{Count: c.lagCount.Load(), Sum: time.Duration(c.lagSum.Load())},
	}
	c.mu.Lock()
	s.Closed = maps.Clone(c.closed)
	c.mu.Unlock()
	s.Sessions = int(s.Opened)
	for _, n := range s.Closed {
		s.Sessions -= int(n)
	}
	for _, session := range h.timers.sessions() {
		if !session.conn.Stalled().IsZero() {
			s.Stalled++
		}
	}
	for i := range c.lag {
		s.Lag.Buckets[i] = c.lag[i].Load()
	}
	return s
}

// sent records a fan-out.
func (c *stats) sent(subscribers, entries int, lag time.Duration) {
	c.events.Add(uint64(entries))
	c.deliveries.Add(uint64(subscribers * entries))
	lag = max(0, lag) // the event's timestamp may be of another clock
	c.lagCount.Add(1)
	c.lagSum.Add(int64(lag))
	for i, bound := range LagBounds {
		if lag <= bound {
			c.lag[i].Add(1)
		}
	}
}

// ended records a session's close code.
func (c *stats) ended(code CloseCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed == nil {
		c.closed = make(map[CloseCode]uint64)
	}
	c.closed[code]++
}
