package api

import (
	"net/netip"
	"strings"
	"sync"
	"time"
)

// How failed logins slow the next ones down, per account and address.
const (
	// freeFailures is how many tries cost nothing: people mistype.
	freeFailures = 3
	// firstDelay follows the last of those; each further failure doubles it.
	firstDelay = time.Second
	// maxDelay is the longest delay.
	maxDelay = 5 * time.Minute
	// failureMemory is how long failures are remembered after the last one.
	failureMemory = time.Hour
	// maxThrottled is how many pairs are remembered at most.
	maxThrottled = 10_000
)

// throttle remembers failed logins.
type throttle struct {
	now func() time.Time

	mu sync.Mutex
	// Guarded by mu.
	failures map[throttleKey]failures
}

// throttleKey is an account, known or not, and where it is tried from.
type throttleKey struct {
	email string
	from  netip.Prefix
}

type failures struct {
	count int
	last  time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, failures: map[throttleKey]failures{}}
}

// keyOf folds what belongs to one person: letter case, and the low half of an
// IPv6 address.
func keyOf(email string, from netip.Addr) throttleKey {
	bits := 32
	if from.Is6() {
		bits = 64
	}
	prefix, err := from.Prefix(bits)
	if err != nil {
		prefix = netip.Prefix{}
	}
	return throttleKey{strings.ToLower(strings.TrimSpace(email)), prefix}
}

// attempt notes a try and returns 0, or returns how long to wait instead. A try
// counts as a failure until it succeeded, so that many at once gain nothing.
func (t *throttle) attempt(key throttleKey) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	f := t.failures[key]
	if wait := f.last.Add(delayAfter(f.count)).Sub(now); wait > 0 {
		return wait
	}
	if now.Sub(f.last) >= failureMemory {
		f.count = 0
	}
	t.failures[key] = failures{f.count + 1, now}
	if len(t.failures) > maxThrottled {
		t.prune(now)
	}
	return 0
}

// delayAfter returns the delay that follows a number of failures.
func delayAfter(count int) time.Duration {
	if count < freeFailures {
		return 0
	}
	delay := firstDelay
	for range count - freeFailures {
		if delay *= 2; delay >= maxDelay {
			return maxDelay
		}
	}
	return delay
}

// succeeded forgets the failures.
func (t *throttle) succeeded(key throttleKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failures, key)
}

// prune forgets what is old; if that is too little, anything. It needs mu.
func (t *throttle) prune(now time.Time) {
	for key, f := range t.failures {
		if now.Sub(f.last) >= failureMemory {
			delete(t.failures, key)
		}
	}
	for key := range t.failures {
		if len(t.failures) <= maxThrottled {
			return
		}
		delete(t.failures, key)
	}
}
