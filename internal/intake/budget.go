// Package intake reads the bodies of requests within a budget, so that no crowd of
// them fills the memory of the process.
package intake

import (
	"errors"
	"io"
	"sync"
)

// Errors of [Budget.Read], besides the reader's own.
var (
	ErrTooLarge = errors.New("the body is too large")
	ErrBusy     = errors.New("too many bodies are being read at the moment")
)

// RetryAfter is how many seconds a sender may wait after [ErrBusy].
const RetryAfter = "1"

// firstBytes is the room that a body begins with. It grows as bytes arrive: what is
// only announced costs nothing.
const firstBytes = 512

// Budget bounds the bytes of all bodies that are held at the same time, of everybody
// and of each sender. It may be used from any goroutine.
type Budget struct {
	total, share int64 // static

	mu   sync.Mutex
	held int64            // guarded by mu
	by   map[string]int64 // guarded by mu
}

// NewBudget returns a budget of so many bytes, of which one sender may hold a share.
func NewBudget(total, share int64) *Budget {
	return &Budget{total: total, share: share, by: make(map[string]int64)}
}

// Read reads a body of at most limit bytes to its end. The body counts until release
// is called, which is never nil.
func (b *Budget) Read(body io.Reader, sender string, limit int64) (read []byte, release func(), err error) {
	var buf []byte
	release = func() { b.giveBack(sender, int64(cap(buf))) }
	for {
		if len(buf) == cap(buf) {
			size := min(max(firstBytes, 2*int64(cap(buf))), limit+1)
			if !b.take(sender, size-int64(cap(buf))) {
				return nil, release, ErrBusy
			}
			buf = append(make([]byte, 0, size), buf...)
		}
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > limit:
			return nil, release, ErrTooLarge
		case errors.Is(err, io.EOF):
			return buf, release, nil
		case err != nil:
			return nil, release, err
		}
	}
}

// Held is how many bytes are held.
func (b *Budget) Held() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held
}

func (b *Budget) take(sender string, n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held+n > b.total || b.by[sender]+n > b.share {
		return false
	}
	b.held += n
	b.by[sender] += n
	return true
}

func (b *Budget) giveBack(sender string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held -= n
	if b.by[sender] -= n; b.by[sender] <= 0 {
		delete(b.by, sender)
	}
}
