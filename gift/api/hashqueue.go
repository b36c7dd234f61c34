package api

import (
	"context"
	"slices"
	"sync"

	"github.com/familygifting/tidings/gift"
)

// How many passwords of one requester may wait to be hashed, including the one that is
// being hashed. Further ones are refused at once.
const (
	// maxNetworkHashes is for all accounts from one network together.
	maxNetworkHashes = 8
	// maxKnownHashes is for one account on a device or at an address that it is known
	// to be used from.
	maxKnownHashes = 4
)

// errQueueFull is the answer when too many passwords of a requester wait already.
var errQueueFull = gift.Errorf(codeRateLimited, "too many log-ins from your network are being checked: try again in a second")

// requester is the source of passwords to be hashed.
type requester struct {
	// key names a device or a network.
	key string
	// known is true if the account is known to be used there.
	known bool
}

// hashQueue bounds how many passwords are hashed at once. Known requesters are served
// before all others; among equals it is round robin by key, however many passwords
// each has waiting.
type hashQueue struct {
	mu sync.Mutex
	// Guarded by mu. While a slot is free, no requester waits.
	free          int
	known, others roundRobin
	// inside counts the waiting and the running hashes of each requester.
	inside map[requester]int
}

func newHashQueue(slots int) *hashQueue {
	return &hashQueue{free: slots, known: newRoundRobin(), others: newRoundRobin(), inside: make(map[requester]int)}
}

// acquire waits for a slot, which ends with [hashQueue.release]; with an error there
// is none.
func (q *hashQueue) acquire(ctx context.Context, by requester) error {
	ready, err := q.enter(by)
	if ready == nil || err != nil {
		return err
	}
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		q.cancel(by, ready)
		return ctx.Err()
	}
}

// enter returns nil for a slot that is free now, else a channel that is closed when
// one is.
func (q *hashQueue) enter(by requester) (ready chan struct{}, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	most := maxNetworkHashes
	if by.known {
		most = maxKnownHashes
	}
	if q.inside[by] >= most {
		return nil, errQueueFull
	}
	q.inside[by]++
	if q.free > 0 {
		q.free--
		return nil, nil
	}
	ready = make(chan struct{})
	q.waitersOf(by).push(by.key, ready)
	return ready, nil
}

func (q *hashQueue) waitersOf(by requester) *roundRobin {
	if by.known {
		return &q.known
	}
	return &q.others
}

// release frees a slot for the next waiter.
func (q *hashQueue) release(by requester) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.leave(by)
	q.next()
}

// cancel stops waiting. A slot that became free meanwhile goes to the next waiter.
func (q *hashQueue) cancel(by requester, ready chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.leave(by)
	if !q.waitersOf(by).remove(by.key, ready) {
		q.next()
	}
}

// leave needs mu, as next does.
func (q *hashQueue) leave(by requester) {
	if q.inside[by]--; q.inside[by] == 0 {
		delete(q.inside, by)
	}
}

func (q *hashQueue) next() {
	ready := q.known.pop()
	if ready == nil {
		ready = q.others.pop()
	}
	if ready == nil {
		q.free++
		return
	}
	close(ready)
}

// roundRobin is a queue that serves its keys in turn.
type roundRobin struct {
	keys    []string // with waiters; the next one is first
	waiting map[string][]chan struct{}
}

func newRoundRobin() roundRobin { return roundRobin{waiting: make(map[string][]chan struct{})} }

func (r *roundRobin) push(key string, ready chan struct{}) {
	if len(r.waiting[key]) == 0 {
		r.keys = append(r.keys, key)
	}
	r.waiting[key] = append(r.waiting[key], ready)
}

// pop returns the next waiter, or nil.
func (r *roundRobin) pop() chan struct{} {
	if len(r.keys) == 0 {
		return nil
	}
	key := r.keys[0]
	ready := r.waiting[key][0]
	r.keys = r.keys[1:]
	if r.waiting[key] = r.waiting[key][1:]; len(r.waiting[key]) > 0 {
		r.keys = append(r.keys, key)
	} else {
		delete(r.waiting, key)
	}
	return ready
}

// remove reports whether the waiter was in the queue.
func (r *roundRobin) remove(key string, ready chan struct{}) bool {
	at := slices.Index(r.waiting[key], ready)
	if at < 0 {
		return false
	}
	if r.waiting[key] = slices.Delete(r.waiting[key], at, at+1); len(r.waiting[key]) == 0 {
		delete(r.waiting, key)
		r.keys = slices.DeleteFunc(r.keys, func(k string) bool { return k == key })
	}
	return true
}
