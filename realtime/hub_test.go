package realtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/wire"
)

// fakeConn is a Conn that takes everything at once.
type fakeConn struct {
	mu      sync.Mutex
	session *realtime.Session
	got     []string
	code    realtime.CloseCode
	pings   int
	heard   time.Time
	stalled time.Time
	// answers is whether the peer answers pings.
	answers bool
	// discards are the topics of which what was queued was to be dropped.
	discards []realtime.Topic
	// sent, when set, is told of each message.
	sent chan struct{}
}

func (c *fakeConn) Send(b *wire.Batch, first int, _ realtime.Topic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := first; i < b.Len(); i++ {
		c.got = append(c.got, string(b.Text(i)))
	}
	select {
	case c.sent <- struct{}{}:
	default:
	}
}

func (c *fakeConn) Discard(topic realtime.Topic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.discards = append(c.discards, topic)
}

func (c *fakeConn) Drained(context.Context, int) error { return nil }

func (c *fakeConn) Stalled() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stalled
}

func (c *fakeConn) Heard() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}

func (c *fakeConn) Ping() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pings++
	if c.answers {
		c.heard = time.Now().Add(time.Nanosecond)
	}
}

func (c *fakeConn) pinged() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pings
}

// answer makes the peer answer pings from now on.
func (c *fakeConn) answer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = true
}

func (c *fakeConn) Close(code realtime.CloseCode, _ string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.code == 0 {
		c.code = code
	}
}

func (c *fakeConn) closed() realtime.CloseCode {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code
}

// last returns the last message that was sent.
func (c *fakeConn) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.got) == 0 {
		return ""
	}
	return c.got[len(c.got)-1]
}

// admit is what a transport begins with.
func admit(t testing.TB, hub *realtime.Hub) *realtime.Session {
	t.Helper()
	session, err := hub.Admit(netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// connect opens a session.
func connect(t testing.TB, hub *realtime.Hub, token string) *fakeConn {
	t.Helper()
	session := admit(t, hub)
	c := &fakeConn{session: session, heard: time.Now(), sent: make(chan struct{}, 1)}
	session.Attach(c)
	if token != "" {
		session.Receive(fmt.Appendf(nil, `{"action":"auth","token":%q}`, token))
	}
	return c
}

// inBubble runs the test with a hub and fake time.
func inBubble(t *testing.T, opts realtime.Options, test func(hub *realtime.Hub, log *memlog.Log)) {
	t.Helper()
	inBubbleWith(t, guard{}, opts, test)
}

func inBubbleWith(t *testing.T, auth realtime.Authorizer, opts realtime.Options, test func(hub *realtime.Hub, log *memlog.Log)) {
	t.Helper()
	opts.Logger = quiet()
	synctest.Test(t, func(*testing.T) {
		log := memlog.New(memlog.Options{})
		hub := realtime.NewHub(log, auth, opts)
		defer hub.Close()
		test(hub, log)
	})
}

// Guarantees: L6
func TestDeadlinesWithDefaults(t *testing.T) {
	inBubble(t, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		stranger, dead, alive := connect(t, hub, ""), connect(t, hub, "anna"), connect(t, hub, "anna")
		alive.answer()
		time.Sleep(9 * time.Second)
		if stranger.closed() != 0 {
			t.Error("closed before it had its time to authenticate")
		}
		time.Sleep(2 * time.Second)
		if stranger.closed() != realtime.CloseAuthTimeout {
			t.Errorf("closed with %d; want 3006 after 10 s", stranger.closed())
		}
		time.Sleep(13 * time.Second)
		if dead.closed() != 0 || dead.pinged() != 0 {
			t.Error("pinged before it was silent for 25 s")
		}
		time.Sleep(11 * time.Second) // 35 s in all (L6)
		if dead.closed() != realtime.ClosePingTimeout || dead.pinged() != 1 {
			t.Errorf("closed with %d after %d pings; want 3002 after one", dead.closed(), dead.pinged())
		}
		time.Sleep(10 * time.Minute)
		if alive.closed() != 0 {
			t.Errorf("the one that answers was closed with %d", alive.closed())
		}
	})
}

func TestAStalledWriteIsASlowConsumer(t *testing.T) {
	inBubble(t, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
		c := connect(t, hub, "anna")
		c.mu.Lock()
		c.stalled = time.Now()
		c.mu.Unlock()
		c.session.Stalling()
		time.Sleep(9 * time.Second)
		if c.closed() != 0 {
			t.Error("closed before the write deadline")
		}
		time.Sleep(2 * time.Second)
		if c.closed() != realtime.CloseSlowConsumer {
			t.Errorf("closed with %d; want 3001", c.closed())
		}
	})
}

