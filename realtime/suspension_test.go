package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// register is an Authorizer that allows the users registered for a topic. It takes its
// time, and can be made to wait.
type register struct {
	fakeAuth
	takes time.Duration
	hold  chan struct{} // when set, answers about holdFor wait for it
	// holdFor is whom an answer is held back for.
	holdFor string

	mu     sync.Mutex
	out    map[string]bool // users who may read nothing
	broken bool
	asked  map[string]int // by user
	atOnce int            // how many questions are being answered
	most   int
}

func (r *register) Authorize(ctx context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	r.mu.Lock()
	r.asked[who.User]++
	r.atOnce++
	r.most = max(r.most, r.atOnce)
	r.mu.Unlock()
	if r.hold != nil && who.User == r.holdFor {
		select {
		case <-r.hold:
		case <-ctx.Done():
		}
	}
	time.Sleep(r.takes)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.atOnce--
	switch {
	case ctx.Err() != nil || r.broken:
		return "", errors.New("the database is away")
	case r.out[who.User]:
		return "", realtime.ErrForbidden
	}
	return topic, nil
}

// strike takes a user out of the register, or back in.
func (r *register) strike(user string, out bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out[user] = out
}

func (r *register) count(user string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked[user]
}

// peak is how many questions were being answered at once.
func (r *register) peak() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.most
}

// accessTest is a hub whose topics are withdrawn and opened.
type accessTest struct {
	*testing.T
	hub *realtime.Hub
	log *memlog.Log
	reg *register
}

func testAccess(t *testing.T, opts realtime.Options, test func(e *accessTest)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		reg := &register{out: map[string]bool{}, asked: map[string]int{}}
		log := memlog.New(memlog.Options{})
		opts.Logger = quiet()
		hub := realtime.NewHub(log, reg, opts)
		defer hub.Close()
		test(&accessTest{t, hub, log, reg})
		synctest.Wait()
	})
}

