package realtime_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/wire"
)

// meeting is an Authorizer under which everyone on "list" topics may meet.
type meeting struct{ guard }

func (meeting) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	return topic, nil
}

func (meeting) Group(_ context.Context, _ realtime.Identity, topic realtime.Topic) string {
	if topic.Type() != "list" {
		return ""
	}
	return string(topic)
}

// atTable runs the test with a hub whose guests may meet, and fake time.
func atTable(t *testing.T, test func(hub *realtime.Hub)) {
	t.Helper()
	inBubbleWith(t, meeting{}, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) { test(hub) })
}

// look subscribes with presence.
func look(t *testing.T, hub *realtime.Hub, user string) *fakeConn {
	t.Helper()
	c := connect(t, hub, user)
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a","presence":true}`))
	return c
}

// told returns the presence messages since the last call, without their front.
func (c *fakeConn) told() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, m := range c.got {
		if rest, ok := strings.CutPrefix(m, `{"type":"presence","topic":"list:a",`); ok {
			b.WriteString(strings.TrimSuffix(rest, "}") + ";")
		}
	}
	c.got = nil
	return b.String()
}

const aWhile = time.Second

func expectTold(t *testing.T, who string, c *fakeConn, want string) {
	t.Helper()
	if got := c.told(); got != want {
		t.Errorf("%s was told %s; want %s", who, got, want)
	}
}

func TestR81Presence(t *testing.T) {
	atTable(t, func(hub *realtime.Hub) {
		anna := look(t, hub, "anna")
		expectTold(t, "anna", anna, `"members":["anna"],"count":1;`)
		time.Sleep(aWhile)
		anna.told()
		bert := look(t, hub, "bert")
		expectTold(t, "bert", bert, `"members":["anna","bert"],"count":2;`)
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, `"joined":["bert"],"count":2;`)

		tab := look(t, hub, "bert") // a second tab is nobody new
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, "")
		bert.session.Closed(realtime.CloseNormal)
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, "")

		tab.session.Closed(realtime.CloseAbnormal) // a reload
		tab = look(t, hub, "bert")
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, "")

		tab.session.Receive([]byte(`{"action":"unsubscribe","topic":"list:a"}`))
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, `"left":["bert"],"count":1;`)
	})
}

func TestR81WhoDoesNotAskIsNotThere(t *testing.T) {
	atTable(t, func(hub *realtime.Hub) {
		anna := look(t, hub, "anna")
		time.Sleep(aWhile)
		anna.told()
		bert := connect(t, hub, "bert")
		bert.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
		look(t, hub, "carl")
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, `"joined":["carl"],"count":2;`)
		expectTold(t, "bert", bert, "")
		bert.session.Receive([]byte(`{"action":"subscribe","topic":"wishes:a","presence":true}`))
		if !strings.Contains(bert.last(), `"code":"forbidden"`) {
			t.Errorf("answered %s; want forbidden", bert.last())
		}
	})
}

// A newcomer is told what the next change will be a change of.
// Guarantees: A24
func TestR81WhoComesWhileChangesAreGathered(t *testing.T) {
	atTable(t, func(hub *realtime.Hub) {
		anna := look(t, hub, "anna")
		time.Sleep(aWhile)
		dora, carl := look(t, hub, "dora"), look(t, hub, "carl")
		dora.session.Closed(realtime.CloseNormal) // came and went untold
		expectTold(t, "carl", carl, `"members":["anna","carl"],"count":2;`)
		time.Sleep(aWhile)
		expectTold(t, "carl", carl, `"joined":["carl"],"count":2;`)

		anna.session.Receive([]byte(`{"action":"unsubscribe","topic":"list:a"}`))
		emil := look(t, hub, "emil")
		expectTold(t, "emil", emil, `"members":["anna","carl","emil"],"count":3;`)
		anna.session.Receive([]byte(`{"action":"subscribe","topic":"list:a","presence":true}`))
		time.Sleep(aWhile)
		expectTold(t, "emil", emil, `"joined":["emil"],"count":3;`) // anna went and came untold
	})
}

// The same at the limit of names: a member that got a number alone gets all names before
// any change.
func TestR82WhoComesAsTheCrowdGoes(t *testing.T) {
	atTable(t, func(hub *realtime.Hub) {
		var guests []*fakeConn
		for i := range realtime.MaxListed {
			guests = append(guests, look(t, hub, fmt.Sprint("guest", i)))
		}
		time.Sleep(aWhile)
		zoe := look(t, hub, "zoe")
		expectTold(t, "zoe", zoe, `"count":101;`)
		guests[0].session.Closed(realtime.CloseNormal)
		time.Sleep(aWhile)
		if got := zoe.told(); !strings.HasPrefix(got, `"members":["guest1",`) || !strings.HasSuffix(got, `,"count":100;`) {
			t.Errorf("zoe was told %s; want everyone", got)
		}
	})
}

