package realtime

import (
	"testing"
	"time"
)

// A bucket that fills ever so slowly says to wait, not to go on.
func TestASlowBucket(t *testing.T) {
	now := time.Now()
	for _, rate := range []float64{1e-300, 1e-12, 1e-9, 1e-3} {
		b := newBucket(1, now)
		if wait := b.take(now, rate, 1); wait != 0 {
			t.Errorf("at %g a second the first token takes %v", rate, wait)
		}
		if wait := b.take(now, rate, 1); wait <= 0 || wait > maxWait {
			t.Errorf("at %g a second the next one takes %v; want at most %v", rate, wait, maxWait)
		}
	}
}
