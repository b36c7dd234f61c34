package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// access is who may read what, by the changes that stand in the log, and what a
// hub may take its time with. It is guarded by world.mu.
type access struct {
	// lost is from whom a topic is withdrawn: "user topic".
	lost map[string]bool
	// secret is which events were committed while the topic was withdrawn from a
	// user: "user epoch seq topic".
	secret map[string]bool
	// due is up to where a user was to get a topic's events that was withdrawn since
	// they subscribed to it: "user topic".
	due map[string]realtime.Position
	// last is the last position of each topic.
	last map[realtime.Topic]realtime.Position
	// memory is what the Authorizer remembers: "identity topic".
	memory map[string]remembered
	// rechecks is how often it was asked again about a topic, and rechecking how
	// often it is.
	rechecks, rechecking map[realtime.Topic]int
	// away are logins that ended in another process, and when; cut is whether the
	// hub cannot ask about them.
	away map[string]time.Time
	cut  bool
}

type remembered struct {
	at  realtime.Generation
	err error
}

func newAccess() access {
	return access{
		lost: map[string]bool{}, secret: map[string]bool{}, due: map[string]realtime.Position{}, last: map[realtime.Topic]realtime.Position{}, memory: map[string]remembered{},
		rechecks: map[realtime.Topic]int{}, rechecking: map[realtime.Topic]int{}, away: map[string]time.Time{},
	}
}

func keyOf(user string, topic realtime.Topic) string { return user + " " + string(topic) }

// transaction is what happens at once, and is true from then on.
type transaction struct {
	*memlog.Tx
	world   *world
	topic   realtime.Topic
	entries []realtime.Entry
}

// transact has f happen at once. A client that gets an event asks only then whether
// it is true.
func (w *world) transact(topic realtime.Topic, f func(tx *transaction) error) []realtime.Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	tx := &transaction{world: w, topic: topic}
	err := w.log.Commit(func(of *memlog.Tx) error {
		tx.Tx = of
		return f(tx)
	})
	if err != nil && w.broken == "" {
		w.broken = "committing: " + err.Error()
	}
	return tx.entries
}

func (tx *transaction) publish(n int) {
	w := tx.world
	for range n {
		for _, e := range tx.Append(realtime.Event{Topic: tx.topic, Type: realtime.Updated, EntityID: "e"}) {
			tx.entries, w.last[tx.topic] = append(tx.entries, e), e.Position
			w.truth[fmt.Sprint(e.Position, e.Topic)] = e.ID
			for i := range users {
				w.secret[fmt.Sprint(userOf(i), e.Position, e.Topic)] = w.lost[keyOf(userOf(i), tx.topic)]
			}
		}
	}
}

// withdraw takes the topic from the users, and notes up to where they read.
func (tx *transaction) withdraw(from ...string) error {
	if err := tx.Withdraw(tx.topic, from...); err != nil {
		return err
	}
	if len(from) == 0 {
		from = []string{userOf(0), userOf(1)}
	}
	for _, user := range from {
		key := keyOf(user, tx.topic)
		tx.world.lost[key] = true
		if _, named := tx.world.due[key]; !named {
			tx.world.due[key] = tx.world.last[tx.topic]
		}
	}
	return nil
}

func (tx *transaction) open(to ...string) error {
	for _, user := range to {
		delete(tx.world.lost, keyOf(user, tx.topic))
	}
	return tx.OpenTo(tx.topic, to...)
}

// openAll opens the topic to everybody; who may read it keeps what they have.
func (tx *transaction) openAll() error {
	var keep []string
	for i := range users {
		key := keyOf(userOf(i), tx.topic)
		if !tx.world.lost[key] {
			keep = append(keep, userOf(i))
		}
		delete(tx.world.lost, key)
	}
	return tx.OpenToAll(tx.topic, keep...)
}

