package ws

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// held is a socket that notes when its descriptor is given back.
type held struct {
	paper
	closed atomic.Bool
}

func (s *held) close() { s.closed.Store(true) }

// heldWall is one that takes nothing.
type heldWall struct{ held }

func (*heldWall) write([]byte) (int, error) { return 0, errAgain }

// A peer that never answers a close, or does not even read it, keeps its
// descriptor for 2 s and no longer.
func TestAPeerThatDoesNotAnswerAClose(t *testing.T) {
	silent, deaf := new(held), new(heldWall)
	for name, c := range map[string]struct {
		socket starter
		closed *atomic.Bool
	}{"silent": {silent, &silent.closed}, "deaf": {deaf, &deaf.closed}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := &Conn{limits: Limits{QueueBytes: 1 << 20}, end: make(verdict, 1), socket: c.socket}
				conn.Close(realtime.CloseDrain, "")
				time.Sleep(2*time.Second - time.Millisecond)
				if c.closed.Load() {
					t.Error("it had no time to answer")
				}
				time.Sleep(time.Millisecond)
				synctest.Wait()
				if !c.closed.Load() {
					t.Error("its descriptor is kept")
				}
			})
		})
	}
}
