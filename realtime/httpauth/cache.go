package httpauth

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/familygifting/tidings/realtime"
)

// cache remembers the last answer to each question.
type cache struct {
	age time.Duration // static; negative: nothing is remembered

	mu      sync.Mutex // guards entries between a look and what follows it
	entries *lru.Cache[question, entry]
}

// entry is what was last said of a question.
type entry struct {
	verdict
	// at is the topic's access generation that was read before it was asked. nil
	// where nobody knows: then it says nothing of the right to read.
	at    *realtime.Generation
	asked time.Time
}

func newCache(entries int, age time.Duration) (*cache, error) {
	remembered, err := lru.New[question, entry](entries)
	return &cache{age: age, entries: remembered}, err
}

// get returns what was said of the question, at this generation.
func (c *cache) get(q question, at realtime.Generation) (verdict, bool) {
	e, ok := c.entries.Get(q)
	return e.verdict, ok && c.fresh(e) && e.at != nil && *e.at == at
}

// group returns the group in which the user meets others on the canonical topic. It
// is that of any generation: only those whose subscription has a verdict are asked
// about.
func (c *cache) group(q question) (group string, ok bool) {
	e, ok := c.entries.Get(q)
	return e.group, ok && c.fresh(e)
}

// put remembers an answer, unless a later question has been answered already.
func (c *cache) put(q question, e entry) {
	if c.age < 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if later, ok := c.entries.Peek(q); !ok || !later.asked.After(e.asked) {
		c.entries.Add(q, e)
	}
}

// fresh reports whether an entry still counts.
func (c *cache) fresh(e entry) bool {
	age := c.age
	if !e.allowed {
		age = min(age, DeniedAge)
	}
	return time.Since(e.asked) < age
}
