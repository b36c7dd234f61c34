package api

import (
	"context"
	"slices"
	"sync"

	"github.com/familygifting/tidings/gift"
)

// How many passwords of one claimant may wait to be hashed, the one that is being
// hashed included. More are refused at once.
const (
	// maxAddressTurns is for all accounts from one network together.
	maxAddressTurns = 8
	// maxKnownTurns is for one account on a device or at an address that it is known
	// to be used from.
	maxKnownTurns = 4
)

// errCrowd is the answer when too many passwords of a claimant wait already.
var errCrowd = gift.Errorf(codeRateLimited, "too many log-ins from your network are being checked: try again in a second")

// claimant is somebody with a password to be hashed.
type claimant struct {
	// key is what claimants take turns by: a device, or a network.
	key string
	// known says that the account is known to be used there.
	known bool
}

// turns lets a few work at the same time. Those who wait are served fairly: the known
// before all others, and among equals each key in its turn, however many it has in
// line.
type turns struct {
	mu sync.Mutex
	// Guarded by mu. While a turn is free, nobody waits.
	free          int
	known, others line
	// inside counts who waits and who works, by key.
	inside map[claimant]int
}

func newTurns(free int) *turns {
	return &turns{free: free, known: newLine(), others: newLine(), inside: make(map[claimant]int)}
}

// take returns when it is the claimant's turn, which ends with [turns.give]; or an
// error without one.
func (t *turns) take(ctx context.Context, who claimant) error {
	turn, err := t.enter(who)
	if turn == nil || err != nil {
		return err
	}
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		t.giveUp(who, turn)
		return ctx.Err()
	}
}

// enter returns nil for a turn that begins now, else what is closed when it does.
func (t *turns) enter(who claimant) (turn chan struct{}, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	most := maxAddressTurns
	if who.known {
		most = maxKnownTurns
	}
	if t.inside[who] >= most {
		return nil, errCrowd
	}
	t.inside[who]++
	if t.free > 0 {
		t.free--
		return nil, nil
	}
	turn = make(chan struct{})
	t.lineOf(who).push(who.key, turn)
	return turn, nil
}

func (t *turns) lineOf(who claimant) *line {
	if who.known {
		return &t.known
	}
	return &t.others
}

// give ends a turn, and begins the next one.
func (t *turns) give(who claimant) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leave(who)
	t.next()
}

// giveUp leaves the line; or ends the turn, which may have begun meanwhile.
func (t *turns) giveUp(who claimant, turn chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leave(who)
	if !t.lineOf(who).remove(who.key, turn) {
		t.next()
	}
}

// leave needs mu, as next does.
func (t *turns) leave(who claimant) {
	if t.inside[who]--; t.inside[who] == 0 {
		delete(t.inside, who)
	}
}

func (t *turns) next() {
	turn := t.known.pop()
	if turn == nil {
		turn = t.others.pop()
	}
	if turn == nil {
		t.free++
		return
	}
	close(turn)
}

// line is a queue in which keys take turns.
type line struct {
	keys    []string // those who have somebody waiting; the next one is first
	waiting map[string][]chan struct{}
}

func newLine() line { return line{waiting: make(map[string][]chan struct{})} }

func (l *line) push(key string, turn chan struct{}) {
	if len(l.waiting[key]) == 0 {
		l.keys = append(l.keys, key)
	}
	l.waiting[key] = append(l.waiting[key], turn)
}

// pop returns whose turn it is, nil if nobody waits.
func (l *line) pop() chan struct{} {
	if len(l.keys) == 0 {
		return nil
	}
	key := l.keys[0]
	turn := l.waiting[key][0]
	l.keys = l.keys[1:]
	if l.waiting[key] = l.waiting[key][1:]; len(l.waiting[key]) > 0 {
		l.keys = append(l.keys, key)
	} else {
		delete(l.waiting, key)
	}
	return turn
}

// remove reports whether the turn was in line.
func (l *line) remove(key string, turn chan struct{}) bool {
	at := slices.Index(l.waiting[key], turn)
	if at < 0 {
		return false
	}
	if l.waiting[key] = slices.Delete(l.waiting[key], at, at+1); len(l.waiting[key]) == 0 {
		delete(l.waiting, key)
		l.keys = slices.DeleteFunc(l.keys, func(k string) bool { return k == key })
	}
	return true
}
