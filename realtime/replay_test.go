package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// slowTaker is a Conn whose peer takes what waits when the test says so.
type slowTaker struct {
	*fakeConn
	takes chan struct{}
}

func (c slowTaker) Drained(ctx context.Context, _ int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.takes:
		return nil
	}
}

// wait returns what has come until nothing further does.
func (c *fakeConn) wait() []string {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	got := c.got
	c.got = nil
	return got
}

// amidReplay runs the test while a session waits for its peer, in the midst of
// a replay of 10,000 events.
func amidReplay(t *testing.T, auth realtime.Authorizer, test func(hub *realtime.Hub, log *memlog.Log, c slowTaker)) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		log := memlog.New(memlog.Options{KeepCount: longReplay + 1})
		hub := realtime.NewHub(log, auth, realtime.Options{Logger: quiet()})
		defer hub.Close()
		events := make([]realtime.Event, longReplay)
		for i := range events {
			events[i] = realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "e", Payload: json.RawMessage(`{}`)}
		}
		epoch := log.Append(events...)[0].Epoch
		session := admit(t, hub)
		c := slowTaker{&fakeConn{session: session, heard: time.Now()}, make(chan struct{})}
		c.answer()
		session.Attach(c)
		session.Receive([]byte(`{"action":"auth","token":"anna"}`))
		c.wait()
		session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":0}}`, epoch))
		test(hub, log, c)
	})
}

const longReplay = 10_000

// expectSeqs makes sure that the messages are the topic's events from one
// position on, and returns the next.
func expectSeqs(t *testing.T, got []string, topic string, from int) int {
	t.Helper()
	for _, m := range got {
		if !strings.HasPrefix(m, fmt.Sprintf(`{"topic":%q,`, topic)) || !strings.HasSuffix(m, fmt.Sprintf(`,"seq":%d}`, from)) {
			t.Fatalf("in the place of event %d of %s came %s", from, topic, m)
		}
		from++
	}
	return from
}

func expectOnly(t *testing.T, got []string, want string) {
	t.Helper()
	if len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Errorf("got %.200s; want %s alone", got, want)
	}
}

// While a replay waits for its reader, the session is answered as ever.
// Guarantees: S10, A41
func TestR40AReplayHoldsUpNothingElse(t *testing.T) {
	amidReplay(t, &fakeAuth{}, func(hub *realtime.Hub, log *memlog.Log, c slowTaker) {
		got := c.wait()
		expectOnly(t, got[:1], `{"type":"subscribed","topic":"list:a"`)
		for message, answer := range map[string]string{
			`{"action":"ping"}`:                         `{"type":"pong"`,
			`{"action":"subscribe","topic":"list:b"}`:   `{"type":"subscribed","topic":"list:b"`,
			`{"action":"auth","token":"anna"}`:          `{"type":"hello"`,
			`{"action":"unsubscribe","topic":"list:c"}`: `{"type":"error"`,
		} {
			c.session.Receive([]byte(message))
			expectOnly(t, c.wait(), answer)
		}
		hub.Deliver(log.Append(realtime.Event{Topic: "list:b", Type: realtime.Added, EntityID: "e"}))
		expectSeqs(t, c.wait(), "list:b", 1)

		next := 1
		for next = expectSeqs(t, got[1:], "list:a", next); next <= longReplay; {
			c.takes <- struct{}{}
			next = expectSeqs(t, c.wait(), "list:a", next)
		}
		hub.Deliver(log.Append(realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "e"}))
		if next = expectSeqs(t, c.wait(), "list:a", next); next != longReplay+2 {
			t.Errorf("the live event did not come")
		}
	})
}