// join has the user subscribe to the topic, and forgets what was answered.
func (e *accessTest) join(user string, topic realtime.Topic) *fakeConn {
	e.Helper()
	c := connect(e, e.hub, user)
	c.answer()
	c.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q}`, topic))
	if got := c.wait(); len(got) != 2 || !strings.Contains(got[1], `"subscribed"`) {
		e.Fatalf("answered %s; want a subscription", got)
	}
	return c
}

func (e *accessTest) tabs(n int, user string, topic realtime.Topic) (tabs []*fakeConn) {
	for range n {
		tabs = append(tabs, e.join(user, topic))
	}
	return tabs
}

func (e *accessTest) commit(f func(tx *memlog.Tx) error) {
	e.Helper()
	if err := e.log.Commit(f); err != nil {
		e.Fatal(err)
	}
}

// withdraw takes the topic from the user, with events before and after it.
func (e *accessTest) withdraw(user string, topic realtime.Topic, before, after int) (entries []realtime.Entry) {
	e.Helper()
	e.commit(func(tx *memlog.Tx) error {
		entries = tx.Append(eventsOf(topic, before)...)
		err := tx.Withdraw(topic, user)
		entries = append(entries, tx.Append(eventsOf(topic, after)...)...)
		e.reg.strike(user, true)
		return err
	})
	return entries
}

// openTo gives the topic to the user, with events before and after it.
func (e *accessTest) openTo(user string, topic realtime.Topic, before, after int) {
	e.Helper()
	e.commit(func(tx *memlog.Tx) error {
		tx.Append(eventsOf(topic, before)...)
		err := tx.OpenTo(topic, user)
		tx.Append(eventsOf(topic, after)...)
		e.reg.strike(user, false)
		return err
	})
}

func (e *accessTest) publish(topic realtime.Topic, n int) {
	e.hub.Deliver(e.log.Append(eventsOf(topic, n)...))
}

func eventsOf(topic realtime.Topic, n int) []realtime.Event {
	events := make([]realtime.Event, n)
	for i := range events {
		events[i] = realtime.Event{Topic: topic, Type: realtime.Updated, EntityID: "e"}
	}
	return events
}

const revokedA = `{"type":"unsubscribed","topic":"list:a","code":"revoked"}`

// What is committed after a withdrawal reaches nobody whom it names, whichever way
// the hub hears of it and however long the Authorizer takes. What is committed
// before it does, and first; all others get everything.
// Guarantees: S8, A20
func TestR54NoEventOvertakesItsWithdrawal(t *testing.T) {
	for name, tell := range map[string]func(*realtime.Hub, []realtime.Entry){
		"by the events":           func(hub *realtime.Hub, entries []realtime.Entry) { hub.Deliver(entries) },
		"by the last event alone": func(hub *realtime.Hub, entries []realtime.Entry) { hub.Deliver(entries[len(entries)-1:]) },
		"by a hint":               func(hub *realtime.Hub, _ []realtime.Entry) { hub.Wake("list:a") },
		"by a sweep":              func(*realtime.Hub, []realtime.Entry) { time.Sleep(realtime.DefaultHeadInterval) },
	} {
		t.Run(name, func(t *testing.T) {
			testAccess(t, realtime.Options{}, func(e *accessTest) {
				annas, bert := e.tabs(8, "anna", "list:a"), e.join("bert", "list:a")
				e.reg.takes = 200 * time.Millisecond
				tell(e.hub, e.withdraw("anna", "list:a", 2, 3))
				expectSeqs(t, bert.wait(), "list:a", 1)
				e.publish("list:a", 1)
				if got := bert.wait(); len(got) != 1 {
					t.Errorf("the other reader got %s", got)
				}
				asked := e.reg.count("anna")
				time.Sleep(time.Second)
				for _, anna := range annas {
					got := anna.wait()
					if len(got) != 3 || got[2] != revokedA {
						t.Fatalf("told %s; want what came before, and the end", got)
					}
					expectSeqs(t, got[:2], "list:a", 1)
				}
				if asked != 8+1 {
					t.Errorf("asked %d times about her 8 tabs; want once at each beginning, and once at the end", asked)
				}
			})
		})
	}
}

// While nobody knows whether some may read on, nobody else waits: no writer, no
// other reader of the topic, and no other topic that is withdrawn.
// Guarantees: S8
func TestAWithdrawalDelaysNobody(t *testing.T) {
	testAccess(t, realtime.Options{}, func(e *accessTest) {
		annas, bert, carl := e.tabs(20, "anna", "list:a"), e.join("bert", "list:a"), e.join("carl", "list:b")
		e.reg.hold, e.reg.holdFor = make(chan struct{}), "anna"
		e.hub.Deliver(e.withdraw("anna", "list:a", 0, 1))
		begun := time.Now()
		for range 65 {
			e.publish("list:a", 1)
			e.publish("list:b", 1)
		}
		synctest.Wait()
		if got := bert.wait(); len(got) != 66 {
			t.Errorf("another reader of the topic got %d of 66 events", len(got))
		}
		if got := carl.wait(); len(got) != 65 {
			t.Errorf("a reader of another topic got %d of 65 events", len(got))
		}
		e.hub.Deliver(e.withdraw("carl", "list:b", 0, 1))
		if got := carl.wait(); len(got) != 1 || !strings.Contains(got[0], `"revoked"`) {
			t.Errorf("another topic's reader was told %s; want revoked", got)
		}
		if took := time.Since(begun); took != 0 {
			t.Errorf("all that took %v", took)
		}
		close(e.reg.hold)
		for _, anna := range annas {
			if got := anna.wait(); len(got) != 1 || got[0] != revokedA {
				t.Errorf("told %s", got)
			}
		}
	})
}

// Questions are asked in parallel, and no more at once than the option says.
// Guarantees: A20
func TestQuestionsAreBounded(t *testing.T) {
	testAccess(t, realtime.Options{MaxAuthorizations: 3}, func(e *accessTest) {
		var all []*fakeConn
		for i := range 10 {
			all = append(all, e.join(fmt.Sprint("user", i), "list:a"))
		}
		e.reg.takes = 100 * time.Millisecond
		e.commit(func(tx *memlog.Tx) error { return tx.Withdraw("list:a") }) // from everybody, who may read on
		e.hub.Wake("list:a")
		time.Sleep(time.Second)
		if got := e.reg.peak(); got != 3 {
			t.Errorf("%d questions at once; want 3", got)
		}
		begun := time.Now()
		e.hub.Recheck("list:a")
		if took := time.Since(begun); took != 400*time.Millisecond || e.reg.peak() != 3 {
			t.Errorf("a recheck took %v, with %d questions at once; want 4 rounds of at most 3", took, e.reg.peak())
		}
		for _, c := range all {
			if got := c.wait(); len(got) != 0 {
				t.Errorf("who may read on was told %s", got)
			}
		}
	})
}

// Lost and regained while the hub lagged: the events between are not for her, so
// she fetches afresh. With nothing between she goes on as though nothing had been.
// Guarantees: S8
func TestR53LostAndRegained(t *testing.T) {
	testAccess(t, realtime.Options{}, func(e *accessTest) {
		anna, bert := e.join("anna", "list:a"), e.join("bert", "list:a")
		e.withdraw("anna", "list:a", 1, 2)
		e.openTo("anna", "list:a", 1, 1)
		e.withdraw("anna", "list:a", 0, 1)
		e.openTo("anna", "list:a", 0, 1)
		e.hub.Wake("list:a")
		got := anna.wait()
		if len(got) < 2 || !strings.HasPrefix(got[1], `{"type":"resync","topic":"list:a"`) || !strings.HasSuffix(got[1], `,"seq":7,"reason":"access"}`) {
			t.Fatalf("told %s; want event 1, and a resync at 7", got)
		}
		expectSeqs(t, got[:1], "list:a", 1)
		if next := expectSeqs(t, bert.wait(), "list:a", 1); next != 8 {
			t.Errorf("the other reader got up to %d of 7", next-1)
		}
		e.withdraw("anna", "list:a", 1, 0)
		e.openTo("anna", "list:a", 0, 1)
		e.hub.Wake("list:a")
		expectSeqs(t, anna.wait(), "list:a", 8)
		e.publish("list:a", 1)
		expectSeqs(t, anna.wait(), "list:a", 10)
	})
}

// Where the Authorizer lets somebody in again without a word in the log, nobody
// knows since when: what is in the log by then is not sent.
// Guarantees: S8
func TestR53RegainedWithoutAWord(t *testing.T) {
	testAccess(t, realtime.Options{}, func(e *accessTest) {
		anna := e.join("anna", "list:a")
		e.withdraw("anna", "list:a", 0, 3)
		e.reg.strike("anna", false)
		e.hub.Wake("list:a")
		if got := anna.wait(); len(got) != 1 || !strings.Contains(got[0], `"seq":3,"reason":"access"`) {
			t.Errorf("told %s; want a resync at the head", got)
		}
		c := connect(t, e.hub, "anna")
		c.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":2}}`, e.epoch()))
		if got := c.wait(); len(got) != 2 || !strings.Contains(got[1], `"seq":3,"recovered":false`) {
			t.Errorf("answered %s; want recovered:false at 3", got)
		}
	})
}

