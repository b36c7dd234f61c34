package realtime_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// family is the group of everyone on a topic of "list", whichever it is.
func family(_ realtime.Identity, topic realtime.Topic) string {
	if topic.Type() != "list" {
		return ""
	}
	return "family"
}

// lookAt subscribes with presence to a topic of the user's choice.
func lookAt(c *fakeConn, topic realtime.Topic) {
	c.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q,"presence":true}`, topic))
}

// toldOf returns the presence messages of the topic since the last call, without
// their front.
func (c *fakeConn) toldOf(topic realtime.Topic) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	var others []string
	for _, m := range c.got {
		if rest, ok := strings.CutPrefix(m, fmt.Sprintf(`{"type":"presence","topic":%q,`, topic)); ok {
			b.WriteString(strings.TrimSuffix(rest, "}") + ";")
		} else {
			others = append(others, m)
		}
	}
	c.got = others
	return b.String()
}

func expectToldOf(t *testing.T, who string, c *fakeConn, topic realtime.Topic, want string) {
	t.Helper()
	if got := c.toldOf(topic); got != want {
		t.Errorf("%s was told of %s: %s; want %s", who, topic, got, want)
	}
}

// Each reads a topic of their own, and they are there for each other.
func TestR81AGroupSpansTopics(t *testing.T) {
	inBubbleWith(t, &fakeAuth{group: family}, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		anna, bert := connect(t, hub, "anna"), connect(t, hub, "bert")
		lookAt(anna, "list:a~anna")
		time.Sleep(aWhile)
		lookAt(bert, "list:a~bert")
		expectToldOf(t, "bert", bert, "list:a~bert", `"members":["anna","bert"],"count":2;`)
		time.Sleep(aWhile)
		expectToldOf(t, "anna", anna, "list:a~anna", `"members":["anna"],"count":1;"joined":["anna"],"count":1;"joined":["bert"],"count":2;`)
		expectToldOf(t, "anna", anna, "list:a~bert", "")

		other := connect(t, hub, "carl") // on a topic of the group, without presence
		other.session.Receive([]byte(`{"action":"subscribe","topic":"list:a~carl"}`))
		time.Sleep(aWhile)
		expectToldOf(t, "carl", other, "list:a~carl", "")
		bert.session.Closed(realtime.CloseAbnormal)
		time.Sleep(aWhile)
		expectToldOf(t, "anna", anna, "list:a~anna", `"left":["bert"],"count":1;`)
	})
}

// A user is one member, on however many topics of the group, and is there until
// the last of them ends.
func TestR81WhoLeavesOneTopicOfAGroupStays(t *testing.T) {
	inBubbleWith(t, &fakeAuth{group: family}, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		anna, bert := connect(t, hub, "anna"), connect(t, hub, "bert")
		lookAt(anna, "list:a")
		lookAt(bert, "list:a")
		lookAt(bert, "list:b")
		expectToldOf(t, "bert", bert, "list:b", `"members":["bert"],"count":1;`)
		time.Sleep(aWhile)
		expectToldOf(t, "bert", bert, "list:b", `"joined":["anna","bert"],"count":2;`)
		anna.toldOf("list:a")
		bert.toldOf("list:a")

		bert.session.Receive([]byte(`{"action":"unsubscribe","topic":"list:a"}`))
		time.Sleep(aWhile)
		expectToldOf(t, "anna", anna, "list:a", "")
		lookAt(connect(t, hub, "carl"), "list:c")
		time.Sleep(aWhile)
		expectToldOf(t, "bert", bert, "list:a", "")
		expectToldOf(t, "bert", bert, "list:b", `"joined":["carl"],"count":3;`)
		bert.session.Receive([]byte(`{"action":"unsubscribe","topic":"list:b"}`))
		time.Sleep(aWhile)
		expectToldOf(t, "anna", anna, "list:a", `"joined":["carl"],"count":3;"left":["bert"],"count":2;`)
	})
}

// Guarantees: A24
func TestR81WhoIsInAnotherGroupIsNotSeen(t *testing.T) {
	byUser := func(who realtime.Identity, _ realtime.Topic) string { return "friends of " + who.User[:1] }
	inBubbleWith(t, &fakeAuth{group: byUser}, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		anna, adam, bert := look(t, hub, "anna"), look(t, hub, "adam"), look(t, hub, "bert")
		time.Sleep(aWhile)
		expectTold(t, "anna", anna, `"members":["anna"],"count":1;"joined":["adam","anna"],"count":2;`)
		expectTold(t, "bert", bert, `"members":["bert"],"count":1;"joined":["bert"],"count":1;`)
		adam.told()
		bert.session.Receive([]byte(`{"action":"signal","topic":"list:a","data":1}`))
		anna.session.Receive([]byte(`{"action":"signal","topic":"list:a","data":2}`))
		if got := adam.signals(); got != `"topic":"list:a","user_id":"anna","data":2;` {
			t.Errorf("adam got the signals %s; want that of his group alone", got)
		}
	})
}

// A crowd is one, over all topics of the group.
func TestR82ACrowdOverTopicsIsANumber(t *testing.T) {
	inBubbleWith(t, &fakeAuth{group: family}, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		var guests []*fakeConn
		for i := range realtime.MaxListed {
			guest := connect(t, hub, fmt.Sprint("guest", i))
			lookAt(guest, realtime.Topic(fmt.Sprint("list:a~", i)))
			guests = append(guests, guest)
		}
		time.Sleep(aWhile)
		zoe := connect(t, hub, "zoe")
		lookAt(zoe, "list:a~zoe")
		expectToldOf(t, "zoe", zoe, "list:a~zoe", `"count":101;`)
		guests[0].session.Closed(realtime.CloseNormal)
		time.Sleep(aWhile)
		if got := zoe.toldOf("list:a~zoe"); !strings.HasPrefix(got, `"members":["guest1",`) || !strings.HasSuffix(got, `,"count":100;`) {
			t.Errorf("zoe was told %s; want everyone", got)
		}
	})
}

// The group is withdrawn from one topic: what was queued there of the others
// goes, and the other topic goes on.
// Guarantees: A24
func TestR84TheGroupIsWithdrawnFromOneTopic(t *testing.T) {
	outcast := realtime.Topic("")
	auth := &fakeAuth{group: func(who realtime.Identity, topic realtime.Topic) string {
		if who.User == "bert" && topic == outcast {
			return ""
		}
		return "family"
	}}
	inBubbleWith(t, auth, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		bert := idleReader(t, hub, "bert")
		lookAt(&bert.fakeConn, "list:a")
		lookAt(&bert.fakeConn, "list:b")
		anna := connect(t, hub, "anna")
		lookAt(anna, "list:c")
		time.Sleep(aWhile)
		outcast = "list:a"
		hub.Recheck("list:a")
		expectToldOf(t, "bert", &bert.fakeConn, "list:a", `"members":[],"count":0;`)
		expectToldOf(t, "bert", &bert.fakeConn, "list:b", `"members":["bert"],"count":1;"joined":["anna","bert"],"count":2;`)
		time.Sleep(aWhile)
		expectToldOf(t, "anna", anna, "list:c", `"members":["anna"],"count":1;"joined":["anna","bert"],"count":2;`)
		outcast = "list:b"
		hub.Recheck("list:b")
		time.Sleep(aWhile)
		expectToldOf(t, "anna", anna, "list:c", `"left":["bert"],"count":1;`)
	})
}

// Whom a subscription may know of is decided when it begins: a recheck that names
// another group ends it, and does not let the user into that one.
// Guarantees: A24
func TestR84AnotherGroupIsNotEnteredByARecheck(t *testing.T) {
	berts := "family"
	auth := &fakeAuth{group: func(who realtime.Identity, _ realtime.Topic) string {
		if who.User == "bert" {
			return berts
		}
		return "family"
	}}
	inBubbleWith(t, auth, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		anna, bert := look(t, hub, "anna"), look(t, hub, "bert")
		time.Sleep(aWhile)
		anna.told()
		bert.told()
		berts = "elsewhere"
		hub.Recheck("list:a")
		time.Sleep(aWhile)
		expectTold(t, "bert", bert, `"members":[],"count":0;`)
		expectTold(t, "anna", anna, `"left":["bert"],"count":1;`)
		bert.session.Receive([]byte(`{"action":"signal","topic":"list:a","data":1}`))
		if !strings.Contains(bert.last(), `"code":"forbidden"`) {
			t.Errorf("the signal was answered %s; want forbidden", bert.last())
		}
		lookAt(bert, "list:a")
		if got := bert.told(); got != `"members":["bert"],"count":1;` {
			t.Errorf("bert, who asked again, was told %s; want the other group", got)
		}
	})
}
