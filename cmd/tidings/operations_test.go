package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// lines are what a hub has logged so far.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) has(line string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), line)
}

// forget empties it.
func (l *lines) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

// await waits until the line has been logged.
func (l *lines) await(line string) bool {
	deadline := time.Now().Add(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !l.has(line) && time.Now().Before(deadline) {
		<-tick.C
	}
	return l.has(line)
}

func TestLogLevel(t *testing.T) {
	for level, logged := range map[string][]string{
		"debug": {"tidings is listening", "event delivered", "session closed"}, "info": {"tidings is listening"}, "error": {},
	} {
		t.Run(level, func(t *testing.T) {
			var logs lines
			url, end := startLogging(t, &logs, "--dev", "--drain-window=100ms", "--log-level="+level)
			next := subscribe(t, url, "list-items:1", "")
			next()
			next()
			post(t, url, one)
			next()
			end()
			for _, line := range []string{"tidings is listening", "event delivered", "session closed"} {
				if want := slices.Contains(logged, line); want && !logs.await(line) || !want && logs.has(line) {
					t.Errorf("%q is logged: %v; want %v", line, !want, want)
				}
			}
		})
	}
}

// From the first signal on newcomers are sent elsewhere, while what is queued is
// still being written; and a reader that takes nothing is not waited for longer
// than the limit.
func TestReadyTurnsRedWhileItDrains(t *testing.T) {
	t.Parallel()
	const limit = 5 * time.Second // in which it is seen to be red
	url, end := start(t, "--dev", "--drain-window=100ms", "--drain-timeout="+limit.String(), "--queue-bytes=67108864")
	stuck := &visitor{}
	if err := stuck.enter(strings.TrimPrefix(url, "http://")); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stuck.conn.Close() }()
	large := `{"topic":"list:a","event":"UPDATED","data":{"entity_id":"1","payload":"` + strings.Repeat("x", 60_000) + `"}}`
	for stalled := false; !stalled; { // until the sockets between them are full
		post(t, url, "["+strings.Repeat(large+",", 15)+large+"]")
		_, figures := get(t, url+"/metrics")
		stalled = strings.Contains(figures, "\ntidings_sessions_stalled 1\n")
	}
	begun := time.Now()
	ended := make(chan struct{})
	go func() { end(); close(ended) }()
	awaitRed(t, url)
	<-ended
	if took := time.Since(begun); took < limit || took > limit+time.Minute {
		t.Errorf("it ended after %v; its limit is %v", took, limit)
	}
}

// A request whose body never comes is cut off at the end of a drain, which has
// ended well all the same.
func TestADrainDoesNotWaitForABody(t *testing.T) {
	var logs lines
	url, end := startLogging(t, &logs, "--dev", "--drain-window=100ms", "--drain-timeout=200ms")
	conn := dial(t, url, "POST /api/publish HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer dev\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
	if _, err := io.ReadFull(conn, make([]byte, len("HTTP/1.1 100"))); err != nil { // it reads the body
		t.Fatal(err)
	}
	end() // which fails the test with an error
	if !logs.has("cut off") {
		t.Error("the log does not say what was cut off")
	}
}

// awaitRed waits until the hub is about to stop.
func awaitRed(t *testing.T, url string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for status := 0; status != http.StatusServiceUnavailable; <-tick.C {
		status, _ = get(t, url+"/readyz")
	}
}

// keySet serves the public halves of keys by their ids, which can be changed.
func keySet(t *testing.T, keys *sync.Map) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var set []map[string]string
		keys.Range(func(id, key any) bool {
			set = append(set, map[string]string{
				"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": id.(string),
				"x": base64.RawURLEncoding.EncodeToString(key.(ed25519.PrivateKey).Public().(ed25519.PublicKey)),
			})
			return true
		})
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": set}) // the hub complains if it does not come
	}))
	server.Config.SetKeepAlivesEnabled(false)
	t.Cleanup(server.Close)
	return server.URL
}

// A hub that is about to stop learns of fresh keys, too.
func TestNewcomersMayHaveFreshKeys(t *testing.T) {
	t.Parallel()
	_, old, _ := ed25519.GenerateKey(nil)
	_, fresh, _ := ed25519.GenerateKey(nil)
	var keys sync.Map
	keys.Store("old", old)
	url, end := start(t, "--publish-key="+publishKey, "--jwt-jwks-url="+keySet(t, &keys), "--drain-window=100ms", "--drain-delay=5s")
	ended := make(chan struct{})
	go func() { end(); close(ended) }()
	awaitRed(t, url)
	keys.Store("fresh", fresh)
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{"sub": "u1", "exp": time.Now().Add(time.Hour).Unix()})
	unsigned.Header["kid"] = "fresh"
	signed, err := unsigned.SignedString(fresh)
	if err != nil {
		t.Fatal(err)
	}
	enter(t, url, signed)
	<-ended
}

