package httpauth_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/httpauth"
)

// fake is a backend without a network, which counts what it is asked.
type fake struct {
	mu     sync.Mutex
	asked  int
	answer string
	// hold is what a request waits for, if it is set.
	hold chan struct{}
}

func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	f.asked++
	answer := f.answer
	f.mu.Unlock()
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

// says changes the answer, and returns how often the backend was asked before.
func (f *fake) says(answer string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
	asked := f.asked
	f.asked = 0
	return asked
}

// expectAt asks at a generation.
func expectAt(t *testing.T, auth *httpauth.Authorizer, topic realtime.Topic, at realtime.Generation, want error) {
	t.Helper()
	if _, err := auth.AuthorizeAt(t.Context(), realtime.Identity{User: user}, topic, at); err != want {
		t.Errorf("at generation %d: %v; want %v", at, err, want)
	}
}

// inBubble runs a test with a fake backend and fake time.
func inBubble(t *testing.T, opts httpauth.Options, test func(*testing.T, *fake, *httpauth.Authorizer)) {
	synctest.Test(t, func(t *testing.T) {
		backend := &fake{answer: `{"allowed":true}`}
		opts.URL = "https://app.example.com/authorize"
		test(t, backend, authorizer(t, tokens{}, opts.Through(backend)))
	})
}

// Guarantees: A49
func TestAVerdictCountsForItsGenerationAlone(t *testing.T) {
	inBubble(t, httpauth.Options{}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		expectAt(t, auth, topic, 5, nil)
		expectAt(t, auth, topic, 5, nil)
		if n := backend.says(`{"allowed":false}`); n != 1 {
			t.Errorf("it was asked %d times; want once", n)
		}
		expectAt(t, auth, topic, 6, realtime.ErrForbidden)
		expectAt(t, auth, topic, 5, realtime.ErrForbidden) // the decision at 5 is no longer cached
		backend.says(`{"allowed":true}`)
		expectAt(t, auth, topic, 7, nil)
		expectAt(t, auth, "list-items:2", 7, nil)
		if n := backend.says(""); n != 2 {
			t.Errorf("it was asked %d times; want once at each generation, for each topic", n)
		}
		if s := auth.Stats(); s.Outcomes[httpauth.Cached] != 1 || s.Outcomes[httpauth.Allowed] != 3 || s.Outcomes[httpauth.Denied] != 2 || s.Entries != 2 {
			t.Errorf("the figures: %+v", s)
		}
	})
}

// A right that was found to have ended, without a withdrawal, is not taken from
// memory afterwards.
func TestARefusalEndsWhatIsRemembered(t *testing.T) {
	inBubble(t, httpauth.Options{}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		expectAt(t, auth, topic, 5, nil)
		backend.says(`{"allowed":false}`)
		if _, err := auth.Authorize(t.Context(), realtime.Identity{User: user}, topic); err != error(realtime.ErrForbidden) {
			t.Errorf("asked afresh: %v", err)
		}
		expectAt(t, auth, topic, 5, realtime.ErrForbidden)
	})
}

// An answer that was asked for earlier does not take the place of a later one.
func TestALateAnswerIsForgotten(t *testing.T) {
	inBubble(t, httpauth.Options{}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		backend.hold = make(chan struct{})
		var early sync.WaitGroup
		early.Go(func() { expectAt(t, auth, topic, 5, nil) })
		synctest.Wait()
		hold := backend.hold
		backend.hold = nil
		time.Sleep(time.Millisecond)
		backend.says(`{"allowed":false}`)
		if _, err := auth.Authorize(t.Context(), realtime.Identity{User: user}, topic); err != error(realtime.ErrForbidden) {
			t.Errorf("asked later: %v", err)
		}
		close(hold)
		early.Wait() // with the earlier decision
		expectAt(t, auth, topic, 5, realtime.ErrForbidden)
	})
}

// Without a generation nothing is remembered of a right.
func TestWithoutAGenerationItIsAsked(t *testing.T) {
	inBubble(t, httpauth.Options{}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		for range 2 {
			if _, err := auth.Authorize(t.Context(), realtime.Identity{User: user}, topic); err != nil {
				t.Error(err)
			}
		}
		if n := backend.says(""); n != 2 {
			t.Errorf("it was asked %d times; want twice", n)
		}
	})
}

func TestTheAgeOfAVerdict(t *testing.T) {
	inBubble(t, httpauth.Options{CacheAge: 10 * time.Second}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		expectAt(t, auth, topic, 0, nil)
		backend.says(`{"allowed":false}`)
		time.Sleep(10*time.Second - time.Nanosecond)
		expectAt(t, auth, topic, 0, nil)
		time.Sleep(time.Nanosecond)
		expectAt(t, auth, topic, 0, realtime.ErrForbidden)
		backend.says(`{"allowed":true}`)
		time.Sleep(httpauth.DeniedAge - time.Nanosecond)
		expectAt(t, auth, topic, 0, realtime.ErrForbidden)
		time.Sleep(time.Nanosecond)
		expectAt(t, auth, topic, 0, nil)
	})
}

