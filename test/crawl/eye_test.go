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
const patience = time.Minute

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

// subscribe asks for topics in one message, and returns all that comes of each:
// the answer, and the events that it promises. No two may be one topic where
// they are asked from a position.
func (w *world) subscribe(e *eye, since int64, epoch string, topics []string) map[string]string {
	w.t.Helper()
	from := ""
	if since >= 0 {
		from = fmt.Sprintf(`,"since":{"epoch":%q,"seq":%d}`, epoch, since)
	}
	asked := make([]string, len(topics))
	for i, topic := range topics {
		asked[i] = fmt.Sprintf(`{"topic":%q%s}`, topic, from)
	}
	e.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topics":[%s],"ref":"r"}`, strings.Join(asked, ",")))
	frames := e.until(func(frames []string) bool { return w.complete(frames, len(topics), since) })
	said, names := map[string]string{}, map[string]string{}
	for _, text := range frames {
		f := w.parse(text)
		if f.Type == "subscribed" {
			names[f.Canonical] = f.Topic
		}
		if f.Event != "" {
			f.Topic = names[f.Topic]
		}
		said[f.Topic] += text + "\n"
	}
	w.unsubscribe(e, names)
	return said
}

// complete reports whether every topic is answered, and every event there that
// an answer promises.
func (w *world) complete(frames []string, topics int, since int64) bool {
	missing := int64(topics)
	if len(frames) < topics {
		return false
	}
	for _, text := range frames {
		missing--
		if f := w.parse(text); f.Recovered {
			missing += f.Seq - since
		}
	}
	return missing <= 0
}

func (w *world) unsubscribe(e *eye, names map[string]string) {
	w.t.Helper()
	if len(names) == 0 {
		return
	}
	topics := make([]string, 0, len(names))
	for name := range names {
		topics = append(topics, fmt.Sprintf("%q", name))
	}
	e.session.Receive(fmt.Appendf(nil, `{"action":"unsubscribe","topics":[%s]}`, strings.Join(topics, ",")))
	e.take(len(names))
}
