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

// recorder is an account's connection that keeps every frame it gets.
type recorder struct {
	t       *testing.T
	session *realtime.Session

	mu   sync.Mutex
	got  []string // guarded by mu
	more sync.Cond
}

// connect connects a person's account to the hub.
func (w *world) connect(p *person) *recorder {
	w.t.Helper()
	session, err := w.hub.Admit(netip.Addr{})
	w.check(err)
	r := &recorder{t: w.t, session: session}
	r.more.L = &r.mu
	session.Attach(r)
	r.session.Receive(fmt.Appendf(nil, `{"action":"auth","token":%q}`, p.user.ID))
	r.take(1)
	return r
}

// Send implements [realtime.Conn].
func (r *recorder) Send(b *wire.Batch, first int, _ realtime.Topic) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := first; i < b.Len(); i++ {
		r.got = append(r.got, string(b.Text(i)))
	}
	r.more.Broadcast()
}

func (r *recorder) Discard(realtime.Topic)                  {}
func (r *recorder) Drained(context.Context, int) error      { return nil }
func (r *recorder) Stalled() time.Time                      { return time.Time{} }
func (r *recorder) Heard() time.Time                        { return time.Now() }
func (r *recorder) Ping()                                   {}
func (r *recorder) Close(code realtime.CloseCode, _ string) { r.note(fmt.Sprint("closed with ", code)) }

func (r *recorder) note(frame string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, frame)
	r.more.Broadcast()
}

// until waits until what was sent is enough, and takes it.
func (r *recorder) until(enough func(frames []string) bool) []string {
	r.t.Helper()
	late := time.AfterFunc(patience, func() { r.note("late") })
	defer late.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for !enough(r.got) {
		r.more.Wait()
		if n := len(r.got); n > 0 && r.got[n-1] == "late" {
			r.t.Fatalf("waited for more than %d frames: %.2000s", n-1, strings.Join(r.got, "\n"))
		}
	}
	frames := r.got
	r.got = nil
	return frames
}

// take waits for so many frames.
func (r *recorder) take(n int) []string {
	r.t.Helper()
	return r.until(func(frames []string) bool { return len(frames) >= n })
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
func (w *world) subscribe(r *recorder, since int64, epoch string, topics []string) map[string]string {
	w.t.Helper()
	from := ""
	if since >= 0 {
		from = fmt.Sprintf(`,"since":{"epoch":%q,"seq":%d}`, epoch, since)
	}
	asked := make([]string, len(topics))
	for i, topic := range topics {
		asked[i] = fmt.Sprintf(`{"topic":%q%s}`, topic, from)
	}
	r.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topics":[%s],"ref":"r"}`, strings.Join(asked, ",")))
	frames := r.until(func(frames []string) bool { return w.complete(frames, len(topics), since) })
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
	w.unsubscribe(r, names)
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

func (w *world) unsubscribe(r *recorder, names map[string]string) {
	w.t.Helper()
	if len(names) == 0 {
		return
	}
	topics := make([]string, 0, len(names))
	for name := range names {
		topics = append(topics, fmt.Sprintf("%q", name))
	}
	r.session.Receive(fmt.Appendf(nil, `{"action":"unsubscribe","topics":[%s]}`, strings.Join(topics, ",")))
	r.take(len(names))
}