func (e *accessTest) epoch() realtime.Epoch {
	heads, _ := e.log.Heads(e.Context(), []realtime.Topic{"list:a"})
	return heads[0].Epoch
}

// A newcomer resumes from the opening on, and not from before it.
// Guarantees: S8
func TestR56ANewcomer(t *testing.T) {
	for since, want := range map[int]string{3: `"seq":6,"recovered":false`, 4: `"seq":6,"recovered":true`, 6: `"seq":6,"recovered":true`} {
		testAccess(t, realtime.Options{}, func(e *accessTest) {
			e.openTo("anna", "list:a", 4, 2)
			c := connect(t, e.hub, "anna")
			c.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":%d}}`, e.epoch(), since))
			got := c.wait()
			if !strings.Contains(got[1], want) {
				t.Errorf("since %d: answered %s; want %s", since, got[1], want)
			}
			if next := expectSeqs(t, got[2:], "list:a", since+1); strings.Contains(want, "true") && next != 7 {
				t.Errorf("since %d: replayed up to %d", since, next-1)
			}
		})
	}
}

// Nor does she get live what was committed before the opening, where the hub has
// not come so far yet.
// Guarantees: S8
func TestR56ANewcomerOfATopicThatLags(t *testing.T) {
	testAccess(t, realtime.Options{HeadInterval: time.Hour}, func(e *accessTest) {
		bert := e.join("bert", "list:a")
		e.openTo("anna", "list:a", 3, 1) // and the hub is told nothing
		anna := connect(t, e.hub, "anna")
		anna.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
		if got := anna.wait(); len(got) != 2 || !strings.Contains(got[1], `"seq":4`) {
			t.Errorf("answered %s; want a subscription at 4", got)
		}
		expectSeqs(t, bert.wait(), "list:a", 1)
		e.publish("list:a", 1)
		expectSeqs(t, anna.wait(), "list:a", 5)
	})
}

