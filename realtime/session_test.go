package realtime_test

import (
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// stallAgain has the connection stall anew every second.
func (c *fakeConn) stallAgain(seconds int) {
	for range seconds {
		c.mu.Lock()
		c.stalled = time.Now()
		c.mu.Unlock()
		c.session.Stalling()
		time.Sleep(time.Second)
	}
}

// A reader that stops again and again puts off none of its other deadlines.
func TestR7StallingPutsNothingOff(t *testing.T) {
	inBubble(t, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		stranger := connect(t, hub, "")
		stranger.stallAgain(11)
		if got := stranger.closed(); got != realtime.CloseAuthTimeout {
			t.Errorf("closed with %d after 11 s without auth; want 3006", got)
		}
		dead := connect(t, hub, "anna")
		dead.stallAgain(35)
		if got := dead.closed(); got != realtime.ClosePingTimeout || dead.pinged() != 1 {
			t.Errorf("closed with %d after 35 s of silence and %d pings; want 3002 after one", got, dead.pinged())
		}
	})
}
