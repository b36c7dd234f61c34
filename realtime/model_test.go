package realtime_test

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// The model: a few users on a few topics, while events are published, wake-ups
// lost, doubled and turned around, connections broken, access taken and given
// back, logins ended, tokens refreshed, history trimmed and restored. Every
// message that a client gets is held to the invariants, by their names in
// docs/guarantees.md.

// step is one thing that happens.
type step struct {
	Kind  string
	User  int
	Topic int
	N     int
	// Amid happens in the middle of the step, when the log is read or a topic
	// authorized for the After-th time.
	Amid  *step
	After int
	// Times is how often it does, one right after the other.
	Times int
}

// GoString is what a failure shows.
func (s step) GoString() string {
	text := fmt.Sprintf("%s(user %d, topic %d, %d)", s.Kind, s.User, s.Topic, s.N)
	if s.Amid != nil {
		text += fmt.Sprintf(" with %d×%#v after %d", s.Times, *s.Amid, s.After)
	}
	return text
}

var kinds = []string{"publish", "publish", "publish", "lose", "double", "invert", "subscribe", "resume", "resume", "return", "return", "behind", "trail", "apart", "crash", "unsubscribe", "revoke", "grant", "restore", "read", "stall", "wait", "logout", "refresh", "look", "look", "hide", "show", "signal",
	"withdraw", "withdraw", "open", "open", "openall", "flap", "flap", "pardon", "break", "elsewhere", "cut", "heal", "heal", "midway", "outage", "outage"}

// amidKinds are what can happen in the middle of something else. What a client
// asks for is among them, since a replay goes on while it asks.
var amidKinds = []string{"publish", "publish", "lose", "crash", "revoke", "revoke", "grant", "restore", "stall", "unsubscribe", "resume", "logout", "hide",
	"withdraw", "withdraw", "open", "flap", "pardon", "break"}

const users, topics, kept = 2, 2, 12

func drawStep(t *rapid.T) step {
	s := drawSimple(t, kinds)
	if rapid.IntRange(0, 2).Draw(t, "amid") == 0 {
		amid := drawSimple(t, amidKinds)
		if rapid.Bool().Draw(t, "same") { // it concerns what is going on
			amid.User, amid.Topic = s.User, s.Topic
		}
		s.After, s.Times = rapid.IntRange(0, 4).Draw(t, "after"), rapid.IntRange(1, 3).Draw(t, "times")
		s.Amid = &amid
	}
	return s
}

func drawSimple(t *rapid.T, kinds []string) step {
	return step{
		Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), User: rapid.IntRange(0, users-1).Draw(t, "user"),
		Topic: rapid.IntRange(0, topics-1).Draw(t, "topic"), N: rapid.IntRange(1, 5).Draw(t, "n"),
	}
}

// Guarantees: S3, S4, S5, S8, L1
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 40).Draw(rt, "steps")
		together, watches := rapid.Bool().Draw(rt, "together"), rapid.Bool().Draw(rt, "watches")
		var violation string
		synctest.Test(t, func(*testing.T) { violation = play(steps, together, watches) })
		if violation != "" {
			rt.Fatal(violation)
		}
	})
}

// world is the system, and what is known to be true of it.
type world struct {
	log *memlog.Log
	hub *realtime.Hub
	// together is whether those on different topics meet.
	together bool

	mu     sync.Mutex        // guards everything below; taken after a peer's
	amid   func()            // runs in the middle of something
	after  int               // how often before it does not
	times  int               // how often it then does
	denied map[string]bool   // "user topic"
	hidden map[string]bool   // "user topic", who may not meet the others
	logins int               // how many there were
	ended  map[string]bool   // logins
	over   map[string]bool   // logins whose end was acknowledged
	truth  map[string]string // "epoch topic seq" → event id
	access
	peers  [users]*peer
	broken string // the first invariant that broke
}

func topicOf(i int) realtime.Topic { return realtime.Topic(fmt.Sprint("list:", i)) }
func userOf(i int) string          { return fmt.Sprint("user", i) }

func (w *world) violate(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}

