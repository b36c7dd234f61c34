package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// outside is a Log and an Authorizer that takes a while for everything, whether
// or not anyone still wants to know.
type outside struct {
	*memlog.Log
	calls, closed atomic.Int32 // in all, and after the hub was closed
	ended         atomic.Bool
}

func (o *outside) take() {
	o.calls.Add(1)
	time.Sleep(distance)
	if o.ended.Load() {
		o.closed.Add(1)
	}
}

func (o *outside) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	o.take()
	return o.Log.Heads(ctx, topics)
}

func (o *outside) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	o.take()
	return o.Log.HeadsAndRights(ctx, user, topics)
}

func (o *outside) Read(ctx context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	o.take()
	return o.Log.Read(ctx, topic, after, limit)
}

func (o *outside) Authenticate(_ context.Context, token string) (realtime.Identity, error) {
	o.take()
	return realtime.Identity{User: token}, nil
}

func (o *outside) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	o.take()
	return topic, nil
}

func (o *outside) Group(context.Context, realtime.Identity, realtime.Topic) string { return "all" }

// Whatever the hub is in the midst of, once Close has returned nothing of it
// runs, and nobody is asked anything.
// Guarantees: A47
func TestCloseLeavesNothingBehind(t *testing.T) {
	const many = 2000
	for moment := distance / 4; moment < 12*distance; moment += distance / 4 {
		synctest.Test(t, func(*testing.T) {
			o := &outside{Log: memlog.New(memlog.Options{KeepCount: many})}
			events := make([]realtime.Event, many)
			for i := range events {
				events[i] = realtime.Event{Topic: "list:long", Type: realtime.Added, EntityID: "e", Payload: json.RawMessage(`{}`)}
			}
			epoch := o.Append(events...)[0].Epoch
			hub := realtime.NewHub(o, o, realtime.Options{Logger: quiet(), HeadInterval: 3 * distance})
			asking := make(chan struct{}, 3)
			for _, message := range []string{
				`{"action":"subscribe","topic":"list:a","presence":true}`,
				fmt.Sprintf(`{"action":"subscribe","topic":"list:long","since":{"epoch":%q,"seq":0}}`, epoch),
				`{"action":"subscribe","topic":"list:a","since":{"epoch":"another","seq":1}}`,
			} {
				go func() {
					defer func() { asking <- struct{}{} }()
					c := connect(t, hub, "anna")
					c.session.Receive([]byte(message))
				}()
			}
			time.Sleep(moment)
			hub.Deliver(o.Append(realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "e"})[1:])
			o.Append(realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "e"})
			hub.Close()
			o.ended.Store(true)
			for range cap(asking) { // those who were asking have been answered
				<-asking
			}
			calls := o.calls.Load()
			synctest.Wait()
			if left := stacks(); left != "" {
				t.Errorf("after %v there are left:\n%s", moment, left)
			}
			hub.Recheck("list:a")
			time.Sleep(time.Minute)
			if got := o.calls.Load(); got != calls || o.closed.Load() > 0 {
				t.Errorf("after %v: %d calls after the end, %d of them begun before it", moment, got-calls+o.closed.Load(), o.closed.Load())
			}
		})
	}
}

// stacks returns those of the goroutines that run the engine's code.
func stacks() string {
	all := make([]byte, 1<<20)
	var ours []string
	for _, stack := range strings.Split(string(all[:runtime.Stack(all, true)]), "\n\n") {
		if strings.Contains(stack, "tidings/realtime.(") {
			ours = append(ours, stack)
		}
	}
	return strings.Join(ours, "\n\n")
}

// Nothing is asked of a hub that has ended, and nobody waits for it.
func TestAfterTheEnd(t *testing.T) {
	o := &outside{Log: memlog.New(memlog.Options{})}
	hub := realtime.NewHub(o, o, realtime.Options{Logger: quiet(), Anonymous: true})
	c := connect(t, hub, "")
	canary := realtime.NewCanary(hub, func(context.Context, realtime.Event) ([]realtime.Entry, error) {
		o.calls.Add(1)
		return nil, nil
	})
	hub.Close()
	hub.Close()
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	if err := canary.Check(t.Context()); err == nil {
		t.Error("the canary lives")
	}
	hub.Deliver([]realtime.Entry{{Event: realtime.Event{Topic: "list:a"}}})
	hub.Drain(t.Context())
	if got := o.calls.Load(); got != 0 {
		t.Errorf("%d calls", got)
	}
}
