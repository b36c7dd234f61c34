package ws_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// While a long history waits for its reader, the session is listened to: what it
// asks for meanwhile is answered among the pages, not behind the last.
// Guarantees: S10
func TestR26And40AnswersAmidALongReplay(t *testing.T) {
	const events = 10_000 // far more than the socket's buffers take
	for name, tls := range map[string]bool{"plain": false, "TLS": true} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, setup{tls: tls, log: memlog.Options{KeepCount: events}})
			e.commitLong("list:a", events)
			c := e.login("anna")
			answered := make(chan struct{}, 1)
			e.gate.beforeEach(func(topic realtime.Topic) {
				if topic == "list:c" {
					answered <- struct{}{}
				}
			})
			for _, ask := range []string{
				`{"action":"subscribe","topic":"list:a","since":{"epoch":"` + e.epoch() + `","seq":0}}`,
				`{"action":"ping"}`, `{"action":"subscribe","topic":"list:b"}`, `{"action":"auth","token":"anna//1h"}`,
				`{"action":"subscribe","topic":"list:c"}`,
			} {
				c.send("%s", ask)
			}
			<-answered // although nothing has been read
			var answers []string
			seq := 0
			for len(answers) < 5 {
				m := c.read()
				if m.Type != "event" {
					answers = append(answers, m.Type)
				} else if seq++; m.Seq != seq {
					t.Fatalf("%d in the place of %d", m.Seq, seq)
				}
			}
			if got := strings.Join(answers, " "); got != "subscribed pong subscribed hello subscribed" {
				t.Errorf("answered %s", got)
			}
			if seq > events/2 {
				t.Errorf("the last answer came behind %d of %d events", seq, events)
			}
		})
	}
}

// commitLong appends events of 2 KB each.
func (e *env) commitLong(topic realtime.Topic, n int) {
	long := make([]realtime.Event, n)
	for i := range long {
		long[i] = realtime.Event{Topic: topic, Type: realtime.Added, EntityID: "e", Payload: json.RawMessage(`"` + strings.Repeat("x", 2000) + `"`)}
	}
	e.log.Append(long...)
}

// A replay waits for its reader as long as any write does. What is live for the
// same session comes on top, and may not wait without a bound either.
// Guarantees: S10
func TestR55AReplayToAReaderThatTakesNothing(t *testing.T) {
	const events = 10_000
	for name, c := range map[string]struct {
		options realtime.Options
		publish int
	}{
		"too long":              {realtime.Options{WriteTimeout: 500 * time.Millisecond, PingInterval: time.Hour}, 0},
		"too much that is live": {realtime.Options{WriteTimeout: time.Hour, PingInterval: time.Hour, QueueBytes: 256 << 10}, 2000}, // more than the queue, however little of the replay waits
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, setup{options: c.options, log: memlog.Options{KeepCount: events}})
			e.commitLong("list:a", events)
			anna := e.login("anna")
			anna.subscribe("list:b")
			anna.resume("list:a", e.epoch(), 0)
			closed := func() bool { return e.hub.Stats().Closed[realtime.CloseSlowConsumer] == 1 }
			waitFor(t, func() bool { return e.hub.Stats().Stalled == 1 || closed() })
			if c.publish > 0 {
				if closed() {
					t.Error("the replay alone filled the queue")
				}
				e.publish("list:b", c.publish)
			}
			waitFor(t, closed)
			waitFor(t, func() bool { return e.hub.Stats().Topics == 0 })
		})
	}
}
