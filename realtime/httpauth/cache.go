package httpauth

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/familygifting/tidings/realtime"
)

// cacheKey is a question, and the access generation of its topic at which it was
// asked.
type cacheKey struct {
	question
	at realtime.Generation
}

// cache remembers verdicts.
type cache struct {
	age time.Duration // static; negative: nothing is remembered
	// verdicts are good for the generation in their key alone.
	verdicts *lru.Cache[cacheKey, entry]
	// groups are what was last said of a canonical topic, at any generation: only
	// those whose subscription has a verdict are asked about.
	groups *lru.Cache[question, entry]
}

// entry is a verdict, until it is too old.
type entry struct {
	verdict
	until time.Time
}

func newCache(entries int, age time.Duration) (*cache, error) {
	verdicts, err := lru.New[cacheKey, entry](entries)
	if err != nil {
		return nil, err
	}
	groups, err := lru.New[question, entry](entries)
	return &cache{age, verdicts, groups}, err
}

// get returns what was said of the question at this generation.
func (c *cache) get(key cacheKey) (verdict, bool) {
	e, ok := c.verdicts.Get(key)
	return e.verdict, ok && e.fresh()
}

// put remembers a verdict, for as long as it may count from the moment on at which
// it was asked for.
func (c *cache) put(key cacheKey, v verdict, asked time.Time) {
	if until := asked.Add(c.lifetime(v)); c.age > 0 {
		c.verdicts.Add(key, entry{v, until})
	}
}

// group returns the group in which the user meets others on the canonical topic.
func (c *cache) group(q question) (group string, ok bool) {
	e, ok := c.groups.Get(q)
	return e.verdict.group, ok && e.fresh()
}

// putGroup remembers that.
func (c *cache) putGroup(q question, v verdict, asked time.Time) {
	if q.Topic = v.canonical; c.age > 0 {
		c.groups.Add(q, entry{v, asked.Add(c.lifetime(v))})
	}
}

func (c *cache) lifetime(v verdict) time.Duration {
	if v.allowed {
		return c.age
	}
	return min(c.age, DeniedAge)
}

func (e entry) fresh() bool { return time.Now().Before(e.until) }