// Authenticate, Authorize (and Group, Holds): the world is its own Authorizer. A token is
// "user login grant", where the grant is a topic or everything.
func (w *world) Authenticate(_ context.Context, token string) (realtime.Identity, error) {
	parts := strings.Fields(token)
	w.mu.Lock()
	ended := w.ended[parts[1]]
	w.mu.Unlock()
	w.interrupt() // the login was looked up, and the session is not yet filed under it
	if ended {
		return realtime.Identity{}, &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the login has ended"}
	}
	return realtime.Identity{User: parts[0], Session: parts[1], Grant: parts[2]}, nil
}

func (w *world) Authorize(_ context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	return w.remember(who, topic, 0)
}

const everything = "everything"

func grants(grant string, topic realtime.Topic) bool {
	return grant == everything || grant == string(topic)
}

func (w *world) interrupt() {
	w.mu.Lock()
	amid := w.amid
	switch {
	case w.after > 0:
		w.after--
		amid = nil
	case w.times > 1:
		w.times--
	default:
		w.amid = nil
	}
	w.mu.Unlock()
	if amid == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		amid()
	}()
	select {
	case <-done:
	case <-time.After(time.Millisecond): // it waits for what it has interrupted
	}
}

// Heads and Read: and its own log, which things happen in the middle of.
func (w *world) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	defer w.interrupt()
	return w.log.Heads(ctx, topics)
}

func (w *world) Read(ctx context.Context, topic realtime.Topic, after realtime.Seq, limit int) ([]realtime.Entry, error) {
	entries, err := w.log.Read(ctx, topic, after, min(limit, 3)) // small pages, so that a replay has several
	w.interrupt()
	return entries, err
}

func (w *world) connect(i int) {
	session, err := w.hub.Admit(netip.Addr{})
	if err != nil {
		w.violate("Admit: %v", err)
		return
	}
	old := w.peer(i)
	p := &peer{
		world: w, index: i, user: userOf(i), session: session, login: w.newLogin(), grant: everything, moved: make(chan struct{}, 1),
		live: map[realtime.Topic]bool{}, revoked: map[realtime.Topic]bool{}, alone: map[realtime.Topic]bool{},
		cursor: map[realtime.Topic]realtime.Position{}, asked: map[realtime.Topic]realtime.Position{},
		company: map[realtime.Topic]map[string]bool{}, looks: map[realtime.Topic]bool{},
		excused: map[realtime.Topic]bool{}, rechecks: map[realtime.Topic]int{},
	}
	if old != nil {
		old.mu.Lock()
		p.cursor, p.revoked, p.alone = maps.Clone(old.cursor), maps.Clone(old.revoked), maps.Clone(old.alone)
		old.mu.Unlock()
	}
	w.mu.Lock()
	w.peers[i] = p
	w.mu.Unlock()
	session.Attach(p)
	p.auth(p.login, p.grant)
}

// peer is the user's connection, the latest one.
func (w *world) peer(user int) *peer {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.peers[user]
}

func (w *world) newLogin() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.logins++
	return fmt.Sprint("login", w.logins)
}

// play runs the steps and returns the first violation.
func play(steps []step, together, watches bool) string {
	w := &world{
		together: together,
		log:      memlog.New(memlog.Options{KeepCount: kept}), denied: map[string]bool{}, hidden: map[string]bool{},
		ended: map[string]bool{}, over: map[string]bool{}, truth: map[string]string{}, access: newAccess(),
	}
	log := realtime.Log(w)
	if watches {
		log = watcher{w}
	}
	w.hub = realtime.NewHub(log, w, realtime.Options{Logger: quiet(), InboundRate: realtime.Unlimited, MaxReplay: kept, Sweep: w.sweep})
	defer w.hub.Close()
	for i := range users {
		w.connect(i)
	}
	for _, s := range steps {
		w.arm(s.Amid, s.After, s.Times)
		w.do(s)
		synctest.Wait()
	}
	w.arm(nil, 0, 0)
	w.settle()
	return w.broken
}

// arm has the step happen in the middle of what comes.
func (w *world) arm(s *step, after, times int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.amid, w.after, w.times = nil, after, times
	if s != nil {
		w.amid = func() { w.do(*s) }
	}
}