// A subscription that is being decided anew ends as any other does.
// Guarantees: A20
func TestR46ASuspendedSubscriptionEnds(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(hub *realtime.Hub, s *realtime.Session)
		want   string
		topics int
	}{
		"unsubscribed": {func(_ *realtime.Hub, s *realtime.Session) {
			s.Receive([]byte(`{"action":"unsubscribe","topic":"list:a"}`))
		}, `"code":"client"`, 0},
		"the connection ends": {func(_ *realtime.Hub, s *realtime.Session) { s.Closed(realtime.CloseAbnormal) }, "", 0},
		"the login ends":      {func(hub *realtime.Hub, _ *realtime.Session) { hub.EndUser("anna") }, "", 0},
		"the hub drains":      {func(hub *realtime.Hub, _ *realtime.Session) { hub.Drain(context.Background()) }, `"drain"`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			testAccess(t, realtime.Options{}, func(e *accessTest) {
				anna := e.join("anna", "list:a")
				e.reg.hold, e.reg.holdFor = make(chan struct{}), "anna"
				e.hub.Deliver(e.withdraw("anna", "list:a", 0, 1))
				synctest.Wait()
				c.end(e.hub, anna.session)
				if got := anna.wait(); c.want == "" && len(got) != 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
					t.Errorf("told %s; want %s", got, c.want)
				}
				close(e.reg.hold)
				synctest.Wait()
				if got := anna.wait(); len(got) != 0 {
					t.Errorf("then told %s", got)
				}
				if got := e.hub.Stats().Topics; got != c.topics {
					t.Errorf("%d topics are left; want %d", got, c.topics)
				}
			})
		})
	}
}

// A further subscribe takes the place of one that is being decided anew.
// Guarantees: A20
func TestR45InThePlaceOfASuspendedOne(t *testing.T) {
	testAccess(t, realtime.Options{}, func(e *accessTest) {
		anna := e.join("anna", "list:a")
		e.reg.hold, e.reg.holdFor = make(chan struct{}), "anna"
		e.hub.Deliver(e.withdraw("anna", "list:a", 0, 1))
		synctest.Wait()
		e.openTo("anna", "list:a", 1, 0)
		e.hub.Wake("list:a")
		go anna.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
		synctest.Wait()
		close(e.reg.hold)
		// The two questions are answered in either order.
		if got := strings.Join(anna.wait(), ""); strings.Count(got, `"subscribed"`) != 1 || strings.Contains(got, `"revoked"`) {
			t.Errorf("told %s; want one answer", got)
		}
		e.publish("list:a", 1)
		expectSeqs(t, anna.wait(), "list:a", 3)
	})
}