// A replay ends with its subscription, and with the session.
func TestR46AReplayEnds(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(hub *realtime.Hub, s *realtime.Session)
		last   string
		closed realtime.CloseCode
	}{
		"unsubscribe": {func(_ *realtime.Hub, s *realtime.Session) {
			s.Receive([]byte(`{"action":"unsubscribe","topic":"list:a"}`))
		}, `"code":"client"`, 0},
		"unsubscribed, in the place of another": {func(_ *realtime.Hub, s *realtime.Session) {
			s.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			s.Receive([]byte(`{"action":"unsubscribe","topic":"list:a"}`))
		}, `"code":"client"`, 0},
		"the login ends":      {func(hub *realtime.Hub, _ *realtime.Session) { hub.EndUser("anna") }, "", realtime.CloseSessionRevoked},
		"the hub drains":      {func(hub *realtime.Hub, _ *realtime.Session) { go hub.Drain(context.Background()) }, `"drain"`, realtime.CloseDrain},
		"the connection ends": {func(_ *realtime.Hub, s *realtime.Session) { s.Closed(realtime.CloseAbnormal) }, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			amidReplay(t, &fakeAuth{}, func(hub *realtime.Hub, _ *memlog.Log, conn slowTaker) {
				conn.wait()
				c.end(hub, conn.session)
				if got := conn.wait(); c.last != "" && !strings.Contains(got[len(got)-1], c.last) {
					t.Errorf("got %s; want %s", got, c.last)
				}
				close(conn.takes)
				if got := conn.wait(); len(got) > 0 {
					t.Errorf("%d messages after the end, the first of them %s", len(got), got[0])
				}
				if conn.closed() != c.closed {
					t.Errorf("closed with %d; want %d", conn.closed(), c.closed)
				}
			})
		})
	}
}

// A subscription that takes the place of one that is being replayed gets its own
// answer and its own events, once each.
func TestR45AReplayIsReplaced(t *testing.T) {
	amidReplay(t, &fakeAuth{}, func(_ *realtime.Hub, log *memlog.Log, c slowTaker) {
		c.wait()
		heads, err := log.Heads(context.Background(), []realtime.Topic{"list:a"})
		if err != nil {
			t.Fatal(err)
		}
		c.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":%d}}`, heads[0].Epoch, longReplay/2))
		got := c.wait()
		expectOnly(t, got[:1], `{"type":"subscribed","topic":"list:a"`)
		close(c.takes)
		if next := expectSeqs(t, append(got[1:], c.wait()...), "list:a", longReplay/2+1); next != longReplay+1 {
			t.Errorf("ended before event %d", next)
		}
	})
}

// What a replay has queued when access is taken away goes with what was live.
// Guarantees: S8, A22
func TestR54WhatAReplayHasQueuedGoes(t *testing.T) {
	for name, recheck := range map[string]func(*realtime.Hub){
		"by topic": func(hub *realtime.Hub) { hub.Recheck("list:a") },
		"by user":  func(hub *realtime.Hub) { hub.RecheckUser("anna") },
		"by kind":  func(hub *realtime.Hub) { hub.RecheckWhere(func(realtime.Topic) bool { return true }) },
	} {
		t.Run(name, func(t *testing.T) {
			allowed := true
			auth := &fakeAuth{authorize: func(realtime.Identity, realtime.Topic) error {
				if allowed {
					return nil
				}
				return realtime.ErrForbidden
			}}
			amidReplay(t, auth, func(hub *realtime.Hub, _ *memlog.Log, c slowTaker) {
				c.wait()
				c.takes <- struct{}{}
				synctest.Wait() // a page is queued
				allowed = false
				c.discards = nil
				recheck(hub)
				if !slices.Contains(c.discards, "list:a") || !strings.Contains(c.last(), `"revoked"`) {
					t.Errorf("discarded %s and said %s; want the topic's events discarded, and it revoked", c.discards, c.last())
				}
				c.wait()
				close(c.takes)
				if got := c.wait(); len(got) > 0 {
					t.Errorf("then came %s", got[0])
				}
			})
		})
	}
}

