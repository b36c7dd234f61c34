package kills

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// reader is a client that follows topics, over as many runs of a program as
// there are.
type reader struct {
	name   string
	topics []string
	// always says that it may read its topics all the time.
	always bool
	// token returns the one to enter with.
	token func() string

	mu      sync.Mutex // guards everything below
	places  map[string]*place
	events  []received
	wrong   []string
	changed chan struct{} // closed and replaced whenever something comes
	say     func(string)  // sends a frame in the current session; nil without one
	refused bool          // whether the token was refused
	jumps   int           // how often it went on from a position that the server named
}

// again is how long a reader waits before asking a server again that could not
// answer.
const again = 100 * time.Millisecond

// place is where a reader is in a topic.
type place struct {
	epoch string
	seq   int64
	// canonical is the topic's name in events.
	canonical string
	live      bool
	// asking says that an answer is due, and again that it is to be asked for anew
	// when it is a refusal.
	asking, again bool
	asked         int
}

// received is an event as it came.
type received struct {
	asked string
	text  string
}

func newReader(name string, token func() string, topics ...string) *reader {
	r := &reader{name: name, token: token, places: map[string]*place{}, changed: make(chan struct{})}
	for _, topic := range topics {
		r.follows(topic)
	}
	return r
}

// follows adds a topic, before the first run.
func (r *reader) follows(topic string) {
	r.topics = append(r.topics, topic)
	r.places[topic] = &place{}
}

func (r *reader) record() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// complain notes what a server must not do. Call it with mu held.
func (r *reader) complain(format string, args ...any) {
	r.wrong = append(r.wrong, r.name+": "+fmt.Sprintf(format, args...))
}

// frame is what a reader looks at in a frame.
type frame struct {
	Type, Code, Topic, Canonical, Epoch, Reason string
	Seq                                         int64
	Recovered                                   bool
}

// follow connects, and comes back whenever the connection ends, until the program
// has ended or the token is refused.
func (r *reader) follow(p *program) {
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.wake()
	}()
	for {
		code, err := r.visit(p)
		r.mu.Lock()
		r.say = nil
		if code == 3500 || code == 3501 {
			r.refused = true
		}
		refused := r.refused
		r.mu.Unlock()
		if refused || err != nil {
			<-p.ended
		}
		if p.over() {
			return
		}
	}
}

// visit is one connection. It returns the code with which it was closed, and an
// error where there was none.
func (r *reader) visit(p *program) (websocket.StatusCode, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, p.url+"/ws", nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.CloseNow() }() // it is over
	conn.SetReadLimit(1 << 20)
	say := func(text string) { _ = conn.Write(ctx, websocket.MessageText, []byte(text)) } // reading says how it went
	say(fmt.Sprintf(`{"action":"auth","token":%q}`, r.token()))
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return websocket.CloseStatus(err), nil
		}
		r.take(string(text), say)
		p.on("frame")
	}
}

// take takes a frame.
func (r *reader) take(text string, say func(string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.wake()
	var f frame
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		r.complain("%s is no frame: %v", text, err)
		return
	}
	asked, at := r.placeOf(f.Topic)
	switch {
	case f.Type == "hello":
		r.enter(say)
	case f.Code == "token_invalid" || f.Code == "token_expired":
		r.refused = true
	case at == nil:
		r.complain("%s is about a topic that was not asked for", text)
	case f.Type == "subscribed":
		r.begin(at, f)
	case f.Code == "internal": // not now, says the server
		at.asking = false
		time.AfterFunc(again, func() { r.knock(asked) })
	case f.Type == "error":
		r.deny(asked, at)
	case f.Type == "unsubscribed":
		at.live = false
		r.ask(asked)
	case f.Type == "resync":
		r.goTo(at, f)
	case f.Type == "":
		r.event(asked, at, f, text)
	}
}

// placeOf finds a topic by any of its names.
func (r *reader) placeOf(name string) (asked string, at *place) {
	for asked, at := range r.places {
		if name == asked || name != "" && name == at.canonical {
			return asked, at
		}
	}
	return "", nil
}

// enter asks for everything. Call it with mu held, as what follows.
func (r *reader) enter(say func(string)) {
	r.say = say
	for topic, at := range r.places {
		at.live, at.asking = false, false
		r.ask(topic)
	}
}

// ask subscribes from where the reader is; someone without access leaves that out
// every other time, so that both ways are tried.
func (r *reader) ask(topic string) {
	at := r.places[topic]
	if at.asking {
		at.again = true
		return
	}
	if r.say == nil || at.live {
		return
	}
	at.asking, at.again = true, false
	since := ""
	if at.asked++; at.epoch != "" && (at.asked%2 == 1 || r.always) {
		since = fmt.Sprintf(`,"since":{"epoch":%q,"seq":%d}`, at.epoch, at.seq)
	}
	go r.say(fmt.Sprintf(`{"action":"subscribe","topic":%q%s}`, topic, since)) // it may wait for what is being read
}

func (r *reader) begin(at *place, f frame) {
	at.asking, at.live, at.canonical = false, true, f.Canonical
	if f.Recovered {
		return // the events up to its position follow
	}
	if r.always && at.epoch != "" {
		r.complain("at %d of %s it could not resume: %+v", at.seq, f.Canonical, f)
	}
	r.goTo(at, f)
}

// goTo takes a position that a server names.
func (r *reader) goTo(at *place, f frame) {
	if at.epoch != "" && (f.Epoch != at.epoch || f.Seq < at.seq) {
		r.complain("the position went from %s %d to %s %d", at.epoch, at.seq, f.Epoch, f.Seq)
	}
	at.epoch, at.seq = f.Epoch, f.Seq
	r.jumps++
}

// deny is told that the topic may not be read now.
func (r *reader) deny(asked string, at *place) {
	again := at.again
	at.asking, at.again = false, false
	if r.always {
		r.complain("it was denied %s", asked)
	} else if again {
		r.ask(asked)
	}
}

func (r *reader) event(asked string, at *place, f frame, text string) {
	if f.Epoch != at.epoch || f.Seq != at.seq+1 || !at.live {
		r.complain("live %v at %d it got %s", at.live, at.seq, text)
	}
	at.epoch, at.seq = f.Epoch, f.Seq
	r.events = append(r.events, received{asked, text})
}

// wake has those look again who wait. Call it with mu held.
func (r *reader) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// knock has a reader ask for the topic again, if they do not read it.
func (r *reader) knock(topic string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ask(topic)
}

// await waits until something is so of the reader; it returns an error when it
// does not come to be.
func (r *reader) await(what string, so func() bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		r.mu.Lock()
		done, changed := so(), r.changed
		r.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s never %s", r.name, what)
		}
	}
}

// has reports whether the reader has got a mark. Call it with mu held.
func (r *reader) has(number int) bool {
	return slices.ContainsFunc(r.events, func(e received) bool { return slices.Contains(marksIn(e.text), number) })
}
