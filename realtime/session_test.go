package realtime_test

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
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
// Guarantees: A4
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

// slowConn is a fakeConn whose peer takes its time.
type slowConn struct {
	*fakeConn
	took chan struct{}
}

func (c slowConn) Drained(ctx context.Context, _ int) error {
	select {
	case <-c.took:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// While a slow reader takes its time, everyone else has been let go.
// Guarantees: L4
func TestR71ASlowReaderDelaysNobody(t *testing.T) {
	const others = 50
	inBubble(t, realtime.Options{Anonymous: true}, func(hub *realtime.Hub, _ *memlog.Log) {
		session, err := hub.Admit(netip.Addr{})
		if err != nil {
			t.Fatal(err)
		}
		slow := slowConn{&fakeConn{session: session, heard: time.Now()}, make(chan struct{})}
		session.Attach(slow)
		var quick []*fakeConn
		for range others {
			quick = append(quick, connect(t, hub, ""))
		}
		ended := make(chan struct{})
		go func() { hub.Drain(context.Background()); close(ended) }()
		synctest.Wait()
		for i, c := range quick {
			if c.closed() != realtime.CloseDrain {
				t.Fatalf("the %dth waits for the slow one", i)
			}
		}
		if slow.closed() != 0 {
			t.Errorf("the slow one was closed with %d", slow.closed())
		}
		close(slow.took)
		<-ended
		if slow.closed() != realtime.CloseDrain {
			t.Errorf("the slow one was closed with %d; want 3000", slow.closed())
		}
	})
}

// Those who came together do not return together: who is told to come back when
// has nothing to do with the order in which they came.
// Guarantees: L4
func TestR71TheOrderOfADrainIsRandom(t *testing.T) {
	const count = 50
	drain := func() (told []int64) {
		inBubble(t, realtime.Options{Anonymous: true}, func(hub *realtime.Hub, _ *memlog.Log) {
			var all []*fakeConn
			for range count {
				all = append(all, connect(t, hub, ""))
			}
			hub.Drain(context.Background())
			for _, c := range all {
				var frame struct {
					After int64 `json:"reconnect_after_ms"`
				}
				if err := json.Unmarshal([]byte(c.last()), &frame); err != nil {
					t.Fatalf("told %s: %v", c.last(), err)
				}
				told = append(told, frame.After)
			}
		})
		return told
	}
	one, other := drain(), drain()
	for name, told := range map[string][]int64{"the first": one, "the second": other} {
		sorted := slices.Sorted(slices.Values(told))
		for i, after := range sorted {
			if want := int64(i) * realtime.DefaultDrainWindow.Milliseconds() / count; after != want {
				t.Errorf("%s: the %dth returns after %d ms; want %d", name, i, after, want)
			}
		}
	}
	if slices.Equal(one, other) { // by chance once in 50!
		t.Errorf("twice in the same order: %v", one)
	}
}

// Who was admitted before a drain and attaches after it is let go at once.
func TestASessionThatSlipsIntoADrain(t *testing.T) {
	inBubble(t, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		session := admit(t, hub)
		hub.Drain(context.Background())
		c := &fakeConn{session: session, heard: time.Now()}
		session.Attach(c)
		if c.closed() != realtime.CloseGoingAway {
			t.Errorf("closed with %d; want %d", c.closed(), realtime.CloseGoingAway)
		}
	})
}