func TestR82ACrowdIsANumber(t *testing.T) {
	atTable(t, func(hub *realtime.Hub) {
		anna := look(t, hub, "anna")
		var guests []*fakeConn
		for i := range realtime.MaxListed {
			guests = append(guests, look(t, hub, fmt.Sprint("guest", i)))
		}
		time.Sleep(aWhile)
		if got := anna.told(); !strings.HasSuffix(got, `;"count":101;`) {
			t.Errorf("told %s; want the number alone at last", got)
		}
		guests[0].session.Closed(realtime.CloseNormal)
		time.Sleep(aWhile)
		if got := anna.told(); !strings.HasPrefix(got, `"members":["anna",`) || !strings.HasSuffix(got, `,"count":100;`) {
			t.Errorf("told %s; want everyone again", got)
		}
		guests[1].session.Closed(realtime.CloseNormal)
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, `"left":["guest1"],"count":99;`)
	})
}

// Guarantees: A24
func TestR83NoGhosts(t *testing.T) {
	atTable(t, func(hub *realtime.Hub) {
		anna := look(t, hub, "anna")
		anna.answers = true
		look(t, hub, "bert") // never answers a ping
		time.Sleep(aWhile)
		anna.told()
		time.Sleep(35 * time.Second)
		expectTold(t, "anna", anna, `"left":["bert"],"count":1;`)
	})
}

// queueConn is a Conn whose peer takes nothing.
type queueConn struct {
	fakeConn
	queued []realtime.Topic // what each message was sent with
}

func (c *queueConn) Send(b *wire.Batch, first int, topic realtime.Topic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := first; i < b.Len(); i++ {
		c.got, c.queued = append(c.got, string(b.Text(i))), append(c.queued, topic)
	}
}

func (c *queueConn) Discard(topic realtime.Topic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var got []string
	var queued []realtime.Topic
	for i, m := range c.got {
		if c.queued[i] != topic {
			got, queued = append(got, m), append(queued, c.queued[i])
		}
	}
	c.got, c.queued = got, queued
}

// idleReader connects a user who takes nothing.
func idleReader(t *testing.T, hub *realtime.Hub, user string) *queueConn {
	t.Helper()
	c := &queueConn{}
	c.session = admit(t, hub)
	c.session.Attach(c)
	c.session.Receive(fmt.Appendf(nil, `{"action":"auth","token":%q}`, user))
	return c
}

// What was queued of the others goes with the right to know of them, and the
// events stay.
// Guarantees: S8, A24
func TestR84WhatWasQueuedOfTheOthersGoes(t *testing.T) {
	outcast := ""
	auth := &fakeAuth{group: without(&outcast)}
	inBubbleWith(t, auth, realtime.Options{}, func(hub *realtime.Hub, log *memlog.Log) {
		slow := idleReader(t, hub, "bert")
		slow.session.Receive([]byte(`{"action":"subscribe","topic":"list:a","presence":true}`))
		anna := look(t, hub, "anna")
		anna.session.Receive([]byte(`{"action":"signal","topic":"list:a","data":1}`))
		hub.Deliver(log.Append(realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "1"}))
		time.Sleep(aWhile)
		outcast = "bert"
		hub.Recheck("list:a")
		var kinds []string
		for _, m := range slow.got[1:] {
			kinds = append(kinds, strings.SplitN(m, ",", 2)[0])
		}
		want := []string{`{"type":"subscribed"`, `{"topic":"list:a"`, `{"type":"presence"`}
		if !slices.Equal(kinds, want) || !strings.HasSuffix(slow.last(), `"members":[],"count":0}`) {
			t.Errorf("what waits is %s; want %s, the last of which ends presence", slow.got, want)
		}
	})
}

// Who may no longer meet the others sees them no more, is seen no more, and
// keeps the events.
// Guarantees: A24
func TestR84PresenceIsWithdrawn(t *testing.T) {
	outcast := ""
	auth := &fakeAuth{group: without(&outcast)}
	inBubbleWith(t, auth, realtime.Options{}, func(hub *realtime.Hub, log *memlog.Log) {
		anna, bert := look(t, hub, "anna"), look(t, hub, "bert")
		time.Sleep(aWhile)
		anna.told()
		bert.told()
		outcast = "bert"
		hub.Recheck("list:a")
		expectTold(t, "bert", bert, `"members":[],"count":0;`)
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, `"left":["bert"],"count":1;`)
		look(t, hub, "carl")
		time.Sleep(aWhile)
		expectTold(t, "bert", bert, "")
		hub.Deliver(log.Append(realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "1"}))
		synctest.Wait()
		if !strings.Contains(bert.last(), `"seq":1`) {
			t.Errorf("bert's last message is %s; want the event", bert.last())
		}
	})
}
