package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// A signal names its sender, so it goes only to those who may know of others.
// Guarantees: A24
func TestR80WhoMeetsNobodyGetsNoSignals(t *testing.T) {
	outcast := "bert"
	auth := &fakeAuth{group: without(&outcast)}
	hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
	defer hub.Close()
	guests := make(map[string]*fakeConn)
	for _, user := range []string{"anna", "bert", "carl"} {
		guests[user] = connect(t, hub, user)
		guests[user].session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	}
	expect := func(when string, want map[string]bool) {
		t.Helper()
		guests["anna"].session.Receive([]byte(`{"action":"signal","topic":"list:a","data":1}`))
		for user, c := range guests {
			if got := strings.Contains(c.last(), `"signal"`); got != want[user] {
				t.Errorf("%s: %s got the signal: %t; want %t", when, user, got, want[user])
			}
			c.got = nil
		}
	}
	expect("refused from the beginning", map[string]bool{"carl": true})
	outcast = "carl"
	hub.Recheck("list:a")
	expect("withdrawn", map[string]bool{})
	guests["bert"].session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	expect("asked again", map[string]bool{"bert": true})
}

// A login may end while it is asked whether its signal may pass: it may not then.
// Guarantees: A33
func TestR80ASignalOfALoginThatHasEnded(t *testing.T) {
	for name, withdraw := range map[string]func(*realtime.Hub){
		"its login ends":          func(hub *realtime.Hub) { hub.EndUser("anna") },
		"its access is withdrawn": func(hub *realtime.Hub) { hub.RecheckUser("anna") },
	} {
		t.Run(name, func(t *testing.T) {
			var hub *realtime.Hub
			signals, withdrawn := false, false
			auth := &fakeAuth{
				authorize: func(who realtime.Identity, _ realtime.Topic) error {
					if withdrawn && who.User == "anna" {
						return realtime.ErrForbidden
					}
					return nil
				},
				group: func(realtime.Identity, realtime.Topic) string {
					if signals && !withdrawn {
						withdrawn = true
						withdraw(hub)
					}
					return "all"
				},
			}
			hub = realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
			defer hub.Close()
			anna, bert := connect(t, hub, "anna"), connect(t, hub, "bert")
			for _, c := range []*fakeConn{anna, bert} {
				c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			}
			signals = true
			anna.session.Receive([]byte(`{"action":"signal","topic":"list:a","data":1}`))
			if strings.Contains(bert.last(), `"signal"`) {
				t.Errorf("bert was sent %s", bert.last())
			}
		})
	}
}

// signals returns the signals since the last call, without their front.
func (c *fakeConn) signals() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, m := range c.got {
		if rest, ok := strings.CutPrefix(m, `{"type":"signal",`); ok {
			b.WriteString(strings.TrimSuffix(rest, "}") + ";")
		}
	}
	c.got = nil
	return b.String()
}

// board is a fakeAuth whose group is everyone on a "list", where each user's own topic
// holds some of the entities.
type board struct {
	fakeAuth
	mu    sync.Mutex
	held  map[string]error // "topic entity": nil where it is held
	asked []string         // "user topic entity"
}

func (b *board) Holds(_ context.Context, who realtime.Identity, topic realtime.Topic, entity string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, fmt.Sprint(who.User, " ", topic, " ", entity))
	err, held := b.held[fmt.Sprint(topic, " ", entity)]
	return held, err
}

// atBoard runs the test with guests who are each on a topic of their own.
func atBoard(t *testing.T, auth realtime.Authorizer, users []string, test func(hub *realtime.Hub, guests map[string]*fakeConn)) {
	t.Helper()
	hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet(), InboundRate: realtime.Unlimited})
	defer hub.Close()
	guests := make(map[string]*fakeConn)
	for _, user := range users {
		guests[user] = connect(t, hub, user)
		guests[user].session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:%s"}`, user))
	}
	test(hub, guests)
}

// expectSignals compares what each guest has got, in data alone, with what they
// want.
func expectSignals(t *testing.T, guests map[string]*fakeConn, want map[string]string) {
	t.Helper()
	for user, c := range guests {
		refused := strings.Contains(c.last(), `"type":"error"`)
		if got := c.signals(); got != want[user] || refused {
			t.Errorf("%s got the signals %s (refused: %t); want %s", user, got, refused, want[user])
		}
	}
}

