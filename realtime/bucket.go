package realtime

import "time"

// bucket is a token bucket.
type bucket struct {
	tokens float64
	filled time.Time
}

func newBucket(burst int, now time.Time) bucket {
	return bucket{tokens: float64(burst), filled: now}
}

// maxWait is the longest wait that take returns: with a tiny rate a Duration would
// overflow.
const maxWait = 24 * time.Hour

// take takes one token. When there is none it returns how long to wait for
// the next. A negative rate or burst has no limit.
func (b *bucket) take(now time.Time, rate float64, burst int) (wait time.Duration) {
	if rate < 0 || burst < 0 {
		return 0
	}
	b.tokens = min(b.tokens+now.Sub(b.filled).Seconds()*rate, float64(burst))
	b.filled = now
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	return time.Duration(min((1-b.tokens)/rate*float64(time.Second), float64(maxWait)))
}
