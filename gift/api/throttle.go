package api

import (
	"net/netip"
	"strings"
	"sync"
	"time"
)

// How failed logins slow the next ones down. They count twice: per account and
// address, and, softer, per account over all addresses, so that an attacker
// with many addresses cannot guess one account. The second count spares the addresses
// that the account has been used from, and its delays are short: a stranger must not
// be able to lock a family out.
const (
	// freeFailures is how many tries from one address cost nothing: people mistype.
	freeFailures = 3
	// firstDelay follows the last of those; each further failure doubles it.
	firstDelay = time.Second
	// maxDelay is the longest delay for an account at one address.
	maxDelay = 5 * time.Minute
	// freeAccountFailures is how many tries from all unknown addresses together
	// cost nothing.
	freeAccountFailures = 30
	// maxAccountDelay is the longest delay for an account at an unknown address:
	// at most 8,640 guesses a day from all over the world.
	maxAccountDelay = 10 * time.Second
	// failureMemory is how long failures are remembered after the last one.
	failureMemory = time.Hour
	// addressMemory is how long an address counts as known to an account after it
	// was last used from there. A restart forgets it; the next refresh restores it.
	addressMemory = 30 * 24 * time.Hour
	// maxThrottled is how many pairs, accounts and known addresses are
	// remembered at most, each.
	maxThrottled = 10_000
)

// throttle remembers failed logins, and where accounts are used from.
type throttle struct {
	now func() time.Time

	mu sync.Mutex
	// Guarded by mu.
	pairs    map[throttleKey]failures
	accounts map[string]failures
	known    map[throttleKey]time.Time
}

// throttleKey is an account, known or not, and where it is tried from: a network, or a
// device that has a mark for the account.
type throttleKey struct {
	email  string
	from   netip.Prefix
	device string
}

type failures struct {
	count int
	last  time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{
		now:      now,
		pairs:    map[throttleKey]failures{},
		accounts: map[string]failures{},
		known:    map[throttleKey]time.Time{},
	}
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
	return throttleKey{email: foldEmail(email), from: prefix}
}

// foldEmail is what all spellings of an address have in common.
func foldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// attempt notes a try and returns 0, or returns how long to wait instead. A try
// counts as a failure until it succeeded, so that many at once gain nothing.
func (t *throttle) attempt(key throttleKey) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	pair := t.pairs[key].asOf(now)
	wait := pair.wait(now, freeFailures, maxDelay)
	stranger := !t.isKnown(key, now)
	var account failures
	if stranger {
		account = t.accounts[key.email].asOf(now)
		wait = max(wait, account.wait(now, freeAccountFailures, maxAccountDelay))
	}
	if wait > 0 {
		return wait
	}
	t.pairs[key] = failures{pair.count + 1, now}
	if stranger {
		t.accounts[key.email] = failures{account.count + 1, now}
	}
	t.prune(now)
	return 0
}

// asOf forgets failures that are too long ago.
func (f failures) asOf(now time.Time) failures {
	if now.Sub(f.last) >= failureMemory {
		return failures{}
	}
	return f
}

// wait returns how long the next try has to wait.
func (f failures) wait(now time.Time, free int, most time.Duration) time.Duration {
	if f.count < free {
		return 0
	}
	return max(0, f.last.Add(delayAfter(f.count-free, most)).Sub(now))
}

// delayAfter returns the delay that follows the free failures and some more.
func delayAfter(more int, most time.Duration) time.Duration {
	delay := firstDelay
	for range more {
		if delay *= 2; delay >= most {
			return most
		}
	}
	return delay
}

// succeeded forgets the failures at an address, and takes back the try that it
// was for the account: the failures from elsewhere are not its owner's.
func (t *throttle) succeeded(key throttleKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.pairs, key)
	t.forgive(key)
}

// used notes that an account is used from an address, by its owner.
func (t *throttle) used(key throttleKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.known[key] = now
	t.prune(now)
}

// takeBack undoes an attempt whose password was not looked at.
func (t *throttle) takeBack(key throttleKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if pair, ok := t.pairs[key]; ok {
		pair.count--
		t.pairs[key] = pair
	}
	t.forgive(key)
}

// forgive takes the latest try back that counts for the account. It needs mu.
func (t *throttle) forgive(key throttleKey) {
	if account, ok := t.accounts[key.email]; ok && !t.isKnown(key, t.now()) {
		account.count--
		t.accounts[key.email] = account
	}
}

// knows reports whether an account is known to be used from there.
func (t *throttle) knows(key throttleKey) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.isKnown(key, t.now())
}

// isKnown reports whether an account was used from a device or an address. It needs mu.
func (t *throttle) isKnown(key throttleKey, now time.Time) bool {
	if key.device != "" {
		return true
	}
	last, ok := t.known[key]
	return ok && now.Sub(last) < addressMemory
}

// prune bounds what is remembered. It needs mu.
func (t *throttle) prune(now time.Time) {
	pruneMap(t.pairs, maxThrottled, func(f failures) bool { return f.asOf(now).count == 0 })
	pruneMap(t.accounts, maxThrottled, func(f failures) bool { return f.asOf(now).count == 0 })
	pruneMap(t.known, maxThrottled, func(last time.Time) bool { return now.Sub(last) >= addressMemory })
}

// pruneMap forgets what is old where a map has become too large; if that is too
// little, anything.
func pruneMap[K comparable, V any](m map[K]V, most int, old func(V) bool) {
	if len(m) <= most {
		return
	}
	for key, v := range m {
		if old(v) {
			delete(m, key)
		}
	}
	for key := range m {
		if len(m) <= most {
			return
		}
		delete(m, key)
	}
}
