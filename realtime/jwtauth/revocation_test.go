package jwtauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/memlog"
)

// notebook is a Store that outlives an Authorizer.
type notebook struct {
	records map[jwtauth.Subject]time.Time
	fail    error
}

func (n *notebook) Load(context.Context) (records []jwtauth.Record, err error) {
	for s, at := range n.records {
		records = append(records, jwtauth.Record{Subject: s, At: at})
	}
	return records, n.fail
}

func (n *notebook) Save(_ context.Context, records []jwtauth.Record) error {
	if n.fail != nil {
		return n.fail
	}
	if n.records == nil {
		n.records = make(map[jwtauth.Subject]time.Time)
	}
	for _, r := range records {
		n.records[r.Subject] = r.At
	}
	return nil
}

func (n *notebook) Forget(_ context.Context, before time.Time) error {
	for s, at := range n.records {
		if at.Before(before) {
			delete(n.records, s)
		}
	}
	return n.fail
}

// court is an Authorizer, and a hub that goes by it, in fake time.
type court struct {
	*testing.T
	auth *jwtauth.Authorizer
	hub  *realtime.Hub
}

// inCourt runs the test with an Authorizer for the issuer of good.
func inCourt(t *testing.T, opts jwtauth.Options, test func(c court)) {
	t.Helper()
	opts.Issuers, opts.Audience = []jwtauth.Issuer{{Name: iss, Secret: secret}}, aud
	opts.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	synctest.Test(t, func(t *testing.T) {
		auth, err := jwtauth.New(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: opts.Logger})
		defer hub.Close()
		test(court{t, auth, hub})
	})
}

// token issues one that lives for an hour, with claims changed as by good.
func (c court) token(changes ...any) string {
	c.Helper()
	return sign(c, jwt.SigningMethodHS256, secret, good(append([]any{"iat", time.Now().Unix()}, changes...)...))
}

func (c court) revoke(what ...jwtauth.Revocation) {
	c.Helper()
	if _, err := c.auth.Revoke(c.Context(), c.hub, what...); err != nil {
		c.Fatal(err)
	}
}

// reads tells which of the topics the token opens.
func (c court) reads(token string, topics ...realtime.Topic) (open []realtime.Topic) {
	c.Helper()
	who := check(c, c.auth, token, "")
	for _, topic := range topics {
		if _, err := c.auth.Authorize(c.Context(), who, topic); err == nil {
			open = append(open, topic)
		}
	}
	return open
}

// Guarantees: A26
func TestARevokedUserMayLogInAgain(t *testing.T) {
	inCourt(t, jwtauth.Options{}, func(c court) {
		earlier, undated, others := c.token(), c.token("iat", nil), c.token("sub", "u2")
		time.Sleep(1500 * time.Millisecond)
		sameSecond := c.token()
		c.revoke(jwtauth.Revocation{User: "u1"})
		for _, token := range []string{earlier, undated, sameSecond, c.token(), c.token("iat", nil)} {
			check(c, c.auth, token, realtime.CodeTokenInvalid)
		}
		check(c, c.auth, others, "")
		time.Sleep(500 * time.Millisecond) // the next second begins
		check(c, c.auth, c.token(), "")
		check(c, c.auth, earlier, realtime.CodeTokenInvalid)
		c.revoke(jwtauth.Revocation{User: "u1"})
		check(c, c.auth, c.token(), realtime.CodeTokenInvalid)
	})
}

func TestALoginAndATokenAreRevokedForGood(t *testing.T) {
	inCourt(t, jwtauth.Options{}, func(c court) {
		c.revoke(jwtauth.Revocation{Session: "login"}, jwtauth.Revocation{Token: "stolen"})
		time.Sleep(time.Minute)
		check(c, c.auth, c.token(), realtime.CodeTokenInvalid)
		check(c, c.auth, c.token("sid", "another", "jti", "stolen"), realtime.CodeTokenInvalid)
		check(c, c.auth, c.token("sid", "another"), "")
		check(c, c.auth, c.token("sid", nil, "jti", nil), "")
		check(c, c.auth, c.token("sid", "stolen", "sub", "login"), "") // one kind of id is not another
	})
}

