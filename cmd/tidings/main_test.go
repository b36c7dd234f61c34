package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) != "" {
		main()
		os.Exit(0)
	}
	if order := os.Getenv(crowdVariable); order != "" {
		if err := crowd(order); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// serveVariable has this test binary be tidings.
const serveVariable = "TIDINGS_TEST_SERVE"

// start runs "tidings serve" with the arguments, on a port of its own, and
// returns its URL and a function that ends it.
func start(t *testing.T, args ...string) (url string, end func()) {
	t.Helper()
	return startLogging(t, io.Discard, args...)
}

func startLogging(t *testing.T, logs io.Writer, args ...string) (url string, end func()) {
	t.Helper()
	var c cli
	parser, err := newParser(&c, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"serve", "--addr=127.0.0.1:0"}, args...)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	listening := make(chan net.Addr, 1)
	ended := make(chan error, 1)
	go func() { ended <- c.Serve.serve(ctx, logs, func(a net.Addr) { listening <- a }) }()
	select {
	case addr := <-listening:
		url = "http://" + addr.String()
	case err := <-ended:
		t.Fatalf("serve ended: %v", err)
	}
	done := false
	end = func() {
		if done {
			return
		}
		done = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	}
	t.Cleanup(end)
	return url, end
}

// post publishes and returns the answer.
func post(t *testing.T, url, body string, header ...string) (status int, answer string) {
	t.Helper()
	return postTo(t, url+"/api/publish", body, header...)
}

