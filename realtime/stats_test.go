package realtime_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/wire"
)

// heavyConn is a fakeConn that takes its time for each write.
type heavyConn struct {
	*fakeConn
	takes time.Duration
}

func (c *heavyConn) Send(b *wire.Batch, first int, topic realtime.Topic) {
	time.Sleep(c.takes)
	c.fakeConn.Send(b, first, topic)
}

// The lag goes from the moment that the hub is told of a commit to the end of the
// round that wrote the event; where nobody told it, from the event's own time.
// Guarantees: L3
func TestTheLagIsMeasured(t *testing.T) {
	event := realtime.Event{Topic: "user:anna", Type: realtime.Added, EntityID: "1"}
	for name, c := range map[string]struct {
		commit func(hub *realtime.Hub, log *memlog.Log)
		want   time.Duration
	}{
		"told":     {func(hub *realtime.Hub, log *memlog.Log) { hub.Deliver(log.Append(event)) }, 30 * time.Millisecond},
		"not told": {func(_ *realtime.Hub, log *memlog.Log) { log.Append(event) }, 430 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, realtime.Options{HeadInterval: time.Second}, func(hub *realtime.Hub, log *memlog.Log) {
				session := admit(t, hub)
				conn := &heavyConn{fakeConn: &fakeConn{session: session, heard: time.Now()}}
				session.Attach(conn)
				for _, message := range []string{`{"action":"auth","token":"anna"}`, `{"action":"subscribe","topic":"user:anna"}`} {
					session.Receive([]byte(message))
				}
				time.Sleep(600 * time.Millisecond) // heads are compared 400 ms later
				synctest.Wait()
				conn.takes = 30 * time.Millisecond
				c.commit(hub, log)
				time.Sleep(time.Second)
				lag := hub.Stats().Lag
				if lag.Count != 1 || lag.Sum != c.want {
					t.Errorf("%d with a lag of %v; want one with %v", lag.Count, lag.Sum, c.want)
				}
				for i, bound := range realtime.LagBounds {
					if want := bound >= c.want; (lag.Buckets[i] == 1) != want {
						t.Errorf("%d in the bucket up to %v", lag.Buckets[i], bound)
					}
				}
			})
		})
	}
}
