package api

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeHashTime is how long a hash takes on the fake clock of these tests.
const fakeHashTime = time.Second

// fakePasswords hash on the fake clock, two at a time.
func fakePasswords() *passwords {
	p := newPasswords()
	p.queue = newHashQueue(2)
	p.derive = func(_ string, h phcHash) []byte {
		time.Sleep(fakeHashTime)
		return make([]byte, len(h.key))
	}
	return p
}

// crowd lets n strangers ask at once, and returns how many were refused at once, when
// all others have their place in line.
func crowd(t *testing.T, p *passwords, n int, who func(i int) requester) (refused int) {
	t.Helper()
	var mu sync.Mutex
	for i := range n {
		go func() {
			_, err := p.matches(t.Context(), who(i), "a guess", p.decoy)
			if errors.Is(err, errQueueFull) {
				mu.Lock()
				defer mu.Unlock()
				refused++
			}
		}()
	}
	synctest.Wait()
	mu.Lock()
	defer mu.Unlock()
	return refused
}

// A member waits for no more than the hash that is being made, beside a thousand
// invented log-ins: from elsewhere than their address, and where the member is known
// from anywhere.
// Guarantees: D8
func TestAMemberLogsInBesideACrowd(t *testing.T) {
	oneAddress := func(int) requester { return requester{key: "203.0.113.1/32"} }
	manyAddresses := func(i int) requester { return requester{key: fmt.Sprint("203.0.", i, "/32")} }
	for name, c := range map[string]struct {
		crowd   func(int) requester
		member  requester
		refused int
	}{
		"from elsewhere":                 {oneAddress, requester{key: "198.51.100.7/32"}, 1000 - maxNetworkHashes},
		"known, from the same address":   {oneAddress, requester{key: "ben 203.0.113.1/32", known: true}, 1000 - maxNetworkHashes},
		"known, among a thousand others": {manyAddresses, requester{key: "ben device", known: true}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := fakePasswords()
				if got := crowd(t, p, 1000, c.crowd); got != c.refused {
					t.Errorf("%d were refused; want %d", got, c.refused)
				}
				begin := time.Now()
				if _, err := p.matches(t.Context(), c.member, "mine", p.decoy); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(begin); took > 2*fakeHashTime {
					t.Errorf("it took %v, of %v each", took, fakeHashTime)
				}
				time.Sleep(1000 * fakeHashTime) // until all have been served
			})
		})
	}
}

// Networks take turns, however many log-ins each has in line.
// Guarantees: D8
func TestNetworksTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := fakePasswords()
		p.queue = newHashQueue(1)
		var mu sync.Mutex
		var served []string
		for _, key := range []string{"a", "a", "a", "a", "b", "c", "b"} {
			go func() {
				if _, err := p.matches(t.Context(), requester{key: key}, "x", p.decoy); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				served = append(served, key)
			}()
			synctest.Wait() // in this order
		}
		time.Sleep(10 * fakeHashTime)
		mu.Lock()
		defer mu.Unlock()
		if got := fmt.Sprint(served); got != "[a a b c a b a]" {
			t.Errorf("served %s", got)
		}
	})
}

// Who gives up leaves the line, and no turn is lost by it, even if it has just begun.
// Guarantees: D8
func TestGivingUpATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := fakePasswords()
		p.queue = newHashQueue(1)
		for range 100 {
			ctx, cancel := context.WithTimeout(t.Context(), fakeHashTime) // when the first turn ends
			for i := range maxNetworkHashes {
				go func() { _, _ = p.matches(ctx, requester{key: "a", known: i%3 == 0}, "x", p.decoy) }()
			}
			time.Sleep(maxNetworkHashes * fakeHashTime)
			cancel()
		}
		p.queue.mu.Lock()
		defer p.queue.mu.Unlock()
		if len(p.queue.inside) != 0 || p.queue.free != 1 || len(p.queue.known.keys)+len(p.queue.others.keys) != 0 {
			t.Errorf("left behind: %d inside, %d free", len(p.queue.inside), p.queue.free)
		}
	})
}