func TestNoCache(t *testing.T) {
	inBubble(t, httpauth.Options{CacheAge: -1}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		expectAt(t, auth, topic, 0, nil)
		expectAt(t, auth, topic, 0, nil)
		if n := backend.says(""); n != 2 || auth.Stats().Entries != 0 {
			t.Errorf("it was asked %d times, and %d decisions are remembered", n, auth.Stats().Entries)
		}
	})
}

// Guarantees: A49
func TestTheCacheIsBounded(t *testing.T) {
	inBubble(t, httpauth.Options{CacheEntries: 3}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		for i := range 10 {
			expectAt(t, auth, realtime.Topic(fmt.Sprintf("list-items:%d", i)), 0, nil)
		}
		if n := auth.Stats().Entries; n != 3 {
			t.Errorf("%d decisions are remembered; want 3", n)
		}
	})
}

// A failure is not remembered: the next request may be answered.
func TestAFailureIsForgotten(t *testing.T) {
	inBubble(t, httpauth.Options{}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		backend.says("nonsense")
		expectAt(t, auth, topic, 0, httpauth.ErrUnknown)
		backend.says(`{"allowed":true}`)
		expectAt(t, auth, topic, 0, nil)
	})
}

// Whom one meets depends on the last answer about the canonical topic.
func TestTheGroupIsRemembered(t *testing.T) {
	inBubble(t, httpauth.Options{CacheAge: time.Minute}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		const canonical = "list-items:1~u1"
		expectGroup := func(want string) {
			t.Helper()
			if group := auth.Group(t.Context(), realtime.Identity{User: user}, canonical); group != want {
				t.Errorf("the group is %q; want %q", group, want)
			}
		}
		backend.says(`{"allowed":true,"presence":"board"}`)
		expectAt(t, auth, canonical, 0, nil)
		backend.says(`{"allowed":true}`)
		expectGroup("board")
		expectAt(t, auth, canonical, 1, nil)
		expectGroup("")
		time.Sleep(time.Minute)
		if n := backend.says(`{"allowed":true,"presence":true}`); n != 1 {
			t.Errorf("%d requests were asked; want the one at the new generation", n)
		}
		expectGroup(canonical)
	})
}

// Guarantees: A49
func TestIdenticalQuestionsAreAskedOnce(t *testing.T) {
	inBubble(t, httpauth.Options{CacheAge: -1}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		backend.hold = make(chan struct{})
		var waiting sync.WaitGroup
		for range 20 {
			waiting.Go(func() { expectAt(t, auth, topic, 3, nil) })
		}
		waiting.Go(func() { expectAt(t, auth, topic, 4, nil) }) // may be answered otherwise
		gone, leave := context.WithCancel(t.Context())
		waiting.Go(func() {
			if _, err := auth.AuthorizeAt(gone, realtime.Identity{User: user}, topic, 3); err != error(httpauth.ErrUnknown) {
				t.Errorf("whose time is over: %v", err)
			}
		})
		synctest.Wait()
		leave() // takes nobody along
		synctest.Wait()
		close(backend.hold)
		waiting.Wait()
		if n := backend.says(""); n != 2 {
			t.Errorf("it was asked %d times; want once at each generation", n)
		}
	})
}

// Guarantees: A49
func TestCallsAreBounded(t *testing.T) {
	inBubble(t, httpauth.Options{MaxCalls: 2, Timeout: time.Second}, func(t *testing.T, backend *fake, auth *httpauth.Authorizer) {
		backend.hold = make(chan struct{})
		var waiting sync.WaitGroup
		for i := range 5 {
			waiting.Go(func() { expectAt(t, auth, realtime.Topic(fmt.Sprintf("list-items:%d", i)), 0, httpauth.ErrUnknown) })
		}
		synctest.Wait()
		if s := auth.Stats(); s.Calls != 5 {
			t.Errorf("%d calls are counted; want 5", s.Calls)
		}
		if n := backend.says(""); n != 2 {
			t.Errorf("%d requests are under way; want 2", n)
		}
		waiting.Wait() // for a second: nobody answers
		s := auth.Stats()
		if s.Calls != 0 || s.Outcomes[httpauth.Timeout] < 2 || s.Outcomes[httpauth.Timeout]+s.Outcomes[httpauth.Busy] != 5 {
			t.Errorf("the figures: %+v", s)
		}
	})
}
