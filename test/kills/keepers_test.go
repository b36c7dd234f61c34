package kills

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// board is a topic that a program keeps. Each change is there or not when it was
// not answered; to ask for it again then does it once in all.
type board interface {
	// note commits a change with the mark.
	note(p *program, mark int) error
	// take takes the topic, or what it is about, from the loser, and commits a change
	// with the mark.
	take(p *program, mark int) error
	// give gives it back, and commits a change with the mark.
	give(p *program, mark int) error
}

// taker is the keeper of a board that a reader loses and regains.
type taker struct {
	*scene
	board
	topic  string
	loser  *reader
	random *rand.Rand
	// taken is true while the loser has no access; pending is the unanswered request.
	taken   bool
	pending func(p *program) error
}

func (s *scene) newTaker(topic string, loser *reader, b board) *taker {
	return &taker{scene: s, board: b, topic: topic, loser: loser, random: rand.New(rand.NewPCG(s.random.Uint64(), 0))}
}

func (k *taker) step(p *program) error {
	if k.pending == nil {
		k.pending = k.next()
	}
	if err := k.pending(p); err != nil {
		return err
	}
	k.pending = nil
	k.loser.knock(k.topic)
	return nil
}

// next returns the next step: a change that only readers with access get or, every
// third time, a change of access.
func (k *taker) next() func(p *program) error {
	change := k.random.IntN(3) == 0
	switch {
	case change && k.taken:
		return k.change(k.give, "", func() { k.taken = false })
	case change:
		return k.change(k.take, k.loser.name, func() { k.taken = true })
	case k.taken:
		return k.change(k.note, k.loser.name, nil)
	}
	return k.change(k.note, "", nil)
}

// change is a step that commits a mark.
func (k *taker) change(commit func(p *program, mark int) error, hidden string, done func()) func(p *program) error {
	mark := k.ledger.issue(k.topic, hidden)
	return func(p *program) error {
		if err := commit(p, mark); err != nil {
			return err
		}
		k.ledger.commit(mark)
		if done != nil {
			done()
		}
		return nil
	}
}

// settle gives the topic back, and has everybody see a last mark. The loser may
// be told to read afresh instead, and then gets the next one.
func (k *taker) settle(p *program) error {
	for k.taken {
		if err := k.step(p); err != nil {
			return err
		}
	}
	for {
		k.loser.mu.Lock()
		jumps := k.loser.jumps
		k.loser.mu.Unlock()
		mark := k.ledger.issue(k.topic, "")
		if err := k.note(p, mark); err != nil {
			return err
		}
		k.ledger.commit(mark)
		k.loser.knock(k.topic)
		seen, err := k.seen(mark, jumps)
		if seen || err != nil {
			return err
		}
	}
}

// seen waits until those have a mark who could read the topic all the time, and the
// loser has it, or was told to read afresh.
func (k *taker) seen(mark, jumps int) (seen bool, err error) {
	for _, r := range k.readers {
		if !slices.Contains(r.topics, k.topic) {
			continue
		}
		err := r.await("got "+text(mark), func() bool {
			has := r.has(mark)
			if r == k.loser {
				seen = has
			}
			return has || !r.always && r.jumps > jumps
		})
		if err != nil {
			return false, err
		}
	}
	return seen, nil
}

// logins are where people log in and out.
type logins interface {
	login(p *program, number int) (token string, err error)
	// logout ends the login of a token; again is no error.
	logout(p *program, token string) error
}

// guests is the keeper of a topic that one login after the other reads, and that
// none may read once it has ended.
type guests struct {
	*scene
	logins
	note  func(p *program, mark int) error
	topic string
	// ended are the tokens of logins that have ended, and run is where that was
	// looked at last.
	ended []string
	run   *program
	guest *reader
	token string
	// marked is the last mark of the guest.
	marked int
	// pending is what was not answered; stage is how far the guest has come.
	pending func(p *program) error
	stage   int
}

// someEnded is how many logins are looked at after a restart.
const someEnded = 3

func (g *guests) step(p *program) error {
	if g.run != p {
		if err := g.arrive(p); err != nil {
			return err
		}
		g.run = p
	}
	if g.pending == nil {
		g.pending = g.next()
	}
	if err := g.pending(p); err != nil {
		return err
	}
	g.pending = nil
	g.stage = (g.stage + 1) % guestStages
	return nil
}

// arrive begins a new run: ended logins are refused, and all others come back.
func (g *guests) arrive(p *program) error {
	for _, token := range g.ended[max(0, len(g.ended)-someEnded):] {
		if err := g.staysOut(p, token); err != nil {
			return err
		}
	}
	if g.guest != nil && g.stage > 0 {
		guest := g.guest
		g.round.Go(func() { guest.follow(p) })
	}
	return nil
}

// staysOut makes sure that a token opens nothing.
func (g *guests) staysOut(p *program, token string) error {
	late := newReader("a login that has ended", func() string { return token }, g.topic)
	if _, err := late.visit(p); err != nil {
		return err
	}
	switch {
	case late.refused:
		return nil
	case len(late.events) > 0 || late.jumps > 0 || late.say != nil:
		return g.fail(p, "a login that has ended is let in")
	}
	return errors.New("the connection ended before its answer")
}

// guestStages is how many stages a guest has.
const guestStages = 6

// next is what comes in the life of a guest: to log in, to read, to log out, and to
// get nothing any more.
func (g *guests) next() func(p *program) error {
	switch g.stage {
	case 0:
		return g.enter
	case 1:
		return func(p *program) error {
			return g.reads(p, "subscribed", func() bool { return g.guest.places[g.topic].live })
		}
	case 2:
		commit := g.mark("")
		return func(p *program) error {
			if err := commit(p); err != nil {
				return err
			}
			return g.reads(p, "got what is theirs", func() bool { return g.guest.has(g.marked) })
		}
	case 3:
		return func(p *program) error {
			if err := g.logout(p, g.token); err != nil {
				return err
			}
			g.ended = append(g.ended, g.token)
			return nil
		}
	case 4:
		return g.mark(g.guest.name)
	default:
		return func(p *program) error { return g.staysOut(p, g.token) }
	}
}

// reads waits for something of the guest, or the end of the run.
func (g *guests) reads(p *program, what string, so func() bool) error {
	over := false
	err := g.guest.await(what, func() bool {
		over = p.over()
		return over || so()
	})
	if over {
		return errors.New("the run is over")
	}
	return err
}

// mark is a change that the guest may get, or is hidden from them.
func (g *guests) mark(hidden string) func(p *program) error {
	mark := g.ledger.issue(g.topic, hidden)
	g.marked = mark
	return func(p *program) error {
		err := g.note(p, mark)
		if err == nil {
			g.ledger.commit(mark)
		}
		return err
	}
}

// enter logs in and reads.
func (g *guests) enter(p *program) error {
	token, err := g.login(p, len(g.ended))
	if err != nil {
		return err
	}
	guest := newReader(fmt.Sprint("guest ", len(g.ended)), func() string { return token }, g.topic)
	guest.always = true // until it ends
	g.token, g.guest = token, guest
	g.round.Go(func() { guest.follow(p) })
	g.past = append(g.past, guest)
	return nil
}

func (g *guests) settle(p *program) error {
	for _, token := range g.ended {
		if err := g.staysOut(p, token); err != nil {
			return err
		}
	}
	return nil
}
