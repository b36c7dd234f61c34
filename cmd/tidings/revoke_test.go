package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// revokeAt posts to a hub of startWithTokens, which has to agree, and returns the
// second until which tokens count as issued before.
func revokeAt(t *testing.T, url, body string) time.Time {
	t.Helper()
	status, answer := postTo(t, url+"/api/revoke", body, "Authorization", "Bearer "+publishKey)
	var result struct{ At time.Time }
	if err := json.Unmarshal([]byte(answer), &result); status != http.StatusOK || err != nil || result.At.IsZero() {
		t.Fatalf("revoking %s: %d %s", body, status, answer)
	}
	return result.At
}

// publishTo publishes to a hub of startWithTokens.
func publishTo(t *testing.T, url, body string) {
	t.Helper()
	if status, answer := post(t, url, body, "Authorization", "Bearer "+publishKey); status != http.StatusOK {
		t.Fatalf("publishing: %d %s", status, answer)
	}
}

// expect reads messages, each of which has to hold its text.
func expect(t *testing.T, next func() string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if got := next(); !strings.Contains(got, want) {
			t.Fatalf("got %.300s; want %s", got, want)
		}
	}
}

// enter opens a session by the token.
func enter(t *testing.T, url, token string) (say func(string), next func() string) {
	t.Helper()
	say, next = talk(t, url)
	say(`{"action":"auth","token":"` + token + `"}`)
	expect(t, next, `"hello"`)
	return say, next
}

// Revoking ends what lives by the token, and the token opens nothing any more.
// Guarantees: A26
func TestRevokingEndsWhatLives(t *testing.T) {
	for name, c := range map[string]struct {
		body    string
		forGood bool // later tokens are refused, too
	}{
		"a user":  {`{"user":"u1"}`, false},
		"a login": {`{"session":"login"}`, true},
		"a token": {`{"token":"t1"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := startWithTokens(t, io.Discard)
			old := token(t, "sid", "login", "jti", "t1")
			say, next := enter(t, url, old)
			say(`{"action":"subscribe","topic":"list-items:1"}`)
			expect(t, next, `"subscribed"`)
			_, other := enter(t, url, token(t, "sub", "u2", "sid", "theirs", "jti", "t2"))
			at := revokeAt(t, url, c.body)
			publishTo(t, url, one)
			expect(t, next, "3501") // and not the event
			say, next = talk(t, url)
			say(`{"action":"auth","token":"` + old + `"}`)
			expect(t, next, `"token_invalid"`, "3500")
			later := token(t, "sid", "login", "jti", "t1", "iat", at.Unix()+1)
			say, next = talk(t, url)
			say(`{"action":"auth","token":"` + later + `"}`)
			if c.forGood {
				expect(t, next, `"token_invalid"`)
			} else {
				expect(t, next, `"hello"`)
			}
			revokeAt(t, url, `{"user":"u2"}`)
			expect(t, other, "3501") // so the first one has left it alone
		})
	}
}

// A session that lives by a later token than was revoked stays: a revocation may
// be repeated, or wait for the disk.
func TestALaterSessionStays(t *testing.T) {
	url, _ := startWithTokens(t, io.Discard)
	say, next := enter(t, url, token(t, "iat", time.Now().Add(20*time.Second).Unix()))
	revokeAt(t, url, `{"user":"u1"}`)
	say(`{"action":"ping"}`)
	expect(t, next, `"pong"`)
}

// A refresh with a token that was revoked is refused, and leaves the session as
// it is.
// Guarantees: A26
func TestARefreshWithARevokedToken(t *testing.T) {
	url, _ := startWithTokens(t, io.Discard)
	say, next := enter(t, url, token(t, "jti", "good"))
	revokeAt(t, url, `{"token":"bad"}`)
	say(`{"action":"auth","token":"` + token(t, "jti", "bad") + `"}`)
	expect(t, next, `"token_invalid"`)
	say(`{"action":"ping"}`)
	expect(t, next, `"pong"`)
}

// Topics are taken from live subscriptions, and from those that resume.
// Guarantees: S8, A26
func TestRevokingTopics(t *testing.T) {
	for name, c := range map[string]struct {
		body      string
		everybody bool
	}{
		"of a user":           {`{"user":"u1","topics":["list-items:1"]}`, false},
		"a type, of a user":   {`{"user":"u1","topics":["list-items:*"]}`, false},
		"of everybody":        {`{"topics":["list-items:1"]}`, true},
		"a type of everybody": {`{"topics":["list-items:*"]}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := startWithTokens(t, io.Discard)
			publishTo(t, url, one)
			mine, hers := token(t), token(t, "sub", "u2")
			say, next := enter(t, url, mine)
			say(`{"action":"subscribe","topics":[{"topic":"user:u1"},{"topic":"list-items:1"}]}`)
			expect(t, next, `"subscribed"`, `"subscribed"`)
			sayOther, other := enter(t, url, hers)
			sayOther(`{"action":"subscribe","topic":"list-items:1"}`)
			expect(t, other, `"subscribed"`)
			at := revokeAt(t, url, c.body)
			publishTo(t, url, one)
			publishTo(t, url, strings.ReplaceAll(one, "list-items:1", "user:u1"))
			expect(t, next, `{"type":"unsubscribed","topic":"list-items:1","code":"revoked"}`, `"topic":"user:u1"`)
			if c.everybody {
				expect(t, other, `"revoked"`)
			} else {
				expect(t, other, `"seq":2`)
			}
			resume := fmt.Sprintf(`{"action":"subscribe","topic":"list-items:1","since":{"epoch":%q,"seq":1}}`, epochOf(t, url))
			say(resume)
			expect(t, next, `"forbidden"`)
			say, next = enter(t, url, mine)
			say(resume)
			expect(t, next, `"forbidden"`)
			say(`{"action":"auth","token":"` + token(t, "iat", at.Unix()+1) + `"}`)
			say(resume)
			expect(t, next, `"hello"`, `"recovered":true`, `"seq":2`)
		})
	}
}