// A signal reaches those whose topic holds what it is about, and the sender cannot
// see whom it reached.
// Guarantees: A25
func TestR80ASignalReachesTopicsThatHoldItsEntity(t *testing.T) {
	auth := &board{fakeAuth: fakeAuth{group: family}, held: map[string]error{
		"list:anna 7": nil, "list:bert 7": nil, "list:dora 7": errors.New("the database is away"), "list:bert 8": nil, "list:anna 9": errors.New("away"), "list:bert 9": nil,
	}}
	atBoard(t, auth, []string{"anna", "bert", "carl", "dora"}, func(hub *realtime.Hub, guests map[string]*fakeConn) {
		tab := connect(t, hub, "anna")
		tab.session.Receive([]byte(`{"action":"subscribe","topic":"list:anna"}`))
		second := connect(t, hub, "bert")
		second.session.Receive([]byte(`{"action":"subscribe","topic":"list:bert"}`))
		guests["anna's tab"], guests["bert's tab"] = tab, second
		say := func(rest string) {
			guests["anna"].session.Receive([]byte(`{"action":"signal","topic":"list:anna","data":1` + rest + `}`))
		}
		say(`,"entity":"7"`)
		expectSignals(t, guests, map[string]string{
			"anna's tab": `"topic":"list:anna","user_id":"anna","entity":"7","data":1;`,
			"bert":       `"topic":"list:bert","user_id":"anna","entity":"7","data":1;`,
			"bert's tab": `"topic":"list:bert","user_id":"anna","entity":"7","data":1;`,
		})
		slices.Sort(auth.asked)
		if want := []string{"anna list:anna 7", "bert list:bert 7", "carl list:carl 7", "dora list:dora 7"}; !slices.Equal(auth.asked, want) {
			t.Errorf("asked %q; want once for each topic: %q", auth.asked, want)
		}
		for name, rest := range map[string]string{"held by another's alone": `,"entity":"8"`, "unknown whether held": `,"entity":"9"`, "held by none": `,"entity":"10"`} {
			say(rest)
			t.Run(name, func(t *testing.T) { expectSignals(t, guests, nil) })
		}
		say("")
		expectSignals(t, guests, map[string]string{"anna's tab": `"topic":"list:anna","user_id":"anna","data":1;`})
	})
}

// Where an Authorizer makes no such distinction, all of the group are reached.
func TestR80WithoutAHolderASignalReachesTheGroup(t *testing.T) {
	atBoard(t, &fakeAuth{group: family}, []string{"anna", "bert"}, func(_ *realtime.Hub, guests map[string]*fakeConn) {
		anna := guests["anna"].session
		anna.Receive([]byte(`{"action":"subscribe","topic":"list:bert"}`))
		guests["bert"].signals()
		anna.Receive([]byte(`{"action":"signal","topic":"list:anna","data":1}`))
		anna.Receive([]byte(`{"action":"signal","topic":"list:anna","data":2,"entity":"7"}`))
		expectSignals(t, guests, map[string]string{ // and nobody hears oneself
			"bert": `"topic":"list:bert","user_id":"anna","data":1;"topic":"list:bert","user_id":"anna","entity":"7","data":2;`,
		})
	})
}

// So many topics are asked about for a signal and no more.
// Guarantees: A25
func TestR80ASignalAsksAboutSoManyTopics(t *testing.T) {
	for _, others := range []int{realtime.MaxSignalTopics, realtime.MaxSignalTopics + 1} {
		auth := &board{fakeAuth: fakeAuth{group: family}, held: map[string]error{"list:anna 7": nil}}
		users := []string{"anna"}
		for i := range others {
			users = append(users, fmt.Sprint("guest", i))
			auth.held[fmt.Sprintf("list:guest%d 7", i)] = nil
		}
		atBoard(t, auth, users, func(hub *realtime.Hub, guests map[string]*fakeConn) {
			tab := connect(t, hub, "anna")
			tab.session.Receive([]byte(`{"action":"subscribe","topic":"list:anna"}`))
			guests["anna"].session.Receive([]byte(`{"action":"signal","topic":"list:anna","data":1,"entity":"7"}`))
			reached := 0
			for c := range maps.Values(guests) {
				reached += strings.Count(c.signals(), ";")
			}
			want := others
			if others > realtime.MaxSignalTopics {
				want = 0
			}
			if reached != want || len(auth.asked) != 1+want || tab.signals() == "" {
				t.Errorf("with %d other topics, %d were reached after %d questions; want %d, and the sender's own always", others, reached, len(auth.asked), want)
			}
		})
	}
}

// The sender may be withdrawn from the group while the Authorizer is asked.
// Guarantees: A24
func TestR80ASignalOfWhoLeavesTheGroupMeanwhile(t *testing.T) {
	var hub *realtime.Hub
	outcast := ""
	auth := &holdUp{fakeAuth: fakeAuth{group: without(&outcast)}, before: func() {
		outcast = "anna"
		hub.Recheck("list:anna")
	}}
	atBoard(t, auth, []string{"anna", "bert"}, func(h *realtime.Hub, guests map[string]*fakeConn) {
		hub = h
		guests["anna"].session.Receive([]byte(`{"action":"signal","topic":"list:anna","data":1,"entity":"7"}`))
		if !strings.Contains(guests["anna"].last(), `"code":"forbidden"`) || guests["bert"].signals() != "" {
			t.Errorf("answered %s; want forbidden, and nothing sent", guests["anna"].last())
		}
	})
}

// holdUp is an Authorizer that something happens to before it says yes.
type holdUp struct {
	fakeAuth
	before func()
}

func (h *holdUp) Holds(context.Context, realtime.Identity, realtime.Topic, string) (bool, error) {
	h.before()
	return true, nil
}
