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

// Hub sends the events of a [Log] to the sessions that subscribed to their topics. Create
// one with [NewHub], end it with [Hub.Drain] or [Hub.Close]. All methods may be called from
// any goroutine.
type Hub struct {
	// Locks are taken in this order: Session.mu, stream.inbox, stream.mu, group.mu,
	// Hub.groups.mu, Hub.mu, Hub.registry.mu, Hub.timers.mu, those of a Conn,
	// Hub.lease.mu, Hub.tasks.mu. A fan-out holds its stream's mu throughout, so no lock that
	// all streams share may be held while waiting for one of them.

	// static after construction
	log  Log
	auth Authorizer
	opts Options
	// tracer is nil without Options.Traces.
	tracer trace.Tracer
	ctx    context.Context // ends with the hub
	stop   context.CancelFunc
	tasks  taskGroup

	// revocations counts calls that end an identity or a right. A subscribe or an auth
	// decides again before it takes effect if the count has changed since it asked.
	revocations atomic.Uint64
	draining    atomic.Bool
	stats       stats
	lease       lease
	// authorizeSlots has an element for each authorization of spawnLimited.
	authorizeSlots chan struct{}
	// mark is where the next call of Watcher.Changed starts; owned by watch.
	mark string

	mu      sync.RWMutex
	streams map[Topic]*stream // guarded by mu

	groups   groups
	registry registry
	timers   timerWheel
}

// NewHub returns a running hub. It panics if an option is invalid.
func NewHub(log Log, auth Authorizer, opts Options) *Hub {
	opts.check()
	h := &Hub{log: log, auth: auth, opts: opts.withDefaults(), streams: make(map[Topic]*stream)}
	if h.opts.Traces != nil {
		h.tracer = h.opts.Traces.Tracer(tracerName)
	}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.registry.init()
	h.authorizeSlots = make(chan struct{}, h.opts.MaxAuthorizations)
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

// Admit is a transport's first call for a new connection, before it answers the handshake.
// It reserves a session for the address, or returns [ErrDraining] or
// [ErrTooManySessions]. The transport then calls [Session.Attach], or [Session.Closed] if
// the handshake fails. The zero address is not counted.
func (h *Hub) Admit(addr netip.Addr) (*Session, error) {
	if h.draining.Load() {
		return nil, ErrDraining
	}
	if !h.registry.reserve(addr, h.opts.MaxSessionsPerAddress) {
		return nil, ErrTooManySessions
	}
	return &Session{hub: h, addr: addr}, nil
}

// Deliver passes copies of committed entries to the hub, which sends them at once. Call it
// right after the commit. It waits neither for a reader nor for the log. It may be called
// late, twice, in another order or not at all: an entry that does not follow the last one
// makes the hub read the log, and every [Options.HeadInterval] the hub compares its
// positions with the log.
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

// Wake has the hub read the topics' logs, which have grown or whose access has changed. It
// is a hint, and may be called late, twice or not at all, as [Hub.Deliver] may. It never
// waits.
func (h *Hub) Wake(topics ...Topic) {
	for _, st := range h.streamsOf(topics) {
		st.wake()
	}
}

// InUse reports whether the topic has subscriptions, or is about to. A log should not
// forget such a topic.
func (h *Hub) InUse(topic Topic) bool { return h.lookup(topic) != nil }

func (h *Hub) lookup(topic Topic) *stream {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.streams[topic]
}

// acquire returns the topic's stream. Each call needs one of release.
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

// release drops a reference. A caller that holds the stream's lock must hold another one.
func (h *Hub) release(st *stream) {
	h.mu.Lock()
	st.refs--
	if st.refs == 0 {
		delete(h.streams, st.topic)
	}
	h.mu.Unlock()
}

// Close ends the hub at once, and its sessions with CloseGoingAway; [Hub.Drain] does it
// gracefully. Close ends the contexts of running calls and waits for them. When it
// returns, no goroutine of the hub runs, and neither the Log nor the Authorizer is called
// any more, so that both can be closed. They must not call Close themselves.
func (h *Hub) Close() {
	h.draining.Store(true)
	for _, s := range h.timers.sessions() {
		s.close(CloseGoingAway, "")
	}
	h.stop()
	h.tasks.endAndWait()
}

// Draining reports whether the hub is about to end, so that a load balancer can send new
// connections elsewhere.
func (h *Hub) Draining() bool { return h.draining.Load() }