// Named again while it is asked, she is asked about again.
// Guarantees: S8
func TestR54NamedAgainMeanwhile(t *testing.T) {
	testAccess(t, realtime.Options{}, func(e *accessTest) {
		anna := e.join("anna", "list:a")
		e.withdraw("anna", "list:a", 0, 1)
		e.openTo("anna", "list:a", 0, 1)
		e.reg.takes = 100 * time.Millisecond
		e.hub.Wake("list:a")
		synctest.Wait() // she is asked about, and allowed
		e.reg.strike("anna", false)
		time.Sleep(50 * time.Millisecond)
		entries := e.withdraw("anna", "list:a", 0, 1)
		e.reg.strike("anna", true)
		e.hub.Deliver(entries)
		time.Sleep(time.Second)
		if got := anna.wait(); len(got) != 1 || got[0] != revokedA {
			t.Errorf("told %s; want the end alone", got)
		}
	})
}

// However often the topic is withdrawn from others while it is decided, who may
// read it is let in by the first answer.
// Guarantees: S8
func TestR40WithdrawalsFromOthersDelayNoSubscribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hub *realtime.Hub
		log, asked := memlog.New(memlog.Options{}), 0
		auth := &fakeAuth{authorize: func(realtime.Identity, realtime.Topic) error {
			asked++
			for range 10 {
				if err := log.Withdraw("list:a", "bert"); err != nil {
					return err
				}
				hub.Wake("list:a")
				time.Sleep(20 * time.Millisecond)
			}
			return nil
		}}
		hub = realtime.NewHub(log, auth, realtime.Options{Logger: quiet()})
		defer hub.Close()
		carl := connect(t, hub, "carl")
		for _, c := range []*fakeConn{carl, connect(t, hub, "anna")} {
			c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			if !strings.Contains(c.last(), `"subscribed"`) {
				t.Errorf("answered %s", c.last())
			}
		}
		if asked != 2 {
			t.Errorf("asked %d times; want once for each", asked)
		}
		hub.Deliver(log.Append(eventsOf("list:a", 1)...))
		synctest.Wait()
		if !strings.HasSuffix(carl.last(), `"seq":1}`) {
			t.Errorf("the last message is %s; want the event", carl.last())
		}
	})
}

// Where nobody can tell, the connection ends and nothing is sent: the client comes
// back with what it has.
// Guarantees: A23
func TestR54NobodyKnowsAfterAWithdrawal(t *testing.T) {
	testAccess(t, realtime.Options{}, func(e *accessTest) {
		anna := e.join("anna", "list:a")
		e.reg.broken = true
		e.hub.Deliver(e.withdraw("anna", "list:a", 0, 1))
		if got := anna.wait(); len(got) != 0 || anna.closed() != realtime.CloseInternal {
			t.Errorf("told %s, and closed with %d; want nothing, and 3004", got, anna.closed())
		}
	})
}

// A generation of which the log knows nothing any more may have named anybody.
// Guarantees: S8
func TestR54AChangeThatIsForgottenNamesEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{})
		asked := 0
		auth := &fakeAuth{authorize: func(realtime.Identity, realtime.Topic) error { asked++; return nil }}
		hub := realtime.NewHub(forgetful{log}, auth, realtime.Options{Logger: quiet()})
		defer hub.Close()
		c := connect(t, hub, "anna")
		c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
		for _, user := range []string{"bert", "carl"} {
			if err := log.Withdraw("list:a", user); err != nil {
				t.Fatal(err)
			}
		}
		hub.Wake("list:a")
		synctest.Wait()
		if asked != 2 {
			t.Errorf("asked %d times; want once more", asked)
		}
		hub.Deliver(log.Append(eventsOf("list:a", 1)...))
		synctest.Wait()
		if !strings.HasSuffix(c.last(), `"seq":1}`) {
			t.Errorf("the last message is %s; want the event", c.last())
		}
	})
}

// forgetful is a log that knows the last change of access alone.
type forgetful struct{ *memlog.Log }

func (l forgetful) AccessChanges(ctx context.Context, topic realtime.Topic, after realtime.Generation) ([]realtime.AccessChange, error) {
	changes, err := l.Log.AccessChanges(ctx, topic, after)
	return changes[max(0, len(changes)-1):], err
}

