package realtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// peer is a client, as a good one behaves, and its connection.
type peer struct {
	world   *world
	index   int
	user    string
	session *realtime.Session
	asking  sync.Mutex // held while the session handles a message

	mu      sync.Mutex
	moved   chan struct{} // told when the queue has shrunk
	stalled bool
	queue   []queued
	dead    bool
	// login and grant are what the session lives by, fresh the token that it asked
	// to live by instead.
	login, grant string
	fresh        [2]string
	// revoked are topics whose access was taken away and acknowledged, alone those
	// where it may no longer meet the others.
	revoked, alone map[realtime.Topic]bool
	// company is whom it was told to be on the topics where it asked for that.
	company map[realtime.Topic]map[string]bool
	looks   map[realtime.Topic]bool // what presence was sent with
	live    map[realtime.Topic]bool
	cursor  map[realtime.Topic]realtime.Position
	asked   map[realtime.Topic]realtime.Position // what since was sent with
	// excused are subscriptions that may end with something missing, or for another
	// cause than what the log says; rechecks is how often it had been asked again
	// about a topic when they began.
	excused  map[realtime.Topic]bool
	rechecks map[realtime.Topic]int
	// sent is when the hub sent what the client takes.
	sent time.Time
}

type queued struct {
	text  string
	topic realtime.Topic
	sent  time.Time
}

func (p *peer) Send(b *wire.Batch, first int, topic realtime.Topic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := first; i < b.Len(); i++ {
		if p.dead {
			return
		}
		if p.stalled {
			p.queue = append(p.queue, queued{string(b.Text(i)), topic, time.Now()})
		} else {
			p.sent = time.Now()
			p.take(string(b.Text(i)))
		}
	}
}

func (p *peer) Discard(topic realtime.Topic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = slices.DeleteFunc(p.queue, func(q queued) bool { return q.topic == topic })
}