func TestTopicsAreRevoked(t *testing.T) {
	const list, other, mine = "list-items:1", "list-items:2", "user:u1"
	all := []realtime.Topic{list, other, mine}
	for name, c := range map[string]struct {
		what       jwtauth.Revocation
		mine, hers []realtime.Topic // what tokens of u1 and u2 still open
	}{
		"one of a user":    {jwtauth.Revocation{User: "u1", Topics: []string{list}}, []realtime.Topic{other, mine}, all},
		"a type of a user": {jwtauth.Revocation{User: "u1", Topics: []string{"list-items:*"}}, []realtime.Topic{mine}, all},
		"one of everybody": {jwtauth.Revocation{Topics: []string{list}}, []realtime.Topic{other, mine}, []realtime.Topic{other, mine}},
		"two types":        {jwtauth.Revocation{Topics: []string{"list-items:*", "user:*"}}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inCourt(t, jwtauth.Options{}, func(court court) {
				issue := func(user string) string {
					return court.token("sub", user, "topics", []string{"list-items:*", mine})
				}
				earlier, hers := issue("u1"), issue("u2")
				court.revoke(c.what)
				time.Sleep(time.Second)
				if got := court.reads(earlier, all...); fmt.Sprint(got) != fmt.Sprint(c.mine) {
					t.Errorf("the earlier token opens %v; want %v", got, c.mine)
				}
				if got := court.reads(hers, all...); fmt.Sprint(got) != fmt.Sprint(c.hers) {
					t.Errorf("the other user's opens %v; want %v", got, c.hers)
				}
				if got := court.reads(issue("u1"), all...); len(got) != len(all) {
					t.Errorf("a later token opens %v; want %v", got, all)
				}
			})
		})
	}
}

func TestRevocationsThatAreRefused(t *testing.T) {
	long, many := strings.Repeat("x", jwtauth.MaxID+1), make([]string, jwtauth.MaxRevokedTopics+1)
	for name, c := range map[string]struct {
		what        jwtauth.Revocation
		field, want string
	}{
		"of nobody":            {jwtauth.Revocation{}, "", "names"},
		"of two":               {jwtauth.Revocation{User: "u", Token: "t"}, "token", "together"},
		"a long user":          {jwtauth.Revocation{User: long}, "user", "256"},
		"a long session":       {jwtauth.Revocation{Session: long}, "session", "256"},
		"a long token":         {jwtauth.Revocation{Token: long}, "token", "256"},
		"topics of a login":    {jwtauth.Revocation{Session: "s", Topics: []string{"a:b"}}, "topics", "everybody"},
		"no topics":            {jwtauth.Revocation{User: "u", Topics: []string{}}, "topics", "1 to 500"},
		"too many topics":      {jwtauth.Revocation{Topics: many}, "topics", "1 to 500"},
		"what is no topic":     {jwtauth.Revocation{Topics: []string{"list:1", "*"}}, "topics", `"*"`},
		"a pattern of an id":   {jwtauth.Revocation{Topics: []string{"list:a*"}}, "topics", "identifier"},
		"a missing identifier": {jwtauth.Revocation{Topics: []string{"list:undefined"}}, "topics", "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			inCourt(t, jwtauth.Options{}, func(court court) {
				_, err := court.auth.Revoke(t.Context(), court.hub, jwtauth.Revocation{User: "u1"}, c.what)
				var invalid *jwtauth.InvalidError
				if !errors.As(err, &invalid) || invalid.Field != c.field || !strings.Contains(invalid.Message, c.want) {
					t.Errorf("Revoke = %v; want field %q, %s", err, c.field, c.want)
				}
				check(t, court.auth, court.token(), "") // the good one beside it took no effect
			})
		})
	}
}