// postTo posts with the key "dev", unless a header says otherwise.
func postTo(t *testing.T, url, body string, header ...string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer dev")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.Host = r.Header.Get("Host")
	r.Close = true
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

func get(t *testing.T, url string, header ...string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.Close = true
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

// subscribe opens a session and subscribes; next returns its next message.
func subscribe(t *testing.T, url, topic, since string) (next func() string) {
	t.Helper()
	say, next := talk(t, url)
	say(fmt.Sprintf(`{"action":"subscribe","topic":%q%s}`, topic, since))
	return next
}

const one = `{"topic":"list-items:1","event":"UPDATED","data":{"entity_id":"456","payload":{"id":456},"user_id":"789"}}`

// logs runs the test with each kind of log.
func logs(t *testing.T, test func(t *testing.T, args []string)) {
	t.Run("memory", func(t *testing.T) { test(t, []string{"--dev", "--drain-window=100ms"}) })
	t.Run("sqlite", func(t *testing.T) {
		test(t, []string{"--dev", "--drain-window=100ms", "--log=" + filepath.Join(t.TempDir(), "tidings.db")})
	})
}

func TestPublishReachesSubscribers(t *testing.T) {
	logs(t, func(t *testing.T, args []string) {
		url, _ := start(t, append(args, "--head-interval=10m")...) // the hub has to be told
		next := subscribe(t, url, "list-items:1", "")
		if hello, subscribed := next(), next(); !strings.Contains(hello, `"hello"`) || !strings.Contains(subscribed, `"seq":0`) {
			t.Fatalf("got %s and %s", hello, subscribed)
		}
		status, answer := post(t, url, one)
		var result struct {
			Topic, ID, Epoch string
			Seq              int
		}
		if err := json.Unmarshal([]byte(answer), &result); err != nil || status != 200 || result.Seq != 1 || result.ID == "" {
			t.Fatalf("%d %s: %v", status, answer, err)
		}
		if event := next(); !strings.Contains(event, `"payload":{"id":456}`) || !strings.Contains(event, result.ID) {
			t.Errorf("got %s", event)
		}
	})
}

func TestAnIdempotencyKeyTakesEffectOnce(t *testing.T) {
	logs(t, func(t *testing.T, args []string) {
		url, _ := start(t, args...)
		_, first := post(t, url, one, "Idempotency-Key", "k1")
		status, again := post(t, url, one, "Idempotency-Key", "k1")
		if status != 200 || again != first {
			t.Errorf("%d %s; want the first answer %s", status, again, first)
		}
		if status, answer := post(t, url, strings.Replace(one, "456", "457", 1), "Idempotency-Key", "k1"); status != 422 || !strings.Contains(answer, "key_reused") {
			t.Errorf("another request under the key: %d %s; want 422", status, answer)
		}
		if _, answer := post(t, url, one, "Idempotency-Key", "k2"); !strings.Contains(answer, `"seq":2`) {
			t.Errorf("the next publication: %s; want seq 2", answer)
		}
	})
}

func TestEachItemHasItsResult(t *testing.T) {
	logs(t, func(t *testing.T, args []string) {
		url, _ := start(t, args...)
		bad := strings.Replace(one, "list-items:1", "list-items:undefined", 1)
		status, answer := post(t, url, "["+one+","+bad+","+one+"]")
		var results []struct {
			Seq   int
			Error *itemProblem
		}
		if err := json.Unmarshal([]byte(answer), &results); err != nil || status != 200 || len(results) != 3 {
			t.Fatalf("%d %s: %v", status, answer, err)
		}
		if results[0].Seq != 1 || results[1].Error == nil || results[1].Error.Field != "topic" || results[2].Seq != 2 {
			t.Errorf("results %s", answer)
		}
	})
}

// An array of nothing but mistakes is one, and keeps no key.
func TestAnArrayOfMistakes(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	status, answer := post(t, url, `[{"topic":"a:b"},1]`, "Idempotency-Key", "k1")
	var results []result
	if err := json.Unmarshal([]byte(answer), &results); err != nil || status != http.StatusBadRequest || len(results) != 2 || results[0].Error == nil {
		t.Errorf("%d %s (%v); want 400 with two results", status, answer, err)
	}
	if status, answer := post(t, url, one, "Idempotency-Key", "k1"); status != http.StatusOK {
		t.Errorf("the key of a request without effect: %d %s", status, answer)
	}
}

func TestPublishRefuses(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	long := strings.Repeat("x", 300)
	for name, c := range map[string]struct {
		body   string
		header []string
		status int
		want   string
	}{
		"no key":          {one, []string{"Authorization", ""}, 401, "unauthorized"},
		"another key":     {one, []string{"Authorization", "Bearer devil"}, 401, "unauthorized"},
		"not JSON":        {"nonsense", nil, 400, "JSON"},
		"empty":           {"", nil, 400, "JSON"},
		"not UTF-8":       {strings.Replace(one, `456`, "\xff", 1), nil, 400, "UTF-8"},
		"no events":       {"[]", nil, 400, "1 to 1000"},
		"unknown field":   {strings.Replace(one, `"event"`, `"evnet"`, 1), nil, 400, "evnet"},
		"unknown event":   {strings.Replace(one, `UPDATED`, `CHANGED`, 1), nil, 400, `"field":"event"`},
		"no entity":       {`{"topic":"a:b","event":"ADDED"}`, nil, 400, "data.entity_id"},
		"bad topic":       {strings.Replace(one, `list-items:1`, `list-items`, 1), nil, 400, "invalid_topic"},
		"id too long":     {strings.Replace(one, `456`, long, 1), nil, 400, "data.entity_id"},
		"key too long":    {one, []string{"Idempotency-Key", long}, 400, "Idempotency-Key"},
		"payload too big": {strings.Replace(one, `{"id":456}`, `"`+strings.Repeat("x", 70_000)+`"`, 1), nil, 400, "data.payload"},
		"too much":        {strings.Repeat(" ", maxBody+1), nil, 413, "too_large"},
		"compressed":      {one, []string{"Content-Encoding", "gzip"}, 415, "Content-Encoding"},
		"version":         {`{"version":-1,` + one[1:], nil, 400, `"field":"version"`},
		"version as text": {`{"version":"1",` + one[1:], nil, 400, `"field":"version"`},
		"no time":         {strings.Replace(one, `"user_id"`, `"timestamp":"now","user_id"`, 1), nil, 400, `"field":"data.timestamp"`},
		"no object":       {`"event"`, nil, 400, "object"},
		"no data":         {`{"topic":"a:b","event":"ADDED","data":null}`, nil, 400, `"field":"data.entity_id"`},
		"another case":    {strings.Replace(one, `"topic"`, `"Topic"`, 1), nil, 400, `"field":"Topic"`},
		"too deep":        {strings.Replace(one, `{"id":456}`, strings.Repeat("[", 40)+strings.Repeat("]", 40), 1), nil, 400, `"field":"data.payload[0]`},
		"twice in it":     {strings.Replace(one, `{"id":456}`, `{"id":1,"id":2}`, 1), nil, 400, `"field":"data.payload.id"`},
		"half a pair":     {strings.Replace(one, `{"id":456}`, `"\ud800"`, 1), nil, 400, `"field":"data.payload"`},
		"a topic twice":   {`{"topic":"list-items:2",` + one[1:], nil, 400, `"field":"topic"`},
		"twice, escaped":  {`{"\u0074opic":"list-items:2",` + one[1:], nil, 400, `"field":"topic"`},
		"data twice":      {`{"data":{"entity_id":"1"},` + one[1:], nil, 400, `"field":"data"`},
		"a case inside":   {strings.Replace(one, `"user_id"`, `"User_ID"`, 1), nil, 400, `"field":"data.User_ID"`},
		"twice inside":    {strings.Replace(one, `"user_id"`, `"entity_id":"2","user_id"`, 1), nil, 400, `"field":"data.entity_id"`},
		"unknown inside":  {strings.Replace(one, `"user_id"`, `"user"`, 1), nil, 400, `"field":"data.user"`},
	} {
		t.Run(name, func(t *testing.T) {
			if status, answer := post(t, url, c.body, c.header...); status != c.status || !strings.Contains(answer, c.want) {
				t.Errorf("%d %s; want %d with %s", status, answer, c.status, c.want)
			}
		})
	}
	if _, answer := post(t, url, one); !strings.Contains(answer, `"seq":1`) {
		t.Errorf("something of the above was published: %s", answer)
	}
}

func TestTheLogOutlivesTheHub(t *testing.T) {
	file := "--log=" + filepath.Join(t.TempDir(), "tidings.db")
	url, end := start(t, "--dev", "--drain-window=100ms", file)
	_, answer := post(t, url, one, "Idempotency-Key", "k1")
	var position struct{ Epoch string }
	if err := json.Unmarshal([]byte(answer), &position); err != nil {
		t.Fatal(err)
	}
	end()
	url, _ = start(t, "--dev", "--drain-window=100ms", file)
	if _, again := post(t, url, one, "Idempotency-Key", "k1"); again != answer {
		t.Errorf("the key was forgotten: %s; want %s", again, answer)
	}
	next := subscribe(t, url, "list-items:1", fmt.Sprintf(`,"since":{"epoch":%q,"seq":0}`, position.Epoch))
	next()
	if subscribed, event := next(), next(); !strings.Contains(subscribed, `"recovered":true`) || !strings.Contains(event, `"seq":1`) {
		t.Errorf("got %s and %s", subscribed, event)
	}
}

func TestShutdownTellsSessions(t *testing.T) {
	url, end := start(t, "--dev", "--drain-window=100ms")
	next := subscribe(t, url, "list-items:1", "")
	next()
	next()
	ended := make(chan struct{})
	go func() { end(); close(ended) }()
	if got := next(); !strings.Contains(got, "reconnect_after_ms") {
		t.Errorf("got %s; want drain", got)
	}
	if got := next(); !strings.Contains(got, "3000") {
		t.Errorf("got %s; want a close with 3000", got)
	}
	<-ended
}

func TestOperations(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	post(t, url, one)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "tidings_sessions "} {
		if status, body := get(t, url+path); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.200s; want %s", path, status, body, want)
		}
	}
}

