package realtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// slowReader is a Conn that has the test do something whenever a replay waits
// for room.
type slowReader struct {
	fakeConn
	waits  int
	onWait func(n int)
}

func (c *slowReader) Drained(ctx context.Context, _ int) error {
	if ctx.Err() != nil {
		return nil // there is room for the first page
	}
	c.waits++
	c.onWait(c.waits)
	return nil
}

// replayed resumes a topic of events, six to a page, from its beginning. Call it
// in a bubble.
func replayed(t *testing.T, hub *realtime.Hub, log *memlog.Log, onWait func(n int)) *slowReader {
	t.Helper()
	payload := json.RawMessage(`"` + strings.Repeat("x", 14) + `"`)
	var epoch realtime.Epoch
	for range events {
		epoch = log.Append(realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "e", Payload: payload})[0].Epoch
	}
	c := &slowReader{onWait: onWait}
	session := admit(t, hub)
	c.session = session
	session.Attach(c)
	session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":0}}`, epoch))
	synctest.Wait()
	return c
}

const (
	events    = 40
	pageBytes = 6 * 200
)

// Whatever is asked again in the midst of a replay, no page of it is lost.
// Guarantees: S4
func TestR43AWithdrawalInAReplayLosesNoPage(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		var hub *realtime.Hub
		asked := 0
		auth := &fakeAuth{authorize: func(realtime.Identity, realtime.Topic) error {
			if asked++; asked == 2 { // asked again in mid-replay, and again while it is
				hub.Recheck("list:a")
			}
			return nil
		}}
		log := memlog.New(memlog.Options{})
		hub = realtime.NewHub(log, auth, realtime.Options{Logger: quiet(), Anonymous: true, QueueBytes: 4 * pageBytes})
		defer hub.Close()
		c := replayed(t, hub, log, func(n int) {
			if n == 1 {
				hub.Recheck("list:a")
			}
		})
		if len(c.got) != 2+events {
			t.Fatalf("%d messages; want hello, subscribed, and %d events", len(c.got), events)
		}
		for i, m := range c.got[2:] {
			if !strings.HasSuffix(m, fmt.Sprintf(`,"seq":%d}`, i+1)) {
				t.Fatalf("in the place of event %d came %s", i+1, m)
			}
		}
		if asked < 3 {
			t.Errorf("asked %d times; want again after each withdrawal", asked)
		}
	})
}

// A replay whose access was withdrawn ends as revoked, and the client removes
// the data; where nobody knows, the connection ends and the client asks again.
// Guarantees: S8, A23
func TestR54AReplayThatIsAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		refusal error
		revoked bool
		closed  realtime.CloseCode
	}{
		"refused":      {realtime.ErrForbidden, true, 0},
		"nobody knows": {errors.New("the database is away"), false, realtime.CloseInternal},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var refusal error
				auth := &fakeAuth{authorize: func(realtime.Identity, realtime.Topic) error { return refusal }}
				log := memlog.New(memlog.Options{})
				hub := realtime.NewHub(log, auth, realtime.Options{Logger: quiet(), Anonymous: true, QueueBytes: 4 * pageBytes})
				defer hub.Close()
				conn := replayed(t, hub, log, func(n int) {
					if n == 1 {
						refusal = c.refusal
						hub.Recheck("list:a")
					}
				})
				if conn.closed() != c.closed {
					t.Errorf("closed with %d; want %d", conn.closed(), c.closed)
				}
				if got := strings.Contains(conn.last(), `"revoked"`); got != c.revoked {
					t.Errorf("the last message is %s; revoked is wanted: %t", conn.last(), c.revoked)
				}
			})
		})
	}
}

// distantLog is a Log that takes its time.
type distantLog struct{ *memlog.Log }

const distance = 10 * time.Millisecond

func (l distantLog) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	time.Sleep(distance)
	return l.Log.Heads(ctx, topics)
}

func (l distantLog) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	time.Sleep(distance)
	return l.Log.HeadsAndRights(ctx, user, topics)
}

func (l distantLog) Read(ctx context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	defer time.Sleep(distance)
	return l.Log.Read(ctx, topic, after, limit)
}

// A position that the stream was not told of yet is looked for in the log. The
// answer waits for that, not for a busy topic to fall silent.
func TestR40AnAnswerAmidSteadyEvents(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		log := distantLog{memlog.New(memlog.Options{})}
		hub := realtime.NewHub(log, open{}, realtime.Options{Logger: quiet(), Anonymous: true})
		stop := make(chan struct{})
		defer func() {
			close(stop)
			hub.Close()
		}()
		watcher := connect(t, hub, "")
		watcher.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
		go func() { // every other wake-up is lost, so that each round has to read the log
			events := make([]realtime.Event, 2)
			for i := range events {
				events[i] = realtime.Event{Topic: "list:a", Type: realtime.Updated, EntityID: "1"}
			}
			for tick := time.Tick(distance / 2); ; {
				select {
				case <-stop:
					return
				case <-tick:
					hub.Deliver(log.Append(events...)[1:])
				}
			}
		}()
		time.Sleep(time.Second)
		c := connect(t, hub, "")
		asked := time.Now()
		c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a","since":{"epoch":"another","seq":1}}`))
		if waited := time.Since(asked); waited > 10*distance || !strings.Contains(c.got[1], `"subscribed"`) {
			t.Errorf("answered after %v: %s", waited, c.got[1])
		}
	})
}

// However long a message with many topics takes, each topic is answered soon after its
// decision, and a client that waits for the others is not closed as silent.
// Guarantees: L6
func TestR40AndR70AFrameThatTakesLong(t *testing.T) {
	const topics = 500
	auth := &fakeAuth{authorize: func(realtime.Identity, realtime.Topic) error {
		time.Sleep(100 * time.Millisecond)
		return nil
	}}
	inBubbleWith(t, auth, realtime.Options{Anonymous: true}, func(hub *realtime.Hub, _ *memlog.Log) {
		c := connect(t, hub, "")
		var asks []string
		for n := range topics {
			asks = append(asks, fmt.Sprintf(`{"topic":"list:%d"}`, n))
		}
		done := make(chan struct{})
		go func() {
			c.session.Receive([]byte(`{"action":"subscribe","topics":[` + strings.Join(asks, ",") + `]}`))
			close(done)
		}()
		time.Sleep(time.Second)
		if got := len(c.wait()); got < 9 {
			t.Errorf("%d answers after a second; want one for each of the 9 or 10 topics that are decided", got)
		}
		<-done
		if got := len(c.wait()); got < topics-11 || c.closed() != 0 {
			t.Errorf("then %d answers, closed with %d; want all others", got, c.closed())
		}
		time.Sleep(35 * time.Second)
		if c.closed() != realtime.ClosePingTimeout || c.pinged() != 1 {
			t.Errorf("closed with %d after %d pings of somebody who is gone; want 3002 after one", c.closed(), c.pinged())
		}
	})
}