// changeAccess does something about who may read the topic, with events before and
// after it, and tells the hub so, or of the events, or nothing.
func (w *world) changeAccess(s step, topic realtime.Topic, change func(tx *transaction) error) {
	entries := w.transact(topic, func(tx *transaction) error {
		tx.publish(s.N % 3)
		if err := change(tx); err != nil {
			return err
		}
		tx.publish((s.N + 1) % 3)
		return nil
	})
	w.tell(s.N, topic, entries)
}

func (w *world) tell(n int, topic realtime.Topic, entries []realtime.Entry) {
	switch n {
	case 1, 2:
		w.hub.Wake(topic)
	case 3, 4:
		w.hub.Deliver(entries)
	}
}

// flap takes the topic away and gives it back, and perhaps takes it away again,
// before the hub is told anything.
func (w *world) flap(s step, topic realtime.Topic) {
	user := userOf(s.User)
	changes := []func(tx *transaction) error{
		func(tx *transaction) error { return tx.withdraw(user) },
		func(tx *transaction) error { return tx.open(user) },
		func(tx *transaction) error { return tx.withdraw(user) },
	}
	var entries []realtime.Entry
	for _, change := range changes[:2+s.N/3] {
		entries = append(entries, w.transact(topic, func(tx *transaction) error {
			err := change(tx)
			tx.publish((s.N - 1) % 3)
			return err
		})...)
	}
	w.tell(s.N, topic, entries)
}

// pardon lets a user read a topic again without a word in the log.
func (w *world) pardon(user string, topic realtime.Topic) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.lost, keyOf(user, topic))
	clear(w.memory)
}

// AuthorizeAt implements [realtime.GenerationAuthorizer].
func (w *world) AuthorizeAt(ctx context.Context, who realtime.Identity, topic realtime.Topic, at realtime.Generation) (realtime.Topic, error) {
	key := fmt.Sprint(who, topic)
	w.mu.Lock()
	r, known := w.memory[key]
	w.mu.Unlock()
	if known && r.at == at {
		return topic, r.err
	}
	return w.remember(who, topic, at)
}

// remember asks, and remembers the answer, as long as nothing happens meanwhile
// that the log does not know of.
func (w *world) remember(who realtime.Identity, topic realtime.Topic, at realtime.Generation) (realtime.Topic, error) {
	w.mu.Lock()
	err := w.decide(who, topic)
	w.memory[fmt.Sprint(who, topic)] = remembered{at, err}
	w.mu.Unlock()
	w.interrupt() // the decision is made, and not yet known
	return topic, err
}

// decide is what is so when it is asked. Call it with mu held.
func (w *world) decide(who realtime.Identity, topic realtime.Topic) error {
	key := keyOf(who.User, topic)
	if w.denied[key] || w.lost[key] || !grants(who.Grant, topic) {
		return realtime.ErrForbidden
	}
	return nil
}

// AccessChanges implements [realtime.Log].
func (w *world) AccessChanges(ctx context.Context, topic realtime.Topic, after realtime.Generation) ([]realtime.AccessChange, error) {
	defer w.interrupt()
	return w.log.AccessChanges(ctx, topic, after)
}

// HeadsAndRights implements [realtime.Log].
func (w *world) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	defer w.interrupt()
	return w.log.HeadsAndRights(ctx, user, topics)
}

// watcher is the world as a log that knows what has changed.
type watcher struct{ *world }

func (w watcher) Changed(ctx context.Context, mark string) (topics []realtime.Topic, next string, all bool, err error) {
	defer w.interrupt()
	return w.log.Changed(ctx, mark)
}

// leave ends the login that the session lives by in another process.
func (w *world) leave(p *peer) {
	p.mu.Lock()
	login := p.login
	p.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.away[login]; !known {
		w.ended[login], w.away[login] = true, time.Now()
	}
}