// What cannot be remembered is refused in whole, and what can be repeated is not
// counted twice.
func TestRevocationsAreCounted(t *testing.T) {
	inCourt(t, jwtauth.Options{MaxRevocations: 3}, func(c court) {
		c.revoke(jwtauth.Revocation{User: "a"}, jwtauth.Revocation{Topics: []string{"a:1", "a:2"}})
		time.Sleep(time.Minute)
		c.revoke(jwtauth.Revocation{User: "a"})
		_, err := c.auth.Revoke(c.Context(), c.hub, jwtauth.Revocation{User: "a"}, jwtauth.Revocation{User: "u1"})
		if !errors.Is(err, jwtauth.ErrTooManyRevocations) || !strings.Contains(err.Error(), "3 of at most 3") {
			t.Errorf("Revoke = %v; want %v", err, jwtauth.ErrTooManyRevocations)
		}
		check(c, c.auth, c.token(), "")
	})
}

// With a bound on how long tokens live, revocations are forgotten when none is
// left that they could be about, and no sooner.
func TestRevocationsAreForgotten(t *testing.T) {
	const lifetime = time.Hour
	book := &notebook{}
	inCourt(t, jwtauth.Options{MaxLifetime: lifetime, MaxRevocations: 1, Store: book}, func(c court) {
		last := c.token("exp", time.Now().Add(lifetime).Unix())
		c.revoke(jwtauth.Revocation{User: "u1"})
		time.Sleep(lifetime + jwtauth.DefaultLeeway - time.Second)
		check(c, c.auth, last, realtime.CodeTokenInvalid)
		if _, err := c.auth.Revoke(c.Context(), c.hub, jwtauth.Revocation{User: "u2"}); !errors.Is(err, jwtauth.ErrTooManyRevocations) {
			t.Errorf("Revoke = %v while the first one matters", err)
		}
		time.Sleep(time.Hour)
		c.revoke(jwtauth.Revocation{User: "u2"})
		if _, known := book.records[jwtauth.Subject{User: "u1"}]; known || len(book.records) != 1 {
			t.Errorf("the store has %v; want u2 alone", book.records)
		}
	})
}

// What is saved already needs no room, though the limit has become a lower one;
// and what is too old to matter takes none after a start.
func TestRevocationsBeyondTheLimit(t *testing.T) {
	const lifetime = time.Hour
	book := &notebook{}
	inCourt(t, jwtauth.Options{MaxLifetime: lifetime, Store: book}, func(c court) {
		c.revoke(jwtauth.Revocation{User: "a"}, jwtauth.Revocation{User: "b"})
	})
	inCourt(t, jwtauth.Options{MaxLifetime: lifetime, MaxRevocations: 1, Store: book}, func(c court) {
		if got := c.auth.Revocations(); got != 2 {
			t.Errorf("%d revocations are remembered; want 2", got)
		}
		c.revoke(jwtauth.Revocation{User: "a"}, jwtauth.Revocation{User: "b"})
		if _, err := c.auth.Revoke(c.Context(), c.hub, jwtauth.Revocation{User: "c"}); !errors.Is(err, jwtauth.ErrTooManyRevocations) {
			t.Errorf("Revoke = %v; want %v", err, jwtauth.ErrTooManyRevocations)
		}
	})
	for s := range book.records { // the years between
		book.records[s] = book.records[s].AddDate(-1, 0, 0)
	}
	inCourt(t, jwtauth.Options{MaxLifetime: lifetime, MaxRevocations: 1, Store: book}, func(c court) {
		if got := c.auth.Revocations(); got != 0 || len(book.records) != 0 {
			t.Errorf("%d revocations are remembered, %v saved; want none", got, book.records)
		}
		c.revoke(jwtauth.Revocation{User: "c"})
	})
}

// slowStore saves nothing before it is let.
type slowStore struct {
	notebook
	begun, let chan struct{}
}

func (s *slowStore) Save(ctx context.Context, records []jwtauth.Record) error {
	close(s.begun)
	<-s.let
	return s.notebook.Save(ctx, records)
}