// settle lets everything come to rest, and then expects it to be so.
func (w *world) settle() {
	w.setCut(false)
	for _, p := range w.peers {
		p.flow()
	}
	time.Sleep(3 * time.Second)
	synctest.Wait()
	for _, p := range w.peers {
		p.mu.Lock()
		for topic := range p.live {
			heads, _ := w.log.Heads(context.Background(), []realtime.Topic{topic})
			if p.cursor[topic] != heads[0].Position {
				w.violate("L1 complete: %s rests at %+v of %s; the head is %+v", p.user, p.cursor[topic], topic, heads[0].Position)
			}
			w.mu.Lock()
			lost := w.lost[keyOf(p.user, topic)]
			w.mu.Unlock()
			if lost {
				w.violate("S8 authorized: %s is still subscribed to %s, which was withdrawn", p.user, topic)
			}
		}
		for topic, company := range p.company {
			if there := w.company(topic); !maps.Equal(company, there) {
				w.violate("L2 equal: %s sees %v on %s; there are %v", p.user, company, topic, there)
			}
		}
		p.mu.Unlock()
	}
}

// true returns the id of the event that is at the position.
func (w *world) true(at realtime.Position, topic realtime.Topic) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.truth[fmt.Sprint(at, topic)]
}

// commit appends events, and notes what is true from now on.
func (w *world) commit(topic realtime.Topic, n int) []realtime.Entry {
	return w.transact(topic, func(tx *transaction) error { tx.publish(n); return nil })
}

func (w *world) do(s step) {
	p, topic := w.peer(s.User), topicOf(s.Topic)
	switch s.Kind {
	case "publish":
		w.hub.Deliver(w.commit(topic, s.N))
	case "lose":
		w.commit(topic, s.N)
	case "double":
		entries := w.commit(topic, s.N)
		w.hub.Deliver(entries)
		synctest.Wait()
		w.hub.Deliver(entries)
	case "invert":
		entries := w.commit(topic, s.N)
		for _, e := range slices.Backward(entries) {
			w.hub.Deliver([]realtime.Entry{e})
			synctest.Wait()
		}
	case "subscribe", "resume", "look":
		p.ask(func() []byte { return p.subscribe(topic, s.Kind) })
	case "return": // gone for a while, during which things happened
		w.do(step{Kind: "crash", User: s.User})
		w.hub.Deliver(w.commit(topic, 2*s.N))
		synctest.Wait()
		w.do(step{Kind: "resume", User: s.User, Topic: s.Topic})
	case "behind": // slow to read what came before access was taken away
		w.do(step{Kind: "stall", User: s.User})
		w.hub.Deliver(w.commit(topic, s.N))
		synctest.Wait()
		w.setAccess(p, topic, true)
		w.do(step{Kind: "read", User: s.User})
	case "trail": // slow to read a replay before access was taken away
		w.arm(&step{Kind: "stall", User: s.User}, 2+s.N%3, 1) // to authenticate and to authorize come first
		w.do(step{Kind: "return", User: s.User, Topic: s.Topic, N: s.N})
		synctest.Wait()
		w.setAccess(w.peer(s.User), topic, true)
		w.do(step{Kind: "read", User: s.User})
	case "midway": // slow to read a replay before access was lost and regained
		w.arm(&step{Kind: "stall", User: s.User}, 2+s.N, 1)
		w.do(step{Kind: "return", User: s.User, Topic: s.Topic, N: 5})
		synctest.Wait()
		n := []int{1, 2, 5}[s.N%3] // the hub is told, of nothing between or something; or is not
		w.flap(step{User: s.User, N: n}, topic)
		synctest.Wait()
		w.do(step{Kind: "read", User: s.User})
	case "outage":
		w.outage(s, topic)
	case "apart": // slow to read who is there before that was taken away
		w.do(step{Kind: "look", User: s.User, Topic: s.Topic})
		w.do(step{Kind: "stall", User: s.User})
		w.do(step{Kind: "look", User: (s.User + 1) % users, Topic: s.Topic})
		time.Sleep(time.Second)
		w.hide(p, topic)
		w.do(step{Kind: "read", User: s.User})
	case "unsubscribe":
		if s.N > 3 { // from everything, in one message
			p.ask(func() []byte {
				return fmt.Appendf(nil, `{"action":"unsubscribe","topics":[%q,%q]}`, topic, topicOf((s.Topic+1)%topics))
			})
			return
		}
		p.askPlainly("unsubscribe", topic, "")
	case "crash":
		p.session.Closed(realtime.CloseAbnormal)
		p.Close(0, "")
		w.connect(s.User)
	case "revoke":
		w.setAccess(p, topic, true)
	case "grant":
		w.setAccess(p, topic, false)
	case "logout":
		w.logout(p)
	case "refresh":
		w.refresh(p, []string{everything, string(topic)}[s.N%2], s.N > 2)
	case "hide":
		w.hide(p, topic)
	case "show":
		w.show(p, topic)
	case "signal":
		p.askPlainly("signal", topic, fmt.Sprintf(`,"data":%q%s`, topic, entityOf(s.N)))
	case "restore":
		w.log.NewEpoch()
	case "withdraw":
		from := []string{p.user}
		if s.N == 5 {
			from = nil // from everybody
		}
		w.changeAccess(s, topic, func(tx *transaction) error { return tx.withdraw(from...) })
	case "open":
		w.changeAccess(s, topic, func(tx *transaction) error { return tx.open(p.user) })
	case "openall":
		w.changeAccess(s, topic, (*transaction).openAll)
	case "break":
		w.changeAccess(s, topic, func(tx *transaction) error { return tx.Break(topic) })
	case "flap":
		w.flap(s, topic)
	case "pardon":
		w.pardon(p.user, topic)
	case "elsewhere":
		w.leave(p)
	case "cut", "heal":
		w.setCut(s.Kind == "cut")
	case "stall":
		p.mu.Lock()
		p.stalled = true
		p.excuse()
		p.mu.Unlock()
	case "read":
		p.flow()
	case "wait":
		time.Sleep(1500 * time.Millisecond)
	}
}