// outage has a login end in another process while the hub cannot ask about it, and
// the client resume, or go on with a replay.
func (w *world) outage(s step, topic realtime.Topic) {
	resume := step{Kind: "resume", User: s.User, Topic: s.Topic}
	if s.N%2 == 0 {
		w.do(step{Kind: "unsubscribe", User: s.User, Topic: s.Topic, N: 1})
		w.hub.Deliver(w.commit(topic, s.N))
	} else {
		w.arm(&step{Kind: "stall", User: s.User}, 3, 1)
		w.do(step{Kind: "return", User: s.User, Topic: s.Topic, N: 5})
		resume.Kind = "read"
	}
	synctest.Wait()
	w.leave(w.peer(s.User))
	w.setCut(true)
	time.Sleep(1500 * time.Millisecond)
	w.do(resume)
}

// sweep is what the hub asks each time.
func (w *world) sweep(context.Context) error {
	w.mu.Lock()
	cut := w.cut
	logins := make([]string, 0, len(w.away))
	for login := range w.away {
		logins = append(logins, login)
	}
	w.mu.Unlock()
	if cut {
		return errors.New("the database is out of reach")
	}
	for _, login := range logins {
		w.hub.EndSession(login)
	}
	return nil
}

func (w *world) setCut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
}

// recheck asks again about the topic.
func (w *world) recheck(topic realtime.Topic) {
	w.mu.Lock()
	clear(w.memory)
	w.rechecks[topic]++
	w.rechecking[topic]++
	w.mu.Unlock()
	w.hub.Recheck(topic)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rechecking[topic]--
}

// began notes that a subscription has. Call it with the peer's mu held.
func (p *peer) began(m message) {
	w := p.world
	w.mu.Lock()
	defer w.mu.Unlock()
	key := keyOf(p.user, m.Topic)
	delete(w.due, key)
	if w.lost[key] { // it was not when the answer was decided
		w.due[key] = realtime.Position{}
	}
	p.excused[m.Topic] = w.rechecking[m.Topic] > 0 || m.Recovered && m.Seq > p.asked[m.Topic].Seq
	p.rechecks[m.Topic] = w.rechecks[m.Topic]
}

// excuse notes that what comes may have another cause than what the log says, or
// have been lost on the way. Call it with mu held.
func (p *peer) excuse() {
	for topic := range p.live {
		p.excused[topic] = true
	}
}

// checkEnd holds it to its cause that a topic was taken away, and to its order:
// what was committed before comes before it. Call it with mu held.
func (p *peer) checkEnd(topic realtime.Topic, text string) {
	w := p.world
	w.mu.Lock()
	due, named := w.due[keyOf(p.user, topic)]
	excused := p.excused[topic] || w.rechecks[topic] != p.rechecks[topic]
	w.mu.Unlock()
	at := p.cursor[topic]
	heads, _ := w.log.Heads(context.Background(), []realtime.Topic{topic})
	switch {
	case excused:
	case !named:
		w.violate("L1 complete: %s was told for no reason: %s", p.user, text)
	case at.Epoch == due.Epoch && at.Epoch == heads[0].Epoch && at.Seq < due.Seq && at.Seq >= heads[0].Floor:
		w.violate("L1 complete: %s, who was at %d of the %d that came before, was told %s", p.user, at.Seq, due.Seq, text)
	}
}

// checkLog holds an event to what the log said when it was committed, and to the
// logins that have ended. Call it with mu held.
func (p *peer) checkLog(topic realtime.Topic, at realtime.Position, text string) {
	w := p.world
	w.mu.Lock()
	secret := w.secret[fmt.Sprint(p.user, at, topic)]
	ended, away := w.away[p.login]
	w.mu.Unlock()
	if secret {
		w.violate("S8 authorized: %s, from whom the topic was withdrawn, got %s", p.user, text)
	}
	if late := p.sent.Sub(ended); away && late > realtime.DefaultHoldAfter {
		w.violate("S8 authorized: %s, whose login ended elsewhere %v before, got %s", p.user, late, text)
	}
}
