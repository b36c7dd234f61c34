package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// countingLog counts of how many topics it is asked where they stand.
type countingLog struct {
	*memlog.Log
	heads atomic.Int64
}

func (l *countingLog) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	l.heads.Add(int64(len(topics)))
	return l.Log.Heads(ctx, topics)
}

func (l *countingLog) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	l.heads.Add(int64(len(topics)))
	return l.Log.HeadsAndRights(ctx, user, topics)
}

// A log that knows what has changed is asked about that alone.
func TestASweepCostsChangesAndNotTopics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &countingLog{Log: memlog.New(memlog.Options{})}
		hub := realtime.NewHub(log, open{}, realtime.Options{Logger: quiet(), Anonymous: true})
		defer hub.Close()
		c := connect(t, hub, "")
		c.subscribeTo(0, 300)
		time.Sleep(2 * realtime.DefaultHeadInterval) // the first has no mark to ask from
		log.heads.Store(0)
		time.Sleep(10 * time.Second)
		if got := log.heads.Load(); got != 0 {
			t.Errorf("asked for %d heads while nothing happened", got)
		}
		log.Append(eventsOf("list:7", 1)...)
		log.Append(eventsOf("list:nobody", 1)...)
		if err := log.Withdraw("list:8", "bert"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * realtime.DefaultHeadInterval)
		if got := log.heads.Load(); got != 4 {
			t.Errorf("asked for %d heads; want those of the 2 that changed, once to compare and once to read on", got)
		}
		if !strings.HasPrefix(c.last(), `{"topic":"list:7"`) {
			t.Errorf("the last message is %s; want the event", c.last())
		}
	})
}

// A change between the question where a topic stands and its first subscription is
// not lost on a log that tells each change once.
// Guarantees: L1
func TestAChangeWhileATopicBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{})
		auth := &fakeAuth{authorize: func(_ realtime.Identity, topic realtime.Topic) error {
			log.Append(eventsOf(topic, 1)...)
			time.Sleep(3 * time.Second) // sweeps find the change and no subscriber
			return nil
		}}
		hub := realtime.NewHub(log, auth, realtime.Options{Logger: quiet(), Anonymous: true})
		defer hub.Close()
		c := connect(t, hub, "")
		c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
		synctest.Wait()
		if !strings.Contains(c.last(), `"seq":1`) {
			t.Errorf("the last message is %s; want to be at 1", c.last())
		}
	})
}

// outage is what a hub cannot reach for a while.
type outage struct {
	*memlog.Log
	hook, log atomic.Bool
	loggedOut atomic.Pointer[string] // who logs out in another process
	hub       *realtime.Hub
}

var errOutage = errors.New("out of reach")

func (o *outage) sweep(context.Context) error {
	if o.hook.Load() {
		return errOutage
	}
	if user := o.loggedOut.Load(); user != nil {
		o.hub.EndUser(*user)
	}
	return nil
}

func (o *outage) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	if o.log.Load() {
		return nil, errOutage
	}
	return o.Log.Heads(ctx, topics)
}

func (o *outage) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	if o.log.Load() {
		return nil, nil, errOutage
	}
	return o.Log.HeadsAndRights(ctx, user, topics)
}

func (o *outage) Changed(ctx context.Context, mark string) ([]realtime.Topic, string, bool, error) {
	if o.log.Load() {
		return nil, "", false, errOutage
	}
	return o.Log.Changed(ctx, mark)
}

