package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// withdraw posts a withdrawal to a hub of startWithTokens, which has to agree.
func withdraw(t *testing.T, url, body string) {
	t.Helper()
	if status, answer := postTo(t, url+"/api/withdraw", body, "Authorization", "Bearer "+publishKey); status != http.StatusOK || !strings.Contains(answer, `"withdrawn":true`) {
		t.Fatalf("withdrawing %s: %d %s", body, status, answer)
	}
}

// event is a publication to list-items:1 about an entity.
func event(entity string) string {
	return fmt.Sprintf(`{"topic":"list-items:1","event":"UPDATED","data":{"entity_id":%q,"payload":{}}}`, entity)
}

// bothLogs runs the test with the flags of each kind of log.
func bothLogs(t *testing.T, test func(t *testing.T, args ...string)) {
	t.Run("memory", func(t *testing.T) { test(t) })
	t.Run("sqlite", func(t *testing.T) { test(t, "--log="+filepath.Join(t.TempDir(), "events.db")) })
}

// follow subscribes to list-items:1 as a user.
func follow(t *testing.T, url, token string) (say func(string), next func() string) {
	t.Helper()
	say, next = enter(t, url, token)
	say(`{"action":"subscribe","topic":"list-items:1"}`)
	expect(t, next, `"subscribed"`)
	return say, next
}

// What was committed before a withdrawal reaches those it names, what comes after it
// never does, in one request or in several; others miss nothing.
// Guarantees: A52
func TestAWithdrawalIsInTheOrderOfTheLog(t *testing.T) {
	bothLogs(t, func(t *testing.T, args ...string) {
		url, _ := startWithTokens(t, io.Discard, args...)
		issued := time.Now()
		say, next := follow(t, url, token(t))
		_, other := follow(t, url, token(t, "sub", "u2"))
		publishTo(t, url, "["+event("before")+`,{"withdraw":{"topic":"list-items:1","users":["u1"]}},`+event("after")+"]")
		expect(t, next, `"entity_id":"before"`, `"revoked"`)
		expect(t, other, `"entity_id":"before"`, `"entity_id":"after"`)
		publishTo(t, url, event("later"))
		expect(t, other, `"entity_id":"later"`)
		say(`{"action":"subscribe","topic":"list-items:1"}`)
		expect(t, next, `"forbidden"`)

		// What a later token says is later than the withdrawal.
		say(`{"action":"auth","token":"` + token(t, "iat", issued.Unix()+5) + `"}`)
		expect(t, next, `"hello"`)
		say(`{"action":"subscribe","topic":"list-items:1"}`)
		expect(t, next, `"seq":3`)
		withdraw(t, url, `{"topic":"list-items:1","users":["u2","nobody"]}`)
		expect(t, other, `"revoked"`)
		publishTo(t, url, event("last"))
		expect(t, next, `"entity_id":"last"`)
	})
}

// A withdrawal without users is from everybody.
func TestAWithdrawalFromEverybody(t *testing.T) {
	bothLogs(t, func(t *testing.T, args ...string) {
		url, _ := startWithTokens(t, io.Discard, args...)
		_, one := follow(t, url, token(t))
		_, two := follow(t, url, token(t, "sub", "u2"))
		withdraw(t, url, `{"topic":"list-items:1"}`)
		publishTo(t, url, event("after"))
		expect(t, one, `"revoked"`)
		expect(t, two, `"revoked"`)
	})
}

// Where a backend decides it is asked again, whatever it said a moment ago. Who
// regains access gets nothing of the time between.
// Guarantees: A49
func TestAWithdrawalAsksTheBackendAgain(t *testing.T) {
	bothLogs(t, func(t *testing.T, args ...string) {
		backend, flags := newRights(t)
		url, _ := startWithTokens(t, io.Discard, append(args, append(flags, "--authorize-cache-age=1h")...)...)
		backend.let("u1", "list-items:1", true)
		backend.let("u2", "list-items:1", true)
		say, next := follow(t, url, nameless(t, "u1"))
		_, other := follow(t, url, nameless(t, "u2"))

		backend.let("u1", "list-items:1", false)
		publishTo(t, url, `[{"withdraw":{"topic":"list-items:1","users":["u1"]}},`+event("secret")+"]")
		expect(t, next, `"revoked"`)
		expect(t, other, `"entity_id":"secret"`)
		say(`{"action":"subscribe","topic":"list-items:1"}`)
		expect(t, next, `"forbidden"`)

		backend.let("u1", "list-items:1", true)
		withdraw(t, url, `{"topic":"list-items:1","users":["u1"]}`) // so that the refusal is not remembered
		say(`{"action":"subscribe","topic":"list-items:1"}`)
		expect(t, next, `"seq":1`)
		publishTo(t, url, event("open"))
		expect(t, next, `"entity_id":"open"`)
		expect(t, other, `"entity_id":"open"`)

		// The backend still says yes: nothing of the topic changes for anybody else.
		withdraw(t, url, `{"topic":"list-items:1","users":["u2"]}`)
		publishTo(t, url, event("again"))
		expect(t, next, `"entity_id":"again"`)
	})
}