// logout ends the login that the session lives by. When that returns it is
// acknowledged.
func (w *world) logout(p *peer) {
	p.mu.Lock()
	login := p.login
	p.mu.Unlock()
	w.mu.Lock()
	w.ended[login] = true
	w.mu.Unlock()
	w.hub.EndSession(login)
	w.mu.Lock()
	w.over[login] = true
	w.mu.Unlock()
}

// refresh has the session live by another token, perhaps of another login.
func (w *world) refresh(p *peer, grant string, anew bool) {
	p.mu.Lock()
	login, slow := p.login, p.slow()
	p.mu.Unlock()
	if slow {
		return
	}
	if anew {
		login = w.newLogin()
	}
	p.auth(login, grant)
}

// hide takes away that a user may meet others, as setAccess takes away access.
func (w *world) hide(p *peer, topic realtime.Topic) {
	w.mu.Lock()
	w.hidden[p.user+" "+string(topic)] = true
	w.mu.Unlock()
	w.recheck(topic)
	w.mu.Lock()
	hidden := w.hidden[p.user+" "+string(topic)]
	p = w.peers[p.index] // it may have come back meanwhile
	w.mu.Unlock()
	p.mu.Lock()
	p.alone[topic] = hidden
	p.mu.Unlock()
}

func (w *world) show(p *peer, topic realtime.Topic) {
	w.mu.Lock()
	delete(w.hidden, p.user+" "+string(topic))
	w.mu.Unlock()
	p.mu.Lock()
	delete(p.alone, topic)
	p.mu.Unlock()
}

// setAccess changes what a user may read, commits it, and tells the hub. When
// that returns it is acknowledged.
func (w *world) setAccess(p *peer, topic realtime.Topic, denied bool) {
	w.mu.Lock()
	w.denied[p.user+" "+string(topic)] = denied
	w.mu.Unlock()
	if !denied {
		p.mu.Lock()
		delete(p.revoked, topic)
		p.mu.Unlock()
		return
	}
	w.recheck(topic)
	w.mu.Lock()
	denied = w.denied[p.user+" "+string(topic)] // it may have been given back meanwhile
	p = w.peers[p.index]
	w.mu.Unlock()
	p.mu.Lock()
	p.revoked[topic] = denied
	p.mu.Unlock()
}