func TestServeRefusesToLetAnyoneIn(t *testing.T) {
	for name, c := range map[string]struct {
		command serveCommand
		want    string
	}{
		"no authentication": {serveCommand{Addr: "127.0.0.1:0", PublishKey: []string{"0123456789abcdef"}}, "--jwt-"},
		"nobody publishes":  {serveCommand{Addr: "127.0.0.1:0"}, "--publish-key"},
		"a short key":       {serveCommand{Addr: "127.0.0.1:0", PublishKey: []string{"dev"}}, "16"},
		"dev for everyone":  {serveCommand{Addr: ":0", Dev: true}, "loopback"},
		"dev on the LAN":    {serveCommand{Addr: "192.168.1.2:0", Dev: true}, "loopback"},
		"a strange proxy":   {serveCommand{Addr: "127.0.0.1:0", Dev: true, TrustedProxies: []string{"proxy"}}, "--trusted-proxies"},
		"no port":           {serveCommand{Addr: "localhost", Dev: true}, "--addr"},
	} {
		t.Run(name, func(t *testing.T) {
			c.command.Log = "memory"
			err := c.command.serve(t.Context(), &bytes.Buffer{}, func(net.Addr) { t.Error("it listens") })
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("serve = %v; want a refusal that names %s", err, c.want)
			}
		})
	}
}