func (p *peer) Drained(ctx context.Context, _ int) error {
	for {
		p.mu.Lock()
		dead, slow := p.dead, p.slow()
		p.mu.Unlock()
		switch {
		case dead:
			return errors.New("gone")
		case !slow:
			return nil
		}
		select {
		case <-p.moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// move wakes the calls of Drained.
func (p *peer) move() {
	select {
	case p.moved <- struct{}{}:
	default:
	}
}

func (p *peer) Stalled() time.Time { return time.Time{} }
func (p *peer) Heard() time.Time   { return time.Now() }
func (p *peer) Ping()              {}

func (p *peer) Close(realtime.CloseCode, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead, p.queue = true, nil
	clear(p.live)
	clear(p.company)
	p.move()
}

// ask sends a message, unless one is being handled: its turn would come later.
func (p *peer) ask(message func() []byte) {
	if p.asking.TryLock() {
		defer p.asking.Unlock()
		if m := message(); m != nil {
			p.session.Receive(m)
		}
	}
}

func (p *peer) askPlainly(action string, topic realtime.Topic, data string) {
	p.ask(func() []byte { return fmt.Appendf(nil, `{"action":%q,"topic":%q%s}`, action, topic, data) })
}

// flow lets what was queued through.
func (p *peer) flow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = false
	for _, q := range p.queue {
		p.sent = q.sent
		p.take(q.text)
		p.excuse()
	}
	p.queue = nil
	p.move()
}

// take is the client: it holds each message to the invariants. Call it with mu held.
func (p *peer) take(text string) {
	var m message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		p.world.violate("not JSON: %s", text)
		return
	}
	topic := m.Topic
	position := realtime.Position{Epoch: m.Epoch, Seq: m.Seq}
	switch m.Type {
	case "hello":
		p.login, p.grant = p.fresh[0], p.fresh[1]
	case "subscribed":
		p.began(m)
		p.live[topic] = true
		delete(p.company, topic)
		if p.looks[topic] {
			p.company[topic] = map[string]bool{}
		}
		if m.Recovered && p.asked[topic].Epoch != m.Epoch {
			p.world.violate("S5 immutable: %s resumed %+v in another epoch: %s", p.user, p.asked[topic], text)
		}
		if m.Recovered {
			p.cursor[topic] = p.asked[topic]
		} else {
			p.cursor[topic] = position
		}
	case "resync":
		p.cursor[topic] = position
	case "unsubscribed":
		if m.Code == wire.CodeRevoked {
			p.checkEnd(topic, text)
		}
		delete(p.live, topic)
		delete(p.company, topic)
	case "presence":
		p.meet(m, text)
	case "signal":
		p.checkCompany(topic, text)
		p.checkSignal(m, text)
	case "":
		p.checkEvent(m, position, text)
	}
}

// meet notes who is there.
func (p *peer) meet(m message, text string) {
	if m.Members != nil && m.Count == 0 { // presence has ended
		delete(p.company, m.Topic)
		return
	}
	p.checkCompany(m.Topic, text)
	company := p.company[m.Topic]
	if company == nil {
		p.world.violate("S8 authorized: %s, who did not ask, was told %s", p.user, text)
		return
	}
	if m.Members != nil {
		clear(company)
	}
	for _, member := range append(m.Members, m.Joined...) {
		company[member] = true
	}
	for _, member := range m.Left {
		delete(company, member)
	}
}

func (p *peer) checkCompany(topic realtime.Topic, text string) {
	if p.alone[topic] {
		p.world.violate("S8 authorized: %s, who may not meet the others, got %s", p.user, text)
	}
}

type message struct {
	Type, ID  string
	Code      string
	Topic     realtime.Topic
	Epoch     realtime.Epoch
	Seq       realtime.Seq
	Recovered bool

	Members, Joined, Left []string
	Count                 int
	Entity                string
	Data                  any
}

func (p *peer) checkEvent(m message, at realtime.Position, text string) {
	before := p.cursor[m.Topic]
	switch {
	case !p.live[m.Topic]:
		p.world.violate("S8 authorized: %s got an event without a subscription: %s", p.user, text)
	case at.Epoch != before.Epoch:
		p.world.violate("S5 immutable: %s at %+v got an event of another epoch: %s", p.user, before, text)
	case at.Seq <= before.Seq:
		p.world.violate("S3 order: %s at %+v got an event again: %s", p.user, before, text)
	case at.Seq != before.Seq+1:
		p.world.violate("S4 no silent gap: %s at %+v got %s", p.user, before, text)
	case p.world.true(at, m.Topic) != m.ID:
		p.world.violate("S1 atomic: %s got an event that is not in the log: %s", p.user, text)
	}
	p.cursor[m.Topic] = at
	p.checkAccess(m.Topic, text)
	p.checkLog(m.Topic, at, text)
}

func (p *peer) checkAccess(topic realtime.Topic, text string) {
	if p.revoked[topic] {
		p.world.violate("S8 authorized: %s, whose access was taken away, got %s", p.user, text)
	}
	if !grants(p.grant, topic) {
		p.world.violate("S8 authorized: %s, whose fresh token does not allow it, got %s", p.user, text)
	}
	p.world.mu.Lock()
	over := p.world.over[p.login]
	p.world.mu.Unlock()
	if over {
		p.world.violate("S8 authorized: %s, whose login has ended, got %s", p.user, text)
	}
}

func (p *peer) auth(login, grant string) {
	p.ask(func() []byte {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.fresh = [2]string{login, grant}
		p.excuse()
		return fmt.Appendf(nil, `{"action":"auth","token":"%s %s %s"}`, p.user, login, grant)
	})
}

// slow reports whether the client's position may change before an answer arrives. Call it
// with mu held.
func (p *peer) slow() bool { return p.stalled || len(p.queue) > 0 }

// subscribe returns the message that does so; nil for someone who is slow.
func (p *peer) subscribe(topic realtime.Topic, kind string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.slow() {
		return nil
	}
	at, known := p.cursor[topic]
	p.asked[topic], p.looks[topic] = at, kind == "look"
	switch {
	case kind == "look":
		return fmt.Appendf(nil, `{"action":"subscribe","topic":%q,"presence":true}`, topic)
	case kind == "resume" && known:
		return fmt.Appendf(nil, `{"action":"subscribe","topic":%q,"since":{"epoch":%q,"seq":%d}}`, topic, at.Epoch, at.Seq)
	}
	return fmt.Appendf(nil, `{"action":"subscribe","topic":%q}`, topic)
}
