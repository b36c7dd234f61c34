package crawl_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// eye is a socket of somebody that keeps all it is sent.
type eye struct {
	t       *testing.T
	session *realtime.Session

	mu   sync.Mutex
	got  []string // guarded by mu
	more sync.Cond
}

// look connects somebody to the hub.
func (w *world) look(p *person) *eye {
	w.t.Helper()
	session, err := w.hub.Admit(netip.Addr{})
	w.check(err)
	e := &eye{t: w.t, session: session}
	e.more.L = &e.mu
	session.Attach(e)
	e.session.Receive(fmt.Appendf(nil, `{"action":"auth","token":%q}`, p.user.ID))
	e.take(1)
	return e
}

// Send implements [realtime.Conn].
func (e *eye) Send(b *wire.Batch, first int, _ realtime.Topic) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := first; i < b.Len(); i++ {
		e.got = append(e.got, string(b.Text(i)))
	}
	e.more.Broadcast()
}

func (e *eye) Discard(realtime.Topic)                  {}
func (e *eye) Drained(context.Context, int) error      { return nil }
func (e *eye) Stalled() time.Time                      { return time.Time{} }
func (e *eye) Heard() time.Time                        { return time.Now() }
func (e *eye) Ping()                                   {}
func (e *eye) Close(code realtime.CloseCode, _ string) { e.note(fmt.Sprint("closed with ", code)) }

func (e *eye) note(frame string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.got = append(e.got, frame)
	e.more.Broadcast()
}

// until waits until what was sent is enough, and takes it.
func (e *eye) until(enough func(frames []string) bool) []string {
	e.t.Helper()
	late := time.AfterFunc(patience, func() { e.note("late") })
	defer late.Stop()
	e.mu.Lock()
	defer e.mu.Unlock()
	for !enough(e.got) {
		e.more.Wait()
		if n := len(e.got); n > 0 && e.got[n-1] == "late" {
			e.t.Fatalf("waited for more than %d frames: %.2000s", n-1, strings.Join(e.got, "\n"))
		}
	}
	frames := e.got
	e.got = nil
	return frames
}

// take waits for so many frames.
func (e *eye) take(n int) []string {
	e.t.Helper()
	return e.until(func(frames []string) bool { return len(frames) >= n })
}

// frame is what the crawl looks at in a frame.
type frame struct {
	Type, Topic, Canonical, Event, Code, Ref string
	Seq                                      int64
	Recovered                                bool
}

func (w *world) parse(text string) frame {
	w.t.Helper()
	var f frame
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		w.t.Fatalf("a frame that is no JSON: %s", text)
	}
	return f
}

// asking is a topic, and the position it is asked from; -1 for none.
type asking struct {
	topic string
	since int64
}

func (a asking) String() string { return fmt.Sprintf("subscribe %s since %d", a.topic, a.since) }

// subscribe asks for a topic, and returns all that comes of it: the answer, and
// the events that it promises.
func (w *world) subscribe(e *eye, a asking, epoch string) string {
	w.t.Helper()
	since := ""
	if a.since >= 0 {
		since = fmt.Sprintf(`,"since":{"epoch":%q,"seq":%d}`, epoch, a.since)
	}
	e.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q%s,"ref":"r"}`, a.topic, since))
	frames := e.until(func(frames []string) bool {
		if len(frames) == 0 {
			return false
		}
		f := w.parse(frames[0])
		return !f.Recovered || int64(len(frames)) > f.Seq-a.since
	})
	if f := w.parse(frames[0]); f.Type == "subscribed" {
		e.session.Receive(fmt.Appendf(nil, `{"action":"unsubscribe","topic":%q}`, f.Canonical))
		e.until(func(frames []string) bool {
			return len(frames) > 0 && strings.Contains(frames[len(frames)-1], `"unsubscribed"`)
		})
	}
	return strings.Join(frames, "\n")
}
