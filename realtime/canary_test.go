package realtime_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// wedged is a log that can stop answering.
type wedged struct {
	*memlog.Log
	stuck atomic.Bool
}

func (l *wedged) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	if l.stuck.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return l.Log.Heads(ctx, topics)
}

func (l *wedged) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	if l.stuck.Load() {
		<-ctx.Done()
		return nil, nil, ctx.Err()
	}
	return l.Log.HeadsAndRights(ctx, user, topics)
}

// A log that hangs costs an answer, and no more than its time.
func TestACallThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &wedged{Log: memlog.New(memlog.Options{})}
		hub := realtime.NewHub(log, guard{}, realtime.Options{Logger: quiet()})
		defer hub.Close()
		c := connect(t, hub, "anna")
		log.stuck.Store(true)
		asked := time.Now()
		c.session.Receive([]byte(`{"action":"subscribe","topic":"user:anna"}`))
		if took := time.Since(asked); took != realtime.DefaultCallTimeout || !strings.Contains(c.last(), `"code":"internal"`) || !strings.Contains(c.last(), `"retry_after_ms":1000`) {
			t.Errorf("after %v: %s; want the error internal after %v", took, c.last(), realtime.DefaultCallTimeout)
		}
		log.stuck.Store(false)
		c.session.Receive([]byte(`{"action":"subscribe","topic":"user:anna"}`))
		if !strings.Contains(c.last(), `"subscribed"`) {
			t.Errorf("once it answers again: %s", c.last())
		}
	})
}

func TestCanary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &wedged{Log: memlog.New(memlog.Options{})}
		hub := realtime.NewHub(log, guard{}, realtime.Options{Logger: quiet()})
		defer hub.Close()
		flights, lose, fail := 0, false, error(nil)
		canary := realtime.NewCanary(hub, func(_ context.Context, e realtime.Event) ([]realtime.Entry, error) {
			flights++
			if lose { // committed nowhere, told nobody
				return nil, nil
			}
			if fail != nil {
				return nil, fail
			}
			return log.Append(e), nil
		})
		check := func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			return canary.Check(ctx)
		}
		for range 10 {
			if err := check(); err != nil {
				t.Errorf("healthy: %v", err)
			}
		}
		if flights != 1 {
			t.Errorf("%d flights for ten questions at once; want 1", flights)
		}
		time.Sleep(realtime.CanaryInterval)
		lose = true
		if err := check(); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "did not arrive") {
			t.Errorf("an event that is lost: %v", err)
		}
		time.Sleep(realtime.CanaryInterval)
		lose, fail = false, errors.New("the disk is full")
		if err := check(); !errors.Is(err, fail) {
			t.Errorf("a log that takes nothing: %v", err)
		}
		time.Sleep(realtime.CanaryInterval)
		fail = nil
		log.stuck.Store(true)
		if err := check(); err == nil {
			t.Error("a log that hangs is healthy")
		}
		log.stuck.Store(false)
		time.Sleep(realtime.CanaryInterval)
		if err := check(); err != nil {
			t.Errorf("healthy again: %v", err)
		}
		if got := hub.Stats().Topics; got != 0 {
			t.Errorf("%d topics are left behind", got)
		}
	})
}

// An event that is committed and yet stays in the hub is none that came through:
// the canary does not take the log's word for it.
func TestTheCanaryNoticesThatDeliveryIsWedged(t *testing.T) {
	for name, wedge := range map[string]func(entries []realtime.Entry) []realtime.Entry{
		"the hub waits for an earlier event": func(entries []realtime.Entry) []realtime.Entry { entries[0].Seq += 5; return entries },
		"the hub was told of another epoch":  func(entries []realtime.Entry) []realtime.Entry { entries[0].Epoch = "other"; return entries },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
				elsewhere := memlog.New(memlog.Options{}) // so the hub's own log cannot help out
				canary := realtime.NewCanary(hub, func(_ context.Context, e realtime.Event) ([]realtime.Entry, error) {
					return wedge(elsewhere.Append(e)), nil
				})
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
				defer cancel()
				if err := canary.Check(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "did not arrive") {
					t.Errorf("Check = %v; want an event that did not arrive", err)
				}
			})
		})
	}
}