// A store that hangs does not hold up others for longer than they would wait.
func TestRevokingDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &slowStore{begun: make(chan struct{}), let: make(chan struct{})}
		auth, err := jwtauth.New(t.Context(), jwtauth.Options{Issuers: []jwtauth.Issuer{{Secret: secret}}, Store: store})
		if err != nil {
			t.Fatal(err)
		}
		hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{})
		defer hub.Close()
		first := make(chan error)
		go func() {
			_, err := auth.Revoke(t.Context(), hub, jwtauth.Revocation{User: "a"})
			first <- err
		}()
		<-store.begun
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := auth.Revoke(ctx, hub, jwtauth.Revocation{User: "b"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Revoke = %v; want %v", err, context.DeadlineExceeded)
		}
		close(store.let)
		if err := <-first; err != nil {
			t.Errorf("the first: %v", err)
		}
	})
}

func TestRevocationsOutliveTheProcess(t *testing.T) {
	book := &notebook{}
	inCourt(t, jwtauth.Options{Store: book}, func(c court) {
		c.revoke(jwtauth.Revocation{User: "u1"}, jwtauth.Revocation{User: "u2", Topics: []string{"list-items:1"}})
	})
	inCourt(t, jwtauth.Options{Store: book}, func(c court) { // the same second again
		check(c, c.auth, c.token(), realtime.CodeTokenInvalid)
		if got := c.reads(c.token("sub", "u2"), "list-items:1", "user:a"); len(got) != 1 {
			t.Errorf("u2 reads %v; want user:a alone", got)
		}
	})
}

// Without having been saved nothing takes effect: the caller knows that it has
// to try again.
func TestAStoreThatFails(t *testing.T) {
	book := &notebook{}
	inCourt(t, jwtauth.Options{Store: book}, func(c court) {
		book.fail = errors.New("the disk is full")
		if _, err := c.auth.Revoke(c.Context(), c.hub, jwtauth.Revocation{User: "u1"}); !errors.Is(err, book.fail) {
			t.Errorf("Revoke = %v; want %v", err, book.fail)
		}
		check(c, c.auth, c.token(), "")
		if _, err := jwtauth.New(c.Context(), jwtauth.Options{Issuers: []jwtauth.Issuer{{Secret: secret}}, Store: book}); !errors.Is(err, book.fail) {
			t.Errorf("New = %v; want %v: what was revoked is unknown", err, book.fail)
		}
	})
}

func TestMaxLifetime(t *testing.T) {
	now := func(after time.Duration) int64 { return time.Now().Add(after).Unix() }
	inCourt(t, jwtauth.Options{MaxLifetime: time.Hour, Leeway: time.Minute}, func(c court) {
		check(c, c.auth, c.token("exp", now(time.Hour)), "")
		check(c, c.auth, c.token("exp", now(time.Hour+time.Second)), realtime.CodeTokenInvalid)
		check(c, c.auth, c.token("exp", now(10*time.Minute), "iat", now(-time.Hour)), realtime.CodeTokenInvalid) // however old it is
		check(c, c.auth, c.token("exp", now(time.Hour+time.Minute), "iat", nil), "")
		check(c, c.auth, c.token("exp", now(2*time.Hour), "iat", nil), realtime.CodeTokenInvalid)
		check(c, c.auth, c.token("exp", int64(1e18), "iat", nil), realtime.CodeTokenInvalid)
		check(c, c.auth, c.token("iat", now(time.Minute)), "") // its issuer's clock is ahead
		check(c, c.auth, c.token("iat", now(2*time.Minute)), realtime.CodeTokenInvalid)
	})
	inCourt(t, jwtauth.Options{}, func(c court) {
		check(c, c.auth, c.token("exp", now(10*365*24*time.Hour)), "")
	})
}

// A token whose ids are too long to be revoked is not taken.
func TestLongIDs(t *testing.T) {
	inCourt(t, jwtauth.Options{}, func(c court) {
		for _, id := range []string{"sub", "sid", "jti"} {
			check(c, c.auth, c.token(id, strings.Repeat("x", jwtauth.MaxID)), "")
			check(c, c.auth, c.token(id, strings.Repeat("x", jwtauth.MaxID+1)), realtime.CodeTokenInvalid)
		}
	})
}