// epochOf publishes to a topic of nobody's, and returns the epoch.
func epochOf(t *testing.T, url string) string {
	t.Helper()
	_, answer := post(t, url, strings.ReplaceAll(one, "list-items:1", "nobodys:1"), "Authorization", "Bearer "+publishKey)
	var position struct{ Epoch string }
	if err := json.Unmarshal([]byte(answer), &position); err != nil {
		t.Fatal(err)
	}
	return position.Epoch
}

// A replay that is under way stops: what the reader gets after the answer had
// been written to its socket before.
// Guarantees: S8
func TestRevokingStopsAReplay(t *testing.T) {
	const events = 300
	url, _ := startWithTokens(t, io.Discard)
	large := `{"topic":"list-items:1","event":"UPDATED","data":{"entity_id":"1","payload":"` + strings.Repeat("x", 60_000) + `"}}`
	for range events / 15 {
		publishTo(t, url, "["+strings.Repeat(large+",", 14)+large+"]")
	}
	resume := fmt.Sprintf(`{"action":"subscribe","topic":"list-items:1","since":{"epoch":%q,"seq":0}}`, epochOf(t, url))
	for _, c := range []struct{ user, body, last string }{
		{"a", `{"user":"a"}`, "3501"},
		{"b", `{"session":"login-b"}`, "3501"},
		{"c", `{"token":"token-c"}`, "3501"},
		{"d", `{"user":"d","topics":["list-items:1"]}`, `"code":"revoked"`},
		{"e", `{"topics":["list-items:*"]}`, `"code":"revoked"`},
	} {
		t.Run(c.body, func(t *testing.T) {
			say, next := enter(t, url, token(t, "sub", c.user, "sid", "login-"+c.user, "jti", "token-"+c.user))
			say(resume)
			expect(t, next, `"recovered":true`, `"seq":1`)
			revokeAt(t, url, c.body)
			got := 1
			last := next()
			for ; strings.HasPrefix(last, `{"topic"`); last = next() {
				got++
			}
			if got == events || !strings.Contains(last, c.last) {
				t.Errorf("after %d of %d events: %.300s; want %s in between", got, events, last, c.last)
			}
		})
	}
}

// With a log in a file what was revoked stays so when the hub comes back.
// Guarantees: A26
func TestRevocationsOutliveTheHub(t *testing.T) {
	for name, c := range map[string]struct{ log, want string }{
		"in a file": {filepath.Join(t.TempDir(), "tidings.db"), `"token_invalid"`},
		"in memory": {"memory", `"hello"`},
	} {
		t.Run(name, func(t *testing.T) {
			url, end := startWithTokens(t, io.Discard, "--log="+c.log)
			old := token(t, "sid", "login")
			for _, body := range []string{`{"session":"login"}`, `{"user":"u1"}`, `{"user":"u1"}`, `{"topics":["list-items:1"]}`} {
				revokeAt(t, url, body)
			}
			end()
			url, _ = startWithTokens(t, io.Discard, "--log="+c.log)
			say, next := talk(t, url)
			say(`{"action":"auth","token":"` + old + `"}`)
			expect(t, next, c.want)
		})
	}
}