// A hub that has not found out for a second what has ended sends nothing, until it
// has. Nothing is lost by that.
// Guarantees: S8
func TestR57AHubThatIsOutOfReachHoldsEventsBack(t *testing.T) {
	for name, cut := range map[string]func(*outage, bool){
		"the program's sweep": func(o *outage, out bool) { o.hook.Store(out) },
		"the log":             func(o *outage, out bool) { o.log.Store(out) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &outage{Log: memlog.New(memlog.Options{})}
				var lines strings.Builder
				hub := realtime.NewHub(o, guard{}, realtime.Options{
					Logger: slog.New(slog.NewTextHandler(&lines, nil)), Sweep: o.sweep,
				})
				defer hub.Close()
				o.hub = hub
				anna, bert := connect(t, hub, "anna"), connect(t, hub, "bert")
				anna.session.Receive([]byte(`{"action":"subscribe","topic":"user:anna"}`))
				bert.session.Receive([]byte(`{"action":"subscribe","topic":"user:bert"}`))
				time.Sleep(10 * time.Second)
				anna.wait()
				bert.wait()
				publish := func(n int) {
					hub.Deliver(o.Append(eventsOf("user:anna", n)...))
					hub.Deliver(o.Append(eventsOf("user:bert", n)...))
				}
				cut(o, true)
				time.Sleep(400 * time.Millisecond)
				publish(1)
				expectSeqs(t, anna.wait(), "user:anna", 1)
				expectSeqs(t, bert.wait(), "user:bert", 1)
				time.Sleep(650 * time.Millisecond)
				publish(2)
				anna.session.Receive([]byte(`{"action":"subscribe","topic":"user:anna"}`))
				time.Sleep(10 * time.Second) // beside the time for a call, for which it waited
				for _, c := range []*fakeConn{anna, bert} {
					for _, m := range c.wait() {
						if !strings.Contains(m, `"code":"internal"`) {
							t.Errorf("while the hub was out of reach came %s", m)
						}
					}
				}
				loggedOut := "bert"
				o.loggedOut.Store(&loggedOut)
				cut(o, false)
				time.Sleep(realtime.DefaultHeadInterval)
				if next := expectSeqs(t, anna.wait(), "user:anna", 2); next != 4 {
					t.Errorf("then came events up to %d of 3", next-1)
				}
				if got := bert.wait(); len(got) != 0 || bert.closed() != realtime.CloseSessionRevoked {
					t.Errorf("who has logged out meanwhile got %s, and was closed with %d", got, bert.closed())
				}
				said := strings.Count(lines.String(), "holding back events")
				if got := hub.Stats().Holds; got != 1 || said != 1 || !strings.Contains(lines.String(), "sending events again") {
					t.Errorf("held back %d times, and said so %d times:\n%s", got, said, &lines)
				}
			})
		})
	}
}

// However the options are chosen, a hub that sweeps in time holds nothing back.
func TestR57HoldAfterIsAtLeastTwoSweeps(t *testing.T) {
	for opts, want := range map[[2]time.Duration]time.Duration{
		{0, 0}:                              realtime.DefaultHoldAfter,
		{time.Minute, 0}:                    2 * time.Minute,
		{time.Minute, time.Second}:          2 * time.Minute,
		{time.Second, time.Hour}:            time.Hour,
		{time.Millisecond, time.Nanosecond}: 2 * time.Millisecond,
	} {
		hub := realtime.NewHub(memlog.New(memlog.Options{}), open{}, realtime.Options{Logger: quiet(), HeadInterval: opts[0], HoldAfter: opts[1]})
		if got := hub.Options().HoldAfter; got != want {
			t.Errorf("with %v: holds after %v; want %v", opts, got, want)
		}
		hub.Close()
	}
}

// One frame of many topics costs the log one question for where they stand, and
// one for the user's rights, and as much again for those that have another name.
func TestAFrameOfManyTopicsIsLookedUpAtOnce(t *testing.T) {
	log := &callLog{Log: memlog.New(memlog.Options{})}
	auth := &aliases{}
	hub := realtime.NewHub(log, auth, realtime.Options{Logger: quiet(), HeadInterval: time.Hour})
	defer hub.Close()
	for n := range 3 {
		if err := log.Withdraw(realtime.Topic(fmt.Sprint("list:", n)), "bert"); err != nil {
			t.Fatal(err)
		}
	}
	c := connect(t, hub, "anna")
	log.calls = nil
	c.session.Receive([]byte(`{"action":"subscribe","topics":[{"topic":"list:0"},{"topic":"list:1"},{"topic":"other:2"},{"topic":"other:3"}]}`))
	want := []string{"heads of and rights to list:0 list:1 other:2 other:3", "heads of and rights to list:2 list:3"}
	if !slices.Equal(log.calls, want) {
		t.Errorf("asked the log for %q; want %q", log.calls, want)
	}
	if got := len(c.got); got != 5 {
		t.Errorf("%d messages: %s; want hello, and 4 answers", got, c.got)
	}
}

// aliases is an Authorizer that knows lists by another name, too.
type aliases struct{ fakeAuth }

func (a *aliases) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	if id, other := strings.CutPrefix(string(topic), "other:"); other {
		return realtime.Topic("list:" + id), nil
	}
	return topic, nil
}

// callLog notes what it is asked.
type callLog struct {
	*memlog.Log
	calls []string
}

func (l *callLog) note(what string, topics []realtime.Topic) {
	for _, topic := range topics {
		what += " " + string(topic)
	}
	l.calls = append(l.calls, what)
}

func (l *callLog) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	l.note("heads of", topics)
	return l.Log.Heads(ctx, topics)
}

func (l *callLog) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	l.note("heads of and rights to", topics)
	return l.Log.HeadsAndRights(ctx, user, topics)
}