// However much a session resumes, and however often, one goroutine replays for
// it, one page at a time, and each topic gets its turn.
// Guarantees: S10, A41
func TestReplaysAreBounded(t *testing.T) {
	const many = 100
	amidReplay(t, &fakeAuth{}, func(_ *realtime.Hub, log *memlog.Log, c slowTaker) {
		c.wait()
		goroutines := runtime.NumGoroutine()
		events := make([]realtime.Event, 1000)
		for n := range many {
			topic := realtime.Topic(fmt.Sprint("other:", n))
			for i := range events {
				events[i] = realtime.Event{Topic: topic, Type: realtime.Added, EntityID: "e"}
			}
			epoch := log.Append(events...)[0].Epoch
			for range 2 { // the second takes the first one's place
				c.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q,"since":{"epoch":%q,"seq":0}}`, topic, epoch))
			}
			if got := c.wait(); len(got) != 2 {
				t.Fatalf("%d messages while the queue is full; want the two answers alone", len(got))
			}
		}
		if got := runtime.NumGoroutine(); got > goroutines {
			t.Errorf("%d goroutines more for %d replays more", got-goroutines, many)
		}
		const pages = 60
		topics := map[string]bool{}
		for range pages {
			c.takes <- struct{}{}
			for _, m := range c.wait() {
				topics[strings.SplitN(m, `"`, 5)[3]] = true
			}
		}
		if len(topics) < pages/4 {
			t.Errorf("%d pages were of %d topics", pages, len(topics))
		}
		close(c.takes)
		c.wait()
	})
}

// However little may wait by the options, a replay gets on.
// Guarantees: A41
func TestR55TheSmallestQueueHoldsAPage(t *testing.T) {
	for _, queue := range []int{1, 3, realtime.MinQueueBytes} {
		t.Run(fmt.Sprint(queue), func(t *testing.T) {
			inBubbleWith(t, open{}, realtime.Options{Anonymous: true, QueueBytes: queue}, func(hub *realtime.Hub, log *memlog.Log) {
				events := make([]realtime.Event, 100)
				for i := range events {
					events[i] = realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "e"}
				}
				epoch := log.Append(events...)[0].Epoch
				c := connect(t, hub, "")
				c.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":0}}`, epoch))
				if next := expectSeqs(t, c.wait()[2:], "list:a", 1); next != len(events)+1 {
					t.Errorf("ended before event %d", next)
				}
				if got := hub.Options().QueueBytes; got != realtime.MinQueueBytes {
					t.Errorf("%d bytes may wait; want %d at least", got, realtime.MinQueueBytes)
				}
			})
		})
	}
}

// A page is no larger than what may wait, however large or small its events are.
// Guarantees: S10, A41
func TestR55AReplayKeepsToItsShareOfTheQueue(t *testing.T) {
	const queue, share = 64 << 10, 16 << 10
	for name, size := range map[string]int{"tiny events": 1, "large ones": 10 << 10} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(*testing.T) {
				log := memlog.New(memlog.Options{})
				hub := realtime.NewHub(log, open{}, realtime.Options{Logger: quiet(), Anonymous: true, QueueBytes: queue})
				defer hub.Close()
				var epoch realtime.Epoch
				payload := json.RawMessage(`"` + strings.Repeat("x", size) + `"`)
				for range 500 {
					epoch = log.Append(realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "e", Payload: payload})[0].Epoch
				}
				session := admit(t, hub)
				c := slowTaker{&fakeConn{session: session, heard: time.Now()}, make(chan struct{})}
				session.Attach(c)
				session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":0}}`, epoch))
				next := expectSeqs(t, c.wait()[2:], "list:a", 1)
				for next <= 500 {
					c.takes <- struct{}{}
					page := c.wait()
					next = expectSeqs(t, page, "list:a", next)
					if got := len(strings.Join(page, "")); got > share+len(payload)+500 {
						t.Fatalf("a page of %d bytes; want no more than %d and the event that exceeds it", got, share)
					}
				}
			})
		})
	}
}
