package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const authorizeSecret = "fedcba9876543210"

// rights is a backend that says who may read what.
type rights struct {
	url string

	mu      sync.Mutex
	may     map[string]bool // "user topic"
	answer  string          // to all questions, if it is set
	strange []string        // questions that are none
}

// newRights runs a backend, and returns the flags of a hub that asks it.
func newRights(t *testing.T) (*rights, []string) {
	t.Helper()
	r := &rights{may: make(map[string]bool)}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		if r.mu.Lock(); len(r.strange) > 0 {
			t.Errorf("it was asked %q", r.strange)
		}
		r.mu.Unlock()
	})
	file := filepath.Join(t.TempDir(), "authorize-secret")
	if err := os.WriteFile(file, []byte(authorizeSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.url = server.URL + "/authorize"
	return r, []string{"--authorize-url=" + r.url, "--authorize-secret-file=" + file}
}

func (r *rights) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, err := io.ReadAll(req.Body)
	var q struct{ User, Session, Topic string }
	if err != nil || json.Unmarshal(body, &q) != nil || req.Header.Get("Authorization") != "Bearer "+authorizeSecret || q.User == "" || q.Topic == "" {
		r.strange = append(r.strange, string(body))
	}
	w.Header().Set("Content-Type", "application/json")
	if r.answer != "" {
		_, _ = io.WriteString(w, r.answer)
		return
	}
	_, _ = fmt.Fprintf(w, `{"allowed":%v}`, r.may[q.User+" "+q.Topic])
}

// let says who may read a topic from now on, or may not.
func (r *rights) let(user, topic string, may bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.may[user+" "+topic] = may
}

// always answers every question alike; "" ends that.
func (r *rights) always(answer string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

// nameless is a token of a user that names no topics.
func nameless(t *testing.T, user string) string {
	t.Helper()
	return token(t, "sub", user, "sid", "login-"+user, "topics", []string{})
}

// A backend decides, and the token says nothing of topics: neither that they are
// allowed, nor how many there may be.
func TestTheBackendDecides(t *testing.T) {
	backend, args := newRights(t)
	url, _ := startWithTokens(t, io.Discard, args...)
	backend.let("u1", "list-items:1", true)
	say, next := enter(t, url, token(t, "topics", []string{"list-items:2"}))
	say(`{"action":"subscribe","topic":"list-items:1"}`)
	expect(t, next, `"subscribed"`)
	say(`{"action":"subscribe","topic":"list-items:2"}`)
	expect(t, next, `"forbidden"`)
	publishTo(t, url, one)
	expect(t, next, `"seq":1`)

	topics := make([]string, 300) // far more than a token has room for
	for i := range topics {
		id := fmt.Sprintf("list-items:0b81c9cc-95b1-4f4c-9d3c-%012d", i)
		backend.let("u1", id, true)
		topics[i] = `{"topic":"` + id + `"}`
	}
	say(`{"action":"subscribe","topics":[` + strings.Join(topics, ",") + `]}`)
	for range topics {
		expect(t, next, `"subscribed"`)
	}
	if _, figures := get(t, url+"/metrics"); !strings.Contains(figures, `tidings_authorizations_total{outcome="denied"} 1`) {
		t.Error("the refusal is not counted")
	}
}

// No verdict is no refusal: the client is told to come back, and what it has is
// left to it.
// Guarantees: A48
func TestABackendThatAnswersNonsense(t *testing.T) {
	backend, args := newRights(t)
	var logs lines
	url, _ := startWithTokens(t, &logs, append(args, "--authorize-cache-age=0")...)
	backend.let("u1", "list-items:1", true)
	say, next := enter(t, url, nameless(t, "u1"))
	say(`{"action":"subscribe","topic":"list-items:1"}`)
	expect(t, next, `"subscribed"`)
	backend.always("nonsense")
	say(`{"action":"subscribe","topic":"list-items:2"}`)
	expect(t, next, `"internal"`)
	revokeAt(t, url, `{"user":"u1","topics":["list-items:2"]}`)
	say(`{"action":"auth","token":"` + token(t, "sid", "login-u1", "jti", "another") + `"}`)
	expect(t, next, "3004")
	if !logs.has("bad_answer") || logs.has(authorizeSecret) {
		t.Error("the log does not say why, or it says too much")
	}
	backend.always("")
	say, next = enter(t, url, nameless(t, "u1"))
	say(`{"action":"subscribe","topic":"list-items:1"}`)
	expect(t, next, `"subscribed"`)
}

// What was revoked of a token stays so, whatever the backend says.
func TestRevokingBesideABackend(t *testing.T) {
	backend, args := newRights(t)
	url, _ := startWithTokens(t, io.Discard, args...)
	backend.let("u1", "list-items:1", true)
	say, next := enter(t, url, nameless(t, "u1"))
	say(`{"action":"subscribe","topic":"list-items:1"}`)
	expect(t, next, `"subscribed"`)
	revokeAt(t, url, `{"user":"u1","topics":["list-items:1"]}`)
	expect(t, next, `"revoked"`)
	say(`{"action":"subscribe","topic":"list-items:1"}`)
	expect(t, next, `"forbidden"`)
}

func TestAuthorizeFlagsThatMakeNoSense(t *testing.T) {
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	const ours = "--authorize-url=https://app.example.com/authorize"
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--authorize-url=http://app.example.com"}, "--authorize-private-http"},
		{[]string{"--authorize-url=app.example.com"}, "--authorize-url"},
		{[]string{"--authorize-private-http"}, "--authorize-url"},
		{[]string{"--authorize-secret-file=" + short}, "--authorize-url"},
		{[]string{ours, "--dev"}, "--dev"},
		{[]string{ours, "--authorize-timeout=5s"}, "--call-timeout"},
		{[]string{ours, "--authorize-timeout=0"}, "--authorize-timeout"},
		{[]string{ours, "--authorize-calls=0"}, "--authorize-calls"},
		{[]string{ours, "--authorize-cache=0"}, "--authorize-cache"},
		{[]string{ours, "--authorize-cache-age=-1s"}, "--authorize-cache-age"},
	} {
		if _, _, err := parse(t, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v; want an error that names %s", c.args, err, c.want)
		}
	}
	if _, err := (authorizeFlags{AuthorizeURL: ours, AuthorizeSecretFile: short}).secret(); err == nil || !strings.Contains(err.Error(), "16") {
		t.Errorf("a short secret: %v", err)
	}
}