// Guarantees: L1
func TestALostWakeUpCostsHalfASecond(t *testing.T) {
	inBubble(t, realtime.Options{}, func(hub *realtime.Hub, log *memlog.Log) {
		c := connect(t, hub, "anna")
		c.session.Receive([]byte(`{"action":"subscribe","topic":"user:anna"}`))
		log.Append(realtime.Event{Topic: "user:anna", Type: realtime.Added, EntityID: "1"})
		time.Sleep(realtime.DefaultHeadInterval + 100*time.Millisecond)
		if !strings.Contains(c.last(), `"seq":1`) {
			t.Errorf("the last message is %s; want the event", c.last())
		}
	})
}

// A flood of deliveries that nobody has time for is read from the log instead
// of being kept: the hub's memory has a bound.
// Guarantees: S10
func TestAFloodIsReadFromTheLog(t *testing.T) {
	log := memlog.New(memlog.Options{KeepCount: 50_000})
	hub := realtime.NewHub(log, guard{}, realtime.Options{Logger: quiet()})
	defer hub.Close()
	c := connect(t, hub, "anna")
	c.session.Receive([]byte(`{"action":"subscribe","topic":"user:anna"}`))
	events := make([]realtime.Event, 20_000)
	for i := range events {
		events[i] = realtime.Event{Topic: "user:anna", Type: realtime.Updated, EntityID: "1", Payload: json.RawMessage(`1`)}
	}
	hub.Deliver(log.Append(events...))
	timeout := time.After(10 * time.Second)
	for !strings.Contains(c.last(), `"seq":20000`) {
		select {
		case <-c.sent:
		case <-timeout:
			t.Fatalf("the last message is %.200s; want seq 20000", c.last())
		}
	}
	if got := hub.Stats().CatchUps; got == 0 {
		t.Error("the log was not read")
	}
	if got := len(c.got); got != 20_002 {
		t.Errorf("%d messages; want hello, subscribed, and each event once", got)
	}
}

// A delivery allocates nothing: what a round allocates does not depend on how
// many subscribers it has.
func TestADeliveryDoesNotAllocate(t *testing.T) {
	allocations := func(subscribers int) float64 {
		log := memlog.New(memlog.Options{})
		hub := realtime.NewHub(log, open{}, realtime.Options{Logger: quiet(), Anonymous: true, HeadInterval: time.Hour})
		defer hub.Close()
		sent := make(chan struct{}, 1)
		for i := range subscribers {
			session, err := hub.Admit(netip.Addr{})
			if err != nil {
				t.Fatal(err)
			}
			session.Attach(&counter{last: i == subscribers-1, sent: sent})
			<-drainOne(sent) // hello
			session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			<-drainOne(sent)
		}
		return testing.AllocsPerRun(100, func() {
			hub.Deliver(log.Append(realtime.Event{ID: "x", Topic: "list:a", Type: realtime.Updated, EntityID: "1"}))
			<-sent
		})
	}
	few, many := allocations(1), allocations(2000)
	if perDelivery := (many - few) / 1999; perDelivery > 0.001 {
		t.Errorf("%.0f allocations for a round with 1 subscriber, %.0f with 2000: %.4f a delivery; want 0", few, many, perDelivery)
	}
}

// drainOne returns a channel that is ready at once, having emptied sent.
func drainOne(sent chan struct{}) <-chan struct{} {
	select {
	case <-sent:
	default:
	}
	ready := make(chan struct{})
	close(ready)
	return ready
}

// counter is a Conn that counts and forgets. The last of a topic says so.
type counter struct {
	fakeConn
	last bool
	sent chan struct{}
	n    int
}

func (c *counter) Send(b *wire.Batch, first int, _ realtime.Topic) {
	c.n += len(b.Frames(first))
	if c.last {
		select {
		case c.sent <- struct{}{}:
		default:
		}
	}
}

// open is an Authorizer that lets everyone read everything.
type open struct{}

func (open) Authenticate(context.Context, string) (realtime.Identity, error) {
	return realtime.Identity{}, nil
}

func (open) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	return topic, nil
}

// torn is an Authorizer that is never sure: each answer withdraws another.
type torn struct {
	open
	hub *realtime.Hub
}

func (a *torn) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	a.hub.Recheck()
	return topic, nil
}

func TestAccessThatKeepsChangingIsAnError(t *testing.T) {
	auth := &torn{}
	hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet(), Anonymous: true})
	defer hub.Close()
	auth.hub = hub
	c := connect(t, hub, "")
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	if !strings.Contains(c.last(), `"code":"internal"`) {
		t.Errorf("answered %s; want the error internal", c.last())
	}
	if got := hub.Stats().Topics; got != 0 {
		t.Errorf("%d topics are left; want none", got)
	}
}

func TestAdmitAfterTheEnd(t *testing.T) {
	hub := realtime.NewHub(memlog.New(memlog.Options{}), open{}, realtime.Options{Logger: quiet()})
	hub.Close()
	if _, err := hub.Admit(netip.Addr{}); !errors.Is(err, realtime.ErrDraining) {
		t.Errorf("Admit = %v; want ErrDraining", err)
	}
}
