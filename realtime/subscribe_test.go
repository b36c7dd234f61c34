package realtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

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

func (c *slowReader) Drained(context.Context, int) error {
	c.waits++
	c.onWait(c.waits)
	return nil
}

// replayed resumes a topic of events, six to a page, from its beginning.
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
	return c
}

const (
	events    = 40
	pageBytes = 6 * 16
)

// Whatever is withdrawn from whomever in the midst of a replay, no page of it
// is lost.
func TestR43AWithdrawalInAReplayLosesNoPage(t *testing.T) {
	var hub *realtime.Hub
	asked := 0
	auth := &door{authorize: func(realtime.Identity, realtime.Topic) error {
		if asked++; asked == 2 { // asked again in mid-replay, which comes too late as well
			hub.Recheck("other:1")
		}
		return nil
	}}
	log := memlog.New(memlog.Options{})
	hub = realtime.NewHub(log, auth, realtime.Options{Logger: quiet(), Anonymous: true, QueueBytes: 2 * pageBytes})
	defer hub.Close()
	c := replayed(t, hub, log, func(n int) {
		if n == 2 {
			hub.Recheck("other:1")
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
}

// A replay whose access was withdrawn ends as revoked, and the client removes
// the data; where nobody knows, the connection ends and the client asks again.
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
			var refusal error
			auth := &door{authorize: func(realtime.Identity, realtime.Topic) error { return refusal }}
			log := memlog.New(memlog.Options{})
			hub := realtime.NewHub(log, auth, realtime.Options{Logger: quiet(), Anonymous: true, QueueBytes: 2 * pageBytes})
			defer hub.Close()
			conn := replayed(t, hub, log, func(n int) {
				if n == 2 {
					refusal = c.refusal
					hub.Recheck("other:1")
				}
			})
			if conn.closed() != c.closed {
				t.Errorf("closed with %d; want %d", conn.closed(), c.closed)
			}
			if got := strings.Contains(conn.last(), `"revoked"`); got != c.revoked {
				t.Errorf("the last message is %s; revoked is wanted: %t", conn.last(), c.revoked)
			}
		})
	}
}