// An array that withdraws something is taken whole, or not at all.
// Guarantees: A51
func TestAnArrayWithAWithdrawalIsWholeOrNot(t *testing.T) {
	bothLogs(t, func(t *testing.T, args ...string) {
		url, _ := startWithTokens(t, io.Discard, args...)
		for name, c := range map[string]struct{ body, want string }{
			"the withdrawal is wrong": {`[{"withdraw":{"topic":"list-items:1","users":[]}},` + event("1") + "]", `"withdraw.users"`},
			"it is misspelled":        {`[{"withdraws":{"topic":"list-items:1"}},` + event("1") + "]", `"withdraws"`},
			"it is null":              {`[{"withdraw":null},` + event("1") + "]", `"field":`},
			"an event is wrong":       {`[{"withdraw":{"topic":"list-items:1"}},` + event("") + "]", `"data.entity_id"`},
			"it is beside an event":   {`[{"withdraw":{"topic":"list-items:1"},` + event("1")[1:] + "," + event("1") + "]", `"withdraw"`},
		} {
			status, answer := post(t, url, c.body, "Authorization", "Bearer "+publishKey)
			if status != http.StatusBadRequest || !strings.Contains(answer, c.want) || !strings.Contains(answer, "not_done") {
				t.Errorf("%s: %d %s; want 400 with %s, and the others not done", name, status, answer, c.want)
			}
		}
		if _, answer := post(t, url, one, "Authorization", "Bearer "+publishKey); !strings.Contains(answer, `"seq":1`) {
			t.Errorf("something of the above was published: %s", answer)
		}
	})
}

// Guarantees: A51
func TestWithdrawRefuses(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	long := strings.Repeat("x", 257)
	many := `"u` + strings.Join(strings.Split(strings.Repeat("x", 1001), ""), `","u`) + `"`
	for name, c := range map[string]struct {
		body, field string
	}{
		"no topic":                {`{"users":["u1"]}`, "topic"},
		"a bad topic":             {`{"topic":"list-items:*"}`, "topic"},
		"an unknown member":       {`{"topic":"a:b","user":"u1"}`, "user"},
		"another case":            {`{"topic":"a:b","Users":["u1"]}`, "Users"},
		"a member twice":          {`{"topic":"a:b","topic":"c:d"}`, "topic"},
		"no users":                {`{"topic":"a:b","users":[]}`, "users"},
		"null":                    {`{"topic":"a:b","users":null}`, "users"},
		"a user as text":          {`{"topic":"a:b","users":"u1"}`, "users"},
		"a number":                {`{"topic":"a:b","users":[1]}`, "users"},
		"an empty user":           {`{"topic":"a:b","users":["u1",""]}`, "users[1]"},
		"a user twice":            {`{"topic":"a:b","users":["u1","u2","u1"]}`, "users[2]"},
		"a long user":             {`{"topic":"a:b","users":["` + long + `"]}`, "users[0]"},
		"too many":                {`{"topic":"a:b","users":[` + many + `]}`, "users"},
		"an event":                {one, "event"},
		"a shape of another path": {`{"withdraw":{"topic":"a:b"}}`, "withdraw"},
	} {
		t.Run(name, func(t *testing.T) {
			if status, answer := postTo(t, url+"/api/withdraw", c.body); status != http.StatusBadRequest || !strings.Contains(answer, `"field":"`+c.field+`"`) {
				t.Errorf("%d %s; want 400 that names %s", status, answer, c.field)
			}
		})
	}
	for _, body := range []string{"", "nonsense", "[]", `"a:b"`} {
		if status, answer := postTo(t, url+"/api/withdraw", body); status != http.StatusBadRequest {
			t.Errorf("%q: %d %s; want 400", body, status, answer)
		}
	}
	if status, _ := postTo(t, url+"/api/withdraw", `{"topic":"a:b"}`, "Authorization", "Bearer devil"); status != http.StatusUnauthorized {
		t.Errorf("another key: %d; want 401", status)
	}
	if status, _ := get(t, url+"/api/withdraw"); status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d; want 405", status)
	}
	for _, body := range []string{`{"topic":"a:b"}`, `{"topic":"never:seen","users":["nobody"]}`, `[{"topic":"a:b"},{"topic":"a:b","users":["u1"]}]`} {
		if status, answer := postTo(t, url+"/api/withdraw", body); status != http.StatusOK || !strings.Contains(answer, `"withdrawn":true`) {
			t.Errorf("%s: %d %s; want it done", body, status, answer)
		}
	}
}

