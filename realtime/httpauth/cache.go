package httpauth

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/familygifting/tidings/realtime"
)

// cache has the last decision for each request.
type cache struct {
	age time.Duration // static; negative for no cache

	mu      sync.Mutex // makes a get and the put that follows one step
	entries *lru.Cache[request, entry]
}

// entry is a cached decision.
type entry struct {
	decision
	// at is the topic's access generation that was read before the call; nil where that
	// is unknown: then only the group counts.
	at    *realtime.Generation
	asked time.Time
}

func newCache(entries int, age time.Duration) (*cache, error) {
	remembered, err := lru.New[request, entry](entries)
	return &cache{age: age, entries: remembered}, err
}

// get returns the decision at the generation, if it is cached.
func (c *cache) get(q request, at realtime.Generation) (decision, bool) {
	e, ok := c.entries.Get(q)
	return e.decision, ok && c.fresh(e) && e.at != nil && *e.at == at
}

// group returns the user's group on the canonical topic, of any generation: the hub asks
// only for subscriptions that were allowed.
func (c *cache) group(q request) (group string, ok bool) {
	e, ok := c.entries.Get(q)
	return e.group, ok && c.fresh(e)
}

// put caches a decision, unless a later call has returned already.
func (c *cache) put(q request, e entry) {
	if c.age < 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if later, ok := c.entries.Peek(q); !ok || !later.asked.After(e.asked) {
		c.entries.Add(q, e)
	}
}

// fresh reports whether an entry is still valid.
func (c *cache) fresh(e entry) bool {
	age := c.age
	if !e.allowed {
		age = min(age, DeniedAge)
	}
	return time.Since(e.asked) < age
}
