package memlog

import (
	"context"
	"crypto/rand"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// Defaults of [Options].
const (
	DefaultKeepCount = 1000
	DefaultKeepAge   = 72 * time.Hour
)

// Options limit what a log keeps. The zero value works.
type Options struct {
	// KeepCount is how many events of a topic stay readable; older ones are
	// trimmed. More lets a client resume after a longer absence, for memory.
	// Default [DefaultKeepCount].
	KeepCount int
	// KeepAge is how long an event stays readable. Default [DefaultKeepAge].
	KeepAge time.Duration
}

// Log is a [realtime.Log] in memory. All methods may be called from any goroutine.
type Log struct {
	opts Options // static

	mu        sync.RWMutex // guards everything below
	epoch     realtime.Epoch
	topics    map[realtime.Topic]*history
	forgotten realtime.Seq // where a topic stands that is not in topics
	changes   changes
}

// history is that of one topic: entries floor+1 … floor+len(entries).
type history struct {
	floor   realtime.Seq
	entries []realtime.Entry
	// appended is when each of the entries was appended. Their timestamps are the
	// publisher's, and may be older.
	appended   []time.Time
	generation realtime.Generation
	access     []realtime.DatedChange // in the order of their generations
}

func (h *history) head() realtime.Seq { return h.floor + realtime.Seq(len(h.entries)) }

// New returns an empty log in an epoch of its own.
func New(opts Options) *Log {
	if opts.KeepCount <= 0 {
		opts.KeepCount = DefaultKeepCount
	}
	if opts.KeepAge <= 0 {
		opts.KeepAge = DefaultKeepAge
	}
	return &Log{opts: opts, epoch: newEpoch(), topics: make(map[realtime.Topic]*history)}
}

func newEpoch() realtime.Epoch { return realtime.Epoch(rand.Text()) }

// dropped is how many of the entries are beyond the limits.
func (h *history) dropped(opts Options, now time.Time) int {
	n := max(0, len(h.entries)-opts.KeepCount)
	young := func(i int) bool { return now.Sub(h.appended[n+i]) <= opts.KeepAge }
	return n + sort.Search(len(h.appended)-n, young)
}

// trim drops the entries beyond the limits. The front of the array is freed when an append
// reallocates it.
func (h *history) trim(opts Options, now time.Time) {
	drop := h.dropped(opts, now)
	if drop == 0 {
		return
	}
	h.floor += realtime.Seq(drop)
	clear(h.entries[:drop])
	h.entries, h.appended = h.entries[drop:], h.appended[drop:]
	if len(h.entries) == 0 {
		h.entries, h.appended = nil, nil
	}
}

// Trim drops the events beyond the limits. An append does so for its own topics; call Trim
// regularly for the others.
func (l *Log) Trim() {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.topics {
		h.trim(l.opts, now)
		h.trimAccess(now.Add(-l.opts.KeepAge))
	}
}

// NewEpoch starts a new history, as a restored backup does: what came before
// counts as trimmed, and positions go on from where they were.
func (l *Log) NewEpoch() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch = newEpoch()
	for _, h := range l.topics {
		h.floor, h.entries, h.appended = h.head(), nil, nil
	}
}

// Heads implements [realtime.Log].
func (l *Log) Heads(_ context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.heads(topics), nil
}

// heads is Heads. Call it with mu held.
func (l *Log) heads(topics []realtime.Topic) []realtime.Head {
	now := time.Now()
	heads := make([]realtime.Head, len(topics))
	for i, t := range topics {
		heads[i].Epoch, heads[i].Seq, heads[i].Floor = l.epoch, l.forgotten, l.forgotten
		if h := l.topics[t]; h != nil {
			heads[i].Seq, heads[i].Floor = h.head(), h.floor+realtime.Seq(h.dropped(l.opts, now))
			heads[i].Generation = h.generation
		}
	}
	return heads
}

// Read implements [realtime.Log].
func (l *Log) Read(_ context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	h := l.topics[topic]
	switch {
	case h == nil && after < l.forgotten:
		return nil, realtime.ErrTrimmed
	case h == nil || after >= h.head():
		return nil, nil
	case after < h.floor+realtime.Seq(h.dropped(l.opts, time.Now())):
		return nil, realtime.ErrTrimmed
	}
	rest := h.entries[after-h.floor:]
	n, bytes := 0, 0
	for n < min(limit, len(rest)) && bytes < realtime.ReadBytes {
		bytes += len(rest[n].Payload)
		n++
	}
	return slices.Clone(rest[:n]), nil
}