// A withdrawal under a key takes effect once: who has regained access keeps it when
// the request is repeated.
func TestAWithdrawalTakesEffectOnce(t *testing.T) {
	bothLogs(t, func(t *testing.T, args ...string) {
		url, _ := startWithTokens(t, io.Discard, args...)
		headers := []string{"Authorization", "Bearer " + publishKey, "Idempotency-Key", "k1"}
		const body = `{"topic":"list-items:1","users":["u1"]}`
		_, first := postTo(t, url+"/api/withdraw", body, headers...)
		_, next := follow(t, url, token(t, "iat", time.Now().Add(5*time.Second).Unix()))
		if status, again := postTo(t, url+"/api/withdraw", body, headers...); status != http.StatusOK || again != first {
			t.Errorf("repeated: %d %s; want %s", status, again, first)
		}
		publishTo(t, url, event("1"))
		expect(t, next, `"entity_id":"1"`)
		if status, answer := postTo(t, url+"/api/withdraw", `{"topic":"list-items:1"}`, headers...); status != http.StatusUnprocessableEntity {
			t.Errorf("another request under the key: %d %s; want 422", status, answer)
		}
	})
}

// In development everybody may read everything, so a withdrawal has all readers
// fetch afresh, and takes nothing.
func TestWithdrawingInDevelopment(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	next := subscribe(t, url, "list-items:1", "")
	expect(t, next, `"hello"`, `"subscribed"`)
	if status, answer := postTo(t, url+"/api/withdraw", `{"topic":"list-items:1"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	post(t, url, one)
	// The event may have come before the verdict that lets everybody in again.
	if got := next(); !strings.Contains(got, `"entity_id":"456"`) && !strings.Contains(got, `"resync"`) {
		t.Fatalf("got %s; want the event, or to be told to fetch afresh", got)
	}
	post(t, url, event("next"))
	expect(t, next, `"entity_id":"next"`)
}

// While nobody knows whether those who are named may go on, they get nothing, and
// come back; others go on.
func TestAWithdrawalWhileTheBackendIsAway(t *testing.T) {
	backend, flags := newRights(t)
	url, _ := startWithTokens(t, io.Discard, flags...)
	backend.let("u1", "list-items:1", true)
	backend.let("u2", "list-items:1", true)
	_, next := follow(t, url, nameless(t, "u1"))
	_, other := follow(t, url, nameless(t, "u2"))
	backend.always("nonsense")
	publishTo(t, url, `[{"withdraw":{"topic":"list-items:1","users":["u1"]}},`+event("after")+"]")
	expect(t, other, `"entity_id":"after"`)
	expect(t, next, "3004")
}

// However withdrawals, events, verdicts and resumes fall together, nobody is sent what
// was committed while they had no access, and who always had it misses nothing.
func TestWithdrawalsAmidEverything(t *testing.T) {
	const rounds = 100
	bothLogs(t, func(t *testing.T, args ...string) {
		backend, flags := newRights(t)
		url, _ := startWithTokens(t, io.Discard, append(args, append(flags, "--inbound-rate=0", "--max-strikes=0")...)...)
		backend.let("u1", "list-items:1", true)
		backend.let("u2", "list-items:1", true)
		say, next := follow(t, url, nameless(t, "u1"))
		_, other := follow(t, url, nameless(t, "u2"))
		seen := make(chan string, 1)
		ended := make(chan struct{})
		go func() { // comes back again and again, from the beginning
			defer close(ended)
			for {
				got := next()
				switch {
				case strings.Contains(got, "secret"):
					select {
					case seen <- got:
					default:
					}
				case strings.Contains(got, `"last"`) || strings.Contains(got, "failed to"):
					return
				case strings.Contains(got, `"revoked"`) || strings.Contains(got, `"forbidden"`):
					say(`{"action":"subscribe","topic":"list-items:1"}`)
				}
			}
		}()
		const take = `{"withdraw":{"topic":"list-items:1","users":["u1"]}}`
		for i := range rounds {
			backend.let("u1", "list-items:1", false)
			publishTo(t, url, fmt.Sprintf("[%s,%s,%s]", event(fmt.Sprint("open", i)), take, event(fmt.Sprint("secret", i))))
			backend.let("u1", "list-items:1", true)
			publishTo(t, url, fmt.Sprintf("[%s,%s]", take, event(fmt.Sprint("again", i))))
		}
		for i := range rounds {
			for _, name := range []string{"open", "secret", "again"} {
				expect(t, other, fmt.Sprintf(`"entity_id":"%s%d"`, name, i))
			}
		}
		for done := false; !done; { // until u1 has come back
			publishTo(t, url, event("last"))
			select {
			case <-ended:
				done = true
			default:
			}
		}
		select {
		case got := <-seen:
			t.Errorf("u1 was sent %s", got)
		default:
		}
	})
}