// Between the first signal and the end load balancers have time to notice. Until
// they have, they send newcomers, who are served like all others.
func TestNewcomersAreServedUntilBalancersNotice(t *testing.T) {
	t.Parallel()
	const delay = 5 * time.Second // in which a newcomer comes, on a busy machine
	url, end := startWithTokens(t, io.Discard, "--drain-delay="+delay.String())
	begun := time.Now()
	ended := make(chan struct{})
	go func() { end(); close(ended) }()
	awaitRed(t, url)
	say, next := enter(t, url, token(t))
	say(`{"action":"subscribe","topic":"list-items:1"}`)
	expect(t, next, `"subscribed"`)
	publishTo(t, url, one)
	expect(t, next, `"seq":1`, `"drain"`, "3000")
	<-ended
	if took := time.Since(begun); took < delay {
		t.Errorf("it ended after %v; the delay is %v", took, delay)
	}
}

// Figures are for this machine, or for who has the token.
func TestMetricsAreNotPublic(t *testing.T) {
	for name, c := range map[string]struct {
		args          []string
		header, value string
		want          int
	}{
		"this machine":     {nil, "X-A", "b", http.StatusOK},
		"by a proxy":       {nil, "X-Forwarded-For", "192.0.2.1", http.StatusForbidden},
		"by a gateway":     {nil, "Via", "1.1 gateway", http.StatusForbidden},
		"behind proxies":   {[]string{"--trusted-proxies=127.0.0.1"}, "X-A", "b", http.StatusForbidden},
		"with the token":   {[]string{"--metrics-token=s3cret"}, "Authorization", "Bearer s3cret", http.StatusOK},
		"with the wrong":   {[]string{"--metrics-token=s3cret"}, "Authorization", "Bearer dev", http.StatusForbidden},
		"without a header": {[]string{"--metrics-token=s3cret"}, "X-A", "b", http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := start(t, append(c.args, "--dev", "--drain-window=100ms")...)
			if status, body := get(t, url+"/metrics", c.header, c.value); status != c.want || strings.Contains(body, "tidings_") != (c.want == http.StatusOK) {
				t.Errorf("%d %.100s; want %d", status, body, c.want)
			}
		})
	}
}

// Keys that vouch for more than this hub's tokens are worth a word.
func TestTakingEveryTokenIsSaid(t *testing.T) {
	for _, args := range [][]string{nil, {"--jwt-audience=hub"}, {"--jwt-issuer=https://app.example.com"}} {
		var logs lines
		startWithTokens(t, &logs, args...)
		if said := logs.has("--jwt-audience"); said != (args == nil) {
			t.Errorf("%q: the log warns: %v", args, said)
		}
	}
}

// A key set that cannot be fetched ends the start, which says what it wants.
func TestAKeySetThatIsAway(t *testing.T) {
	c, _, err := parse(t, "--addr=127.0.0.1:0", "--publish-key="+publishKey, "--jwt-jwks-wait=0", "--jwt-jwks-url=http://127.0.0.1:1/keys?secret=geheim")
	if err != nil {
		t.Fatal(err)
	}
	err = c.serve(t.Context(), io.Discard, func(net.Addr) { t.Error("it listens") })
	if err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:1/keys, which is not tried again") || strings.Contains(err.Error(), "geheim") {
		t.Errorf("serve: %v", err)
	}
}

// docs/operations.md lists the figures that are served, all of them and no others.
func TestEveryFigureIsDocumented(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	next := subscribe(t, url, "list-items:1", "")
	next()
	next()
	post(t, url, one)
	_, served := get(t, url+"/metrics")
	document, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	figures := func(text, pattern string) (names []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			names = append(names, m[1]+" "+m[2])
		}
		slices.Sort(names)
		return names
	}
	got := figures(served, `(?m)^# TYPE (tidings_\w+) (\w+)$`)
	want := figures(string(document), "(?m)^\\| `(tidings_\\w+)` +\\| (\\w+) +\\|")
	// No session has ended yet, so there is no close code to count by.
	want = slices.DeleteFunc(want, func(s string) bool { return s == "tidings_sessions_closed_total counter" && !slices.Contains(got, s) })
	if !slices.Equal(got, want) {
		t.Errorf("served %q\ndocumented %q", got, want)
	}
}
