package realtime

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// Hub brings the events of a [Log] to the sessions that subscribed to their
// topics. Build one with [NewHub], end it with [Hub.Drain] or [Hub.Close]. All
// methods may be called from any goroutine.
type Hub struct {
	// Locks are taken in this order: Session.mu, stream.inbox, stream.mu, group.mu,
	// Hub.groups.mu, Hub.mu, Hub.registry.mu, Hub.timers.mu, those of a Conn,
	// Hub.lease.mu, Hub.tasks.mu. A fan-out holds its stream's mu for as long as it takes, so
	// nothing that everyone needs may be held while waiting for one.

	// static after construction
	log  Log
	auth Authorizer
	opts Options
	// tracer is nil where nobody looks.
	tracer trace.Tracer
	ctx    context.Context // ends with the hub
	stop   context.CancelFunc
	tasks  taskGroup

	// revocations counts what identities lost: a subscribe or an auth that saw
	// another count when it asked asks again before it takes effect.
	revocations atomic.Uint64
	draining    atomic.Bool
	stats       stats
	lease       lease
	// asking has an element for each question that is being asked again.
	authorizeSlots chan struct{}
	// mark is what the log's changes are asked from; owned by watch.
	mark string

	mu      sync.RWMutex
	streams map[Topic]*stream // guarded by mu

	groups   groups
	registry registry
	timers   timerWheel
}

// NewHub returns a hub that is at work. It panics where one of the options makes
// no sense.
func NewHub(log Log, auth Authorizer, opts Options) *Hub {
	opts.check()
	h := &Hub{log: log, auth: auth, opts: opts.withDefaults(), streams: make(map[Topic]*stream)}
	if h.opts.Traces != nil {
		h.tracer = h.opts.Traces.Tracer(tracerName)
	}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.registry.init()
	h.authorizeSlots = make(chan struct{}, h.opts.MaxQuestions)
	now := time.Now()
	h.lease.last.Store(&now)
	h.spawn(h.watch)
	h.spawn(h.runTimers)
	return h
}

// Options returns the hub's options with their defaults filled in.
func (h *Hub) Options() Options { return h.opts }

// ErrDraining is returned by [Hub.Admit] when the hub is about to end.
var ErrDraining = errors.New("the hub is draining")

// ErrTooManySessions is returned by [Hub.Admit] when the address has as many
// sessions as it may.
var ErrTooManySessions = errors.New("too many sessions from this address")

// Admit is a transport's first call for a new connection, before it answers:
// it reserves a session for the address, or says why there is none. The
// transport then calls [Session.Attach], or [Session.Closed] when the
// connection came to nothing. The zero address is not counted.
func (h *Hub) Admit(addr netip.Addr) (*Session, error) {
	if h.draining.Load() {
		return nil, ErrDraining
	}
	if !h.registry.reserve(addr, h.opts.MaxSessionsPerAddress) {
		return nil, ErrTooManySessions
	}
	return &Session{hub: h, addr: addr}, nil
}

// Deliver hands over copies of entries that were committed, so that they go
// out at once. Whoever appends calls it right after the commit. It never waits
// for a reader, nor for the log. It is safe to call it late, twice, in another
// order, or not at all: an entry that does not follow the last one makes the
// hub read the log, and the log is compared every [Options.HeadInterval]
// anyway.
func (h *Hub) Deliver(entries []Entry) {
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].Topic == entries[0].Topic {
			n++
		}
		if st := h.lookup(entries[0].Topic); st != nil {
			st.enqueue(entries[:n])
		}
		entries = entries[n:]
	}
}

// Wake says that the topics' logs have grown, or that access to them has changed.
// It is a hint, and may be given late, twice or not at all, as [Hub.Deliver] may.
// It never waits.
func (h *Hub) Wake(topics ...Topic) {
	for _, st := range h.streamsOf(topics) {
		st.wake()
	}
}

// InUse reports whether anybody is subscribed to the topic, or about to be. What a
// log knows of such a topic should not be forgotten.
func (h *Hub) InUse(topic Topic) bool { return h.lookup(topic) != nil }

func (h *Hub) lookup(topic Topic) *stream {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.streams[topic]
}

// acquire returns the topic's stream, which stays until it is released as
// often as it was acquired.
func (h *Hub) acquire(topic Topic) *stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	st := h.streams[topic]
	if st == nil {
		st = &stream{hub: h, topic: topic}
		h.streams[topic] = st
	}
	st.refs++
	return st
}

// release gives a stream back. Who holds its lock must hold another reference.
func (h *Hub) release(st *stream) {
	h.mu.Lock()
	st.refs--
	if st.refs == 0 {
		delete(h.streams, st.topic)
	}
	h.mu.Unlock()
}

// Close ends the hub at once. Sessions are closed with CloseGoingAway; see
// [Hub.Drain] for the polite way. When it returns, none of the hub's goroutines
// runs, and neither the Log nor the Authorizer is called any more, so that both
// can be closed: it waits for the calls that are under way, having ended their
// contexts. So it must not be called by one of them.
func (h *Hub) Close() {
	h.draining.Store(true)
	for _, s := range h.timers.sessions() {
		s.close(CloseGoingAway, "")
	}
	h.stop()
	h.tasks.endAndWait()
}

// Draining reports whether the hub is about to end, so that a load balancer can
// send newcomers elsewhere.
func (h *Hub) Draining() bool { return h.draining.Load() }