// In a history that was restored, who may read is asked of everybody.
// Guarantees: A21
func TestR53ARestoredHistoryIsAskedAbout(t *testing.T) {
	testAccess(t, realtime.Options{}, func(e *accessTest) {
		e.log.Append(eventsOf("list:a", 1)...)
		anna, bert := e.join("anna", "list:a"), e.join("bert", "list:a")
		e.reg.strike("anna", true) // as it was when the backup was made
		e.log.NewEpoch()
		e.publish("list:a", 1)
		if got := anna.wait(); len(got) != 1 || got[0] != revokedA {
			t.Errorf("told %s; want the end alone", got)
		}
		if got := bert.wait(); len(got) != 1 || !strings.Contains(got[0], `"seq":2,"reason":"epoch"`) {
			t.Errorf("told %s; want a resync at 2", got)
		}
	})
}

// A token that was issued before its topic was withdrawn opens that no more,
// whatever it says: one that was issued later does. Tokens are dated to the second.
// Guarantees: S8
func TestR56ATokenFromBeforeTheWithdrawal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		auth := &fakeAuth{authenticate: func(token string) (realtime.Identity, error) {
			after, err := time.ParseDuration(token)
			return realtime.Identity{User: "anna", Issued: begun.Add(after).Truncate(time.Second)}, err
		}}
		log := memlog.New(memlog.Options{})
		hub := realtime.NewHub(log, auth, realtime.Options{Logger: quiet()})
		defer hub.Close()
		old := connect(t, hub, "0s")
		old.session.Receive([]byte(`{"action":"subscribe","topics":[{"topic":"list:a"},{"topic":"list:b"}]}`))
		time.Sleep(10*time.Second + 300*time.Millisecond)
		old.wait()
		if err := log.Withdraw("list:a", "anna"); err != nil {
			t.Fatal(err)
		}
		hub.Wake("list:a")
		if got := old.wait(); len(got) != 1 || got[0] != revokedA {
			t.Errorf("told %s; want the end of list:a alone", got)
		}
		for token, want := range map[string]string{"0s": `"forbidden"`, "10900ms": `"forbidden"`, "11s": `"subscribed"`} {
			c := connect(t, hub, token)
			c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			if !strings.Contains(c.last(), want) {
				t.Errorf("with a token from %s: answered %s; want %s", token, c.last(), want)
			}
			if c.session.Receive([]byte(`{"action":"auth","token":"5s"}`)); token == "11s" && !slices.Contains(c.got, revokedA) {
				t.Errorf("refreshed with an older token: told %s; want revoked", c.got)
			}
			c.session.Closed(realtime.CloseNormal)
		}
	})
}

// remembering is an Authorizer that says at which generations it was asked.
type remembering struct {
	open
	asked []string
}

func (r *remembering) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	r.asked = append(r.asked, fmt.Sprint(topic, " afresh"))
	return topic, nil
}

func (r *remembering) AuthorizeAt(_ context.Context, _ realtime.Identity, topic realtime.Topic, at realtime.Generation) (realtime.Topic, error) {
	r.asked = append(r.asked, fmt.Sprint(topic, " at ", at))
	if topic == "list:alias" {
		return "list:a", nil
	}
	return topic, nil
}

// An Authorizer that remembers is told the generation of the name that it is asked
// about, and that a recheck wants a fresh answer.
// Guarantees: A20
func TestAuthorizeAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, auth := memlog.New(memlog.Options{}), new(remembering)
		hub := realtime.NewHub(log, auth, realtime.Options{Logger: quiet(), Anonymous: true})
		defer hub.Close()
		if err := log.Withdraw("list:a", "bert"); err != nil {
			t.Fatal(err)
		}
		connect(t, hub, "").session.Receive([]byte(`{"action":"subscribe","topics":[{"topic":"list:alias"},{"topic":"list:b"}]}`))
		if err := log.Withdraw("list:a"); err != nil {
			t.Fatal(err)
		}
		hub.Wake("list:a")
		synctest.Wait()
		hub.Recheck("list:a")
		want := []string{"list:alias at 0", "list:b at 0", "list:a at 1", "list:a at 2", "list:a afresh"}
		if !slices.Equal(auth.asked, want) {
			t.Errorf("asked %q; want %q", auth.asked, want)
		}
	})
}
