package kills

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

var (
	// times is how often each program is killed.
	times = flag.Int("kills", 6, "how often each program is killed")
	// seed decides when, and what is done until then.
	seed = flag.Uint64("kills.seed", 1, "what decides when the programs are killed")
)

const (
	// answersAtMost is how many answers, or other moments, a program lives to see.
	answersAtMost = 40
	// lastSteps is how many steps each keeper takes when nothing is killed any more.
	lastSteps = 12
)

// tokensLast is how long tokens are used.
const tokensLast = 4 * time.Minute

// scene is a program with those who use it.
type scene struct {
	t      *testing.T
	ledger *ledger
	random *rand.Rand
	start  func(b bomb) *program
	// renew, where tokens end soon, gets new ones.
	renew func(p *program)
	// readers follow topics; keepers change them.
	readers []*reader
	keepers []keeper
	// past are the guests that there were.
	past []*reader

	round sync.WaitGroup // of those who use the present run
}

// keeper changes something, one request after the other.
type keeper interface {
	// step takes the next step, or again the one that was not answered. It returns
	// an error where it was not answered.
	step(p *program) error
	// settle leaves everything open to everybody, and returns when all have seen so.
	settle(p *program) error
}

func newScene(t *testing.T) *scene {
	t.Helper()
	return &scene{t: t, ledger: &ledger{}, random: rand.New(rand.NewPCG(*seed, 0))}
}

// play kills the program so many times, then lets it live until everybody has seen
// what there is.
func (s *scene) play(kills int) {
	s.t.Helper()
	p := s.start(never())
	s.use(p, func(keeper) { s.gather() })
	renewed := time.Now()
	for n := range kills {
		if s.renew != nil && time.Since(renewed) > tokensLast {
			p := s.start(never())
			s.renew(p)
			p.end()
			renewed = time.Now()
		}
		when := moments[n%len(moments)]
		count := 1
		if when != "start" {
			count += s.random.IntN(answersAtMost)
		}
		p := s.start(newBomb(when, count))
		s.use(p, func(k keeper) {
			for k.step(p) == nil {
			}
		})
		<-p.ended
	}
	s.finish()
}

// gather waits until all readers have begun, so that they are to see everything.
func (s *scene) gather() {
	for _, r := range s.readers {
		for topic, at := range r.places {
			if err := r.await("read "+topic, func() bool { return at.live }); err != nil {
				s.t.Error(err)
			}
		}
	}
}

// finish is a run that nobody kills.
func (s *scene) finish() {
	s.t.Helper()
	p := s.start(never())
	s.use(p, func(k keeper) {
		for range lastSteps {
			if err := k.step(p); err != nil {
				s.t.Error(err)
				return
			}
		}
		if err := k.settle(p); err != nil {
			s.t.Error(err)
		}
	})
}

// use has everybody use a run of the program: readers until it ends, keepers for as
// long as work takes. Then the run is over.
func (s *scene) use(p *program, work func(keeper)) {
	s.t.Helper()
	guard := time.AfterFunc(patience, func() {
		s.t.Error("the run did not come to its end")
		p.kill()
	})
	defer guard.Stop()
	for _, r := range s.readers {
		s.round.Go(func() { r.follow(p) })
	}
	var working sync.WaitGroup
	for _, k := range s.keepers {
		working.Go(func() { work(k) })
	}
	working.Wait()
	p.end()
	s.round.Wait()
	if s.t.Failed() {
		s.t.FailNow()
	}
}

// fail ends a run in which something was answered that must not be.
func (s *scene) fail(p *program, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	s.t.Error(err)
	p.kill()
	return err
}

// check holds what the readers got against what was committed.
func (s *scene) check() (leaks, losses []string) {
	for _, r := range s.readers {
		leaks = append(leaks, s.ledger.leaks(r)...)
		losses = append(losses, r.wrong...)
		if r.refused {
			losses = append(losses, r.name+"'s token was refused")
		}
		if r.always {
			losses = append(losses, s.ledger.losses(r)...)
		}
	}
	for _, guest := range s.past {
		leaks = append(leaks, s.ledger.leaks(guest)...)
	}
	return leaks, losses
}

// report fails the test over what check has found.
func (s *scene) report() {
	s.t.Helper()
	leaks, losses := s.check()
	for _, wrong := range append(leaks, losses...) {
		s.t.Error(wrong)
	}
	got := 0
	for _, r := range s.readers {
		got += len(r.events)
	}
	hidden, committed := s.ledger.count()
	s.t.Logf("%d marks were acknowledged, %d of them hidden from somebody; readers got %d events; %d guests logged in", committed, hidden, got, len(s.past))
	if hidden == 0 {
		s.t.Error("nothing was hidden")
	}
}

// leaky expects that the check finds what a program showed that took nothing away.
func (s *scene) leaky() {
	s.t.Helper()
	if leaks, _ := s.check(); len(leaks) == 0 {
		s.t.Error("nothing was taken from anybody, and the test did not notice")
	}
}