// Guarantees: A32
func TestRevokeRefuses(t *testing.T) {
	url, _ := startWithTokens(t, io.Discard)
	long := strings.Repeat("x", 300)
	for name, c := range map[string]struct {
		body   string
		header []string
		status int
		want   string
	}{
		"no key":              {`{"user":"u1"}`, []string{"Authorization", ""}, 401, "unauthorized"},
		"another key":         {`{"user":"u1"}`, []string{"Authorization", "Bearer devil"}, 401, "unauthorized"},
		"not JSON":            {"nonsense", nil, 400, "JSON"},
		"not UTF-8":           {"{\"user\":\"\xff\"}", nil, 400, "UTF-8"},
		"nothing":             {`{}`, nil, 400, "names a user"},
		"null":                {`null`, nil, 400, "object"},
		"an empty array":      {`[]`, nil, 400, "1 to 1000"},
		"an unknown member":   {`{"user":"u1","topic":"a:b"}`, nil, 400, `"field":"topic"`},
		"another case":        {`{"User":"u1"}`, nil, 400, `"field":"User"`},
		"a member twice":      {`{"user":"u1","user":"u2"}`, nil, 400, `"field":"user"`},
		"an empty user":       {`{"user":"","topics":["a:b"]}`, nil, 400, `"field":"user"`},
		"a user that is null": {`{"user":null,"topics":["a:b"]}`, nil, 400, `"field":"user"`},
		"a user by number":    {`{"user":1}`, nil, 400, `"field":"user"`},
		"topics that are one": {`{"topics":"a:b"}`, nil, 400, `"field":"topics"`},
		"topics that are null": {
			`{"user":"u1","topics":null}`, nil, 400, `"field":"topics"`,
		},
		"no topics":      {`{"user":"u1","topics":[]}`, nil, 400, `"field":"topics"`},
		"bad topics":     {`{"user":"u1","topics":["a:b","*"]}`, nil, 400, `"field":"topics"`},
		"two at once":    {`{"user":"u1","session":"s"}`, nil, 400, `"field":"session"`},
		"a long user":    {`{"user":"` + long + `"}`, nil, 400, `"field":"user"`},
		"a long unknown": {`{"` + long + `":1}`, nil, 400, "…"},
		"too much":       {strings.Repeat(" ", 1<<20+1), nil, 413, "too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			header := c.header
			if header == nil {
				header = []string{"Authorization", "Bearer " + publishKey}
			}
			if status, answer := postTo(t, url+"/api/revoke", c.body, header...); status != c.status || !strings.Contains(answer, c.want) {
				t.Errorf("%d %s; want %d with %s", status, answer, c.status, c.want)
			}
		})
	}
	enter(t, url, token(t)) // none of the above was of effect
}

// Of an array each has its result, and what is wrong with one is no other's.
func TestEachRevocationHasItsResult(t *testing.T) {
	url, _ := startWithTokens(t, io.Discard)
	status, answer := postTo(t, url+"/api/revoke", `[{"user":"u1"},{"usr":"u2"},{"session":"s"}]`, "Authorization", "Bearer "+publishKey)
	var results []struct {
		At    *time.Time
		Error *struct{ Field string }
	}
	if err := json.Unmarshal([]byte(answer), &results); err != nil || status != http.StatusOK || len(results) != 3 {
		t.Fatalf("%d %s: %v", status, answer, err)
	}
	if results[0].At == nil || results[1].Error == nil || results[1].Error.Field != "usr" || results[2].At == nil {
		t.Errorf("results %s", answer)
	}
	say, next := talk(t, url)
	say(`{"action":"auth","token":"` + token(t, "sub", "u9", "sid", "s") + `"}`)
	expect(t, next, `"token_invalid"`)
}

// An array of nothing but mistakes is one.
func TestAnArrayOfMistakenRevocations(t *testing.T) {
	url, _ := startWithTokens(t, io.Discard)
	status, answer := postTo(t, url+"/api/revoke", `[{"usr":"u1"},{}]`, "Authorization", "Bearer "+publishKey)
	var results []struct{ Error *struct{ Code string } }
	if err := json.Unmarshal([]byte(answer), &results); err != nil || status != http.StatusBadRequest || len(results) != 2 || results[0].Error == nil {
		t.Errorf("%d %s (%v); want 400 with two results", status, answer, err)
	}
}

func TestRevocationsHaveALimit(t *testing.T) {
	url, _ := startWithTokens(t, io.Discard, "--max-revocations=1")
	revokeAt(t, url, `{"user":"u1"}`)
	status, answer := postTo(t, url+"/api/revoke", `{"user":"u2"}`, "Authorization", "Bearer "+publishKey)
	if status != http.StatusInsufficientStorage || !strings.Contains(answer, "--max-revocations") {
		t.Errorf("%d %s; want 507 that names --max-revocations", status, answer)
	}
	enter(t, url, token(t, "sub", "u2"))
	revokeAt(t, url, `{"user":"u1"}`) // no further one
}

// In development nobody has a token, which is said and not passed over.
func TestRevokingInDevelopment(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	for _, body := range []string{`{"user":"u1"}`, `{"topics":["list-items:1"]}`} {
		if status, answer := postTo(t, url+"/api/revoke", body); status != http.StatusConflict || !strings.Contains(answer, "no_tokens") {
			t.Errorf("%d %s; want 409 with no_tokens", status, answer)
		}
	}
}

// A token that lives for too long is refused, and the log says why.
func TestTokensThatLiveTooLong(t *testing.T) {
	var logs lines
	url, _ := startWithTokens(t, &logs, "--log-level=debug")
	long := token(t, "exp", time.Now().Add(25*time.Hour).Unix())
	say, next := talk(t, url)
	say(`{"action":"auth","token":"` + long + `"}`)
	expect(t, next, `"token_invalid"`)
	if !logs.await("it lives too long") {
		t.Error("the log does not say why")
	}
	url, _ = startWithTokens(t, io.Discard, "--jwt-max-lifetime=0")
	enter(t, url, long)
}