// secret signs tokens, and key publishes, where startWithTokens has started.
const secret, publishKey = "0123456789abcdef0123456789abcdef", "0123456789abcdef"

// startWithTokens runs a hub that wants them.
func startWithTokens(t *testing.T, logs io.Writer, args ...string) (url string, end func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := []string{"--drain-window=100ms", "--drain-delay=0", "--jwt-secret-file=" + file, "--publish-key=" + publishKey}
	return startLogging(t, logs, append(settings, args...)...)
}

// token signs one for an hour, with claims changed by pairs of name and value.
func token(t *testing.T, changes ...any) string {
	t.Helper()
	claims := jwt.MapClaims{
		"sub": "u1", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "topics": []string{"list-items:*", "user:*"},
	}
	for i := 0; i < len(changes); i += 2 {
		claims[changes[i].(string)] = changes[i+1]
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// talk opens a connection to the hub. Say sends a message, next returns the next
// one, or how the connection ended.
func talk(t *testing.T, url string) (say func(string), next func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	conn, _, err := websocket.Dial(ctx, url+"/ws", nil)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow(); cancel() })
	say = func(message string) {
		t.Helper()
		if err := conn.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			t.Error(err)
		}
	}
	next = func() string {
		_, b, err := conn.Read(ctx)
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
	return say, next
}

func TestSubscribersNeedAToken(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	files := t.TempDir()
	for name, text := range map[string]string{"secret": string(secret) + "\n", "keys": "0123456789abcdef\nfedcba9876543210\n"} {
		if err := os.WriteFile(filepath.Join(files, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	url, _ := start(t, "--drain-window=100ms", "--drain-delay=0", "--jwt-secret-file="+filepath.Join(files, "secret"), "--publish-key-file="+filepath.Join(files, "keys"), "--jwt-audience=hub")
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": "u1", "aud": "hub", "exp": time.Now().Add(time.Hour).Unix(), "topics": []string{"list-items:*"},
	}).SignedString(secret)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, url+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	for _, step := range []struct{ send, want string }{
		{`{"action":"subscribe","topic":"list-items:1"}`, "not_authenticated"},
		{`{"action":"auth","token":"` + token + `"}`, "hello"},
		{`{"action":"subscribe","topic":"user:u2"}`, "forbidden"},
		{`{"action":"subscribe","topic":"list-items:1"}`, "subscribed"},
	} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(step.send)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := conn.Read(ctx); err != nil || !strings.Contains(string(got), step.want) {
			t.Errorf("%s: %s, %v; want %s", step.send, got, err, step.want)
		}
	}
	if status, _ := post(t, url, one); status != http.StatusUnauthorized {
		t.Errorf("the key \"dev\": %d; want 401", status)
	}
	if status, _ := post(t, url, one, "Authorization", "Bearer fedcba9876543210"); status != http.StatusOK {
		t.Errorf("the second key: %d; want 200", status)
	}
	if _, got, err := conn.Read(ctx); err != nil || !strings.Contains(string(got), `"seq":1`) {
		t.Errorf("got %s, %v; want the event", got, err)
	}
}
