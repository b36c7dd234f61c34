package jwtauth_test

import (
	"crypto/rsa"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// publisher is the transport to an issuer whose set of keys changes, which counts
// how often it is asked.
type publisher struct {
	t testing.TB

	mu      sync.Mutex // guards everything below
	keys    map[string]*rsa.PublicKey
	away    bool
	takes   time.Duration
	fetches int
}

func (p *publisher) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.fetches++
	body, away, takes := string(marshalSet(p.t, p.keys)), p.away, p.takes
	p.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if away {
		return nil, errAway
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// publish makes these the keys.
func (p *publisher) publish(keys map[string]*rsa.PublicKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = keys
}

// behave sets if the issuer answers, and how long that takes.
func (p *publisher) behave(away bool, takes time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away, p.takes = away, takes
}

// asked returns how often the issuer was.
func (p *publisher) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fetches
}

// withKeySet runs the test on fake time, with an Authorizer that takes tokens by
// the key "old" so far, and tokens by the keys of these names.
func withKeySet(t *testing.T, test func(t *testing.T, a *jwtauth.Authorizer, p *publisher, signed func(kid string) string)) {
	synctest.Test(t, func(t *testing.T) {
		p := &publisher{t: t, keys: map[string]*rsa.PublicKey{"old": &rsaKey.PublicKey}}
		a, err := jwtauth.New(t.Context(), jwtauth.Options{
			Issuers:  []jwtauth.Issuer{jwtauth.Issuer{Name: iss, JWKSURL: iss + "/keys"}.By(p)},
			Audience: aud, Leeway: -1, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		test(t, a, p, func(kid string) string {
			key := otherRSAKey
			if kid == "old" {
				key = rsaKey
			}
			return sign(t, jwt.SigningMethodRS256, key, good(), "kid", kid)
		})
	})
}

// Tokens with unknown keys keep nobody out: a client with a new key comes back, and is
// accepted at most a minute later.
// Guarantees: A14
func TestForgedKeysHoldOffNoRotation(t *testing.T) {
	withKeySet(t, func(t *testing.T, a *jwtauth.Authorizer, p *publisher, signed func(string) string) {
		check(t, a, signed("forged"), realtime.CodeTokenInvalid) // not in what was fetched for it
		p.publish(map[string]*rsa.PublicKey{"old": &rsaKey.PublicKey, "fresh": &otherRSAKey.PublicKey})
		check(t, a, signed("fresh"), realtime.CodeInternal)
		check(t, a, signed("old"), "")
		time.Sleep(time.Minute - time.Second)
		check(t, a, signed("fresh"), realtime.CodeInternal)
		if got := p.asked(); got != 2 {
			t.Errorf("%d fetches within a minute of the first; want one", got-1)
		}
		time.Sleep(time.Second)
		check(t, a, signed("forged again"), realtime.CodeTokenInvalid)
		check(t, a, signed("fresh"), "")
		if got := p.asked(); got != 3 {
			t.Errorf("%d fetches; want the first, and one a minute", got)
		}
	})
}

// A fresh key is new to many at once: all of them wait for the one fetch.
// Guarantees: A14
func TestManyComeWithAFreshKey(t *testing.T) {
	withKeySet(t, func(t *testing.T, a *jwtauth.Authorizer, p *publisher, signed func(string) string) {
		p.publish(map[string]*rsa.PublicKey{"fresh": &otherRSAKey.PublicKey})
		p.behave(false, time.Second)
		token := signed("fresh")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { check(t, a, token, "") })
		}
		all.Wait()
		if got := p.asked(); got != 2 {
			t.Errorf("%d fetches; want the first, and one for all", got)
		}
	})
}

// While the issuer is away, or hangs, nobody can tell of a key that is unknown;
// and what is known goes on.
// Guarantees: A14
func TestAnIssuerThatCannotBeAsked(t *testing.T) {
	for name, takes := range map[string]time.Duration{"away": 0, "hangs": time.Hour} {
		t.Run(name, func(t *testing.T) {
			withKeySet(t, func(t *testing.T, a *jwtauth.Authorizer, p *publisher, signed func(string) string) {
				p.behave(true, takes)
				begun := time.Now()
				check(t, a, signed("fresh"), realtime.CodeInternal)
				if took := time.Since(begun); took > jwtauth.JWKSTimeout {
					t.Errorf("it took %v; a fetch has %v", took, jwtauth.JWKSTimeout)
				}
				check(t, a, signed("old"), "")
				p.publish(map[string]*rsa.PublicKey{"fresh": &otherRSAKey.PublicKey})
				p.behave(false, 0)
				time.Sleep(time.Minute)
				check(t, a, signed("fresh"), "")
			})
		})
	}
}

// A key that was taken out of the set dies with the next fetch; and when it was
// fetched for the token itself, that is told for good.
// Guarantees: A14
func TestAKeyThatWasTakenOutDies(t *testing.T) {
	withKeySet(t, func(t *testing.T, a *jwtauth.Authorizer, p *publisher, signed func(string) string) {
		p.publish(map[string]*rsa.PublicKey{"fresh": &otherRSAKey.PublicKey})
		check(t, a, signed("old"), "")
		check(t, a, signed("fresh"), "")
		check(t, a, signed("old"), realtime.CodeInternal)
		time.Sleep(time.Minute)
		check(t, a, signed("old"), realtime.CodeTokenInvalid)
	})
}

// It dies with the clock, too, when nobody comes with another key.
// Guarantees: A14
func TestAKeyThatWasTakenOutDiesByTheClock(t *testing.T) {
	withKeySet(t, func(t *testing.T, a *jwtauth.Authorizer, p *publisher, signed func(string) string) {
		p.publish(nil)
		time.Sleep(10*time.Minute - time.Second)
		check(t, a, signed("old"), "")
		time.Sleep(time.Second)
		synctest.Wait()
		check(t, a, signed("old"), realtime.CodeTokenInvalid)
	})
}

// Keys come from where they were said to be, and from nowhere else.
// Guarantees: A15
func TestAKeySetThatIsElsewhere(t *testing.T) {
	elsewhere := newJWKS(t, map[string]*rsa.PublicKey{"k": &rsaKey.PublicKey})
	moved := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	moved.Config.SetKeepAlivesEnabled(false)
	defer moved.Close()
	_, err := jwtauth.New(t.Context(), jwtauth.Options{Issuers: []jwtauth.Issuer{{Name: iss, JWKSURL: moved.URL}}})
	if err == nil || errors.Is(err, errAway) || elsewhere.fetches.Load() != 0 {
		t.Errorf("New = %v, with %d fetches from where it was sent", err, elsewhere.fetches.Load())
	}
}
