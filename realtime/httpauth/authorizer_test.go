package httpauth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/httpauth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tokens are taken as the user's name. What they revoked is a topic.
type tokens struct{ revoked realtime.Topic }

func (tokens) Authenticate(_ context.Context, token string) (realtime.Identity, error) {
	return realtime.Identity{User: token, Session: "login", Issued: time.Unix(1, 0)}, nil
}

func (t tokens) TopicRevoked(_ realtime.Identity, topic realtime.Topic) bool {
	return topic == t.revoked
}

const (
	user   = "u1"
	topic  = realtime.Topic("list-items:1")
	secret = "0123456789abcdef"
)

// serve runs a backend, and returns an Authorizer that asks it.
func serve(t *testing.T, backend http.HandlerFunc, opts httpauth.Options) *httpauth.Authorizer {
	t.Helper()
	server := httptest.NewServer(backend)
	t.Cleanup(server.Close)
	opts.URL = server.URL + "/authorize?key=geheim"
	return authorizer(t, tokens{}, opts)
}

func authorizer(t *testing.T, tokens tokens, opts httpauth.Options) *httpauth.Authorizer {
	t.Helper()
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	auth, err := httpauth.New(ctx, tokens, opts)
	if err != nil {
		t.Fatal(err)
	}
	return auth
}

// says answers every request alike.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	}
}

func identity(t *testing.T, auth *httpauth.Authorizer) realtime.Identity {
	t.Helper()
	who, err := auth.Authenticate(t.Context(), user)
	if err != nil || who.User != user || !who.Issued.IsZero() {
		t.Fatalf("Authenticate = %+v, %v; want the user, without a time of issue", who, err)
	}
	return who
}

func TestTheQuestion(t *testing.T) {
	var asked atomic.Pointer[http.Request]
	var body atomic.Value
	auth := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		asked.Store(r)
		body.Store(string(b))
		says(`{"allowed":true}`)(w, r)
	}, httpauth.Options{Secret: secret})
	if _, err := auth.Authorize(t.Context(), identity(t, auth), topic); err != nil {
		t.Fatal(err)
	}
	if got, want := body.Load(), `{"user":"u1","session":"login","topic":"list-items:1"}`; got != want {
		t.Errorf("the request: %s; want %s", got, want)
	}
	r := asked.Load()
	for name, want := range map[string]string{
		"Authorization": "Bearer " + secret, "Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q; want %q", name, got, want)
		}
	}
	if r.Method != http.MethodPost || r.URL.String() != "/authorize?key=geheim" {
		t.Errorf("%s %s; want a POST to the URL", r.Method, r.URL)
	}
}

func TestTheVerdictOfTheBackend(t *testing.T) {
	for answer, want := range map[string]struct {
		canonical realtime.Topic
		group     string
		err       error
	}{
		`{"allowed":true}`:                                                           {topic, "", nil},
		` {"presence":true, "allowed":true} `:                                        {topic, string(topic), nil},
		`{"allowed":true,"presence":false}`:                                          {topic, "", nil},
		`{"allowed":true,"user":"u1","topic":"list-items:1"}`:                        {topic, "", nil},
		`{"allowed":true,"canonical":"list-items:1~u1","presence":true}`:             {"list-items:1~u1", "list-items:1~u1", nil},
		`{"allowed":true,"canonical":"list-items:1~u1","presence":"board 1"}`:        {"list-items:1~u1", "board 1", nil},
		`{"allowed":true,"user":null,"topic":null,"canonical":null,"presence":null}`: {topic, "", nil},
		`{"allowed":false}`:                                                          {"", "", realtime.ErrForbidden},
		`{"allowed":false,"presence":true,"canonical":"list-items:1~u1"}`:            {"", "", realtime.ErrForbidden},
	} {
		t.Run(answer, func(t *testing.T) {
			auth := serve(t, says(answer), httpauth.Options{})
			who := identity(t, auth)
			canonical, err := auth.AuthorizeAt(t.Context(), who, topic, 0)
			if canonical != want.canonical || !errors.Is(err, want.err) {
				t.Errorf("AuthorizeAt = %q, %v; want %q, %v", canonical, err, want.canonical, want.err)
			}
			if err != nil {
				return
			}
			if group := auth.Group(t.Context(), who, canonical); group != want.group {
				t.Errorf("Group = %q; want %q", group, want.group)
			}
		})
	}
}

// Nobody is let in, and nobody is refused, by what is no decision.
// Guarantees: A48
func TestWhatIsNoVerdict(t *testing.T) {
	status := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(n)
			says(`{"allowed":true}`)(w, r)
		}
	}
	typed := func(kind string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, `{"allowed":true}`)
		}
	}
	for name, c := range map[string]struct {
		backend http.HandlerFunc
		want    httpauth.Outcome
		says    string // in the log
	}{
		"it fails":         {status(500), httpauth.BadStatus, "500"},
		"it is away":       {status(503), httpauth.BadStatus, "503"},
		"it forbids":       {status(403), httpauth.BadStatus, "403"},
		"it knows no such": {status(404), httpauth.BadStatus, "404"},
		"it says nothing":  {status(204), httpauth.BadStatus, "204"},
		"it sends elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, httpauth.Redirect, "307"},
		"it sends a page":  {typed("text/html"), httpauth.BadType, "text/html"},
		"it sends no type": {typed(""), httpauth.BadType, "content type"},
		"too much":         {says(`{"allowed":true}` + strings.Repeat(" ", httpauth.MaxAnswer)), httpauth.TooLarge, "4096"},
		"it breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			says(`{"allowed":true}`)(w, nil)
		}, httpauth.Unreachable, "EOF"},
		"it hangs up":              {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, httpauth.Unreachable, "EOF"},
		"it is silent":             {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body); <-r.Context().Done() }, httpauth.Timeout, "in time"},
		"nothing":                  {says(""), httpauth.BadAnswer, "JSON"},
		"half of it":               {says(`{"allowed":tr`), httpauth.BadAnswer, "JSON"},
		"not UTF-8":                {says("{\"allowed\":true,\"user\":\"\xff\"}"), httpauth.BadAnswer, "UTF-8"},
		"two":                      {says(`{"allowed":true}{"allowed":true}`), httpauth.BadAnswer, "JSON"},
		"no object":                {says(`true`), httpauth.BadAnswer, "object"},
		"an array":                 {says(`[{"allowed":true}]`), httpauth.BadAnswer, "object"},
		"null":                     {says(`null`), httpauth.BadAnswer, "object"},
		"it does not say":          {says(`{}`), httpauth.BadAnswer, "allowed"},
		"as text":                  {says(`{"allowed":"true"}`), httpauth.BadAnswer, "allowed"},
		"as a number":              {says(`{"allowed":1}`), httpauth.BadAnswer, "allowed"},
		"as null":                  {says(`{"allowed":null}`), httpauth.BadAnswer, "allowed"},
		"in another case":          {says(`{"Allowed":true}`), httpauth.BadAnswer, "Allowed"},
		"twice":                    {says(`{"allowed":false,"allowed":true}`), httpauth.BadAnswer, "duplicate"},
		"twice, escaped":           {says(`{"allowed":false,"\u0061llowed":true}`), httpauth.BadAnswer, "duplicate"},
		"something unknown":        {says(`{"allowed":true,"denied":true}`), httpauth.BadAnswer, "denied"},
		"a group without a name":   {says(`{"allowed":true,"presence":""}`), httpauth.BadAnswer, "presence"},
		"a group of a long name":   {says(`{"allowed":true,"presence":"` + strings.Repeat("x", httpauth.MaxGroup+1) + `"}`), httpauth.BadAnswer, "256"},
		"presence as a number":     {says(`{"allowed":true,"presence":1}`), httpauth.BadAnswer, "presence"},
		"another topic":            {says(`{"allowed":true,"topic":"list-items:2"}`), httpauth.WrongTopic, "topic"},
		"another user":             {says(`{"allowed":true,"user":"u2"}`), httpauth.WrongTopic, "user"},
		"a canonical elsewhere":    {says(`{"allowed":true,"canonical":"user:u2"}`), httpauth.WrongTopic, "canonical"},
		"a canonical that is none": {says(`{"allowed":true,"canonical":"list-items:*"}`), httpauth.BadAnswer, "canonical"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			auth := serve(t, c.backend, httpauth.Options{Timeout: 300 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			who := identity(t, auth)
			for range 3 {
				if canonical, err := auth.AuthorizeAt(t.Context(), who, topic, 0); canonical != "" || err != error(httpauth.ErrUnknown) {
					t.Fatalf("AuthorizeAt = %q, %v; want ErrUnknown", canonical, err)
				}
			}
			if group := auth.Group(t.Context(), who, topic); group != "" {
				t.Errorf("it is in the group %q", group)
			}
			if n := auth.Stats().Outcomes[c.want]; n != 4 {
				t.Errorf("%q was counted %d times; want 4 (%v)", c.want, n, auth.Stats().Outcomes)
			}
			line := log.String()
			if strings.Count(line, "\n") != 1 || !strings.Contains(line, string(c.want)) || !strings.Contains(line, c.says) || strings.Contains(line, "geheim") {
				t.Errorf("the log: %q; want one line with %q and %q, and no secret", line, c.want, c.says)
			}
		})
	}
}

// What a backend leads to is not asked.
// Guarantees: A48
func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Error("it was followed")
		says(`{"allowed":true}`)(w, r)
	}))
	defer elsewhere.Close()
	auth := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusPermanentRedirect)
	}, httpauth.Options{Secret: secret})
	if _, err := auth.Authorize(t.Context(), identity(t, auth), topic); err != error(httpauth.ErrUnknown) {
		t.Errorf("Authorize: %v; want ErrUnknown", err)
	}
}

// Guarantees: A48
func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(says(`{"allowed":true}`))
	server.Close()
	auth := authorizer(t, tokens{}, httpauth.Options{URL: server.URL})
	if _, err := auth.AuthorizeAt(t.Context(), identity(t, auth), topic, 1); err != error(httpauth.ErrUnknown) || auth.Stats().Outcomes[httpauth.Unreachable] != 1 {
		t.Errorf("AuthorizeAt: %v (%v); want ErrUnknown", err, auth.Stats().Outcomes)
	}
}

// What was revoked of a token is forbidden, under either name, whatever the
// backend says.
func TestRevokedTopics(t *testing.T) {
	for _, revoked := range []realtime.Topic{topic, "list-items:1~u1"} {
		server := httptest.NewServer(says(`{"allowed":true,"canonical":"list-items:1~u1"}`))
		auth := authorizer(t, tokens{revoked}, httpauth.Options{URL: server.URL})
		if _, err := auth.AuthorizeAt(t.Context(), identity(t, auth), topic, 0); err != error(realtime.ErrForbidden) {
			t.Errorf("%s was revoked: %v", revoked, err)
		}
		server.Close()
	}
}

// Guarantees: A48
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"allowed":true}`, `{"allowed":false}`, `{"allowed":true,"canonical":"list-items:1~u1","presence":true}`, `{"user":"u1","topic":"list-items:1","allowed":true}`,
		`{"allowed":false,"\u0061llowed":true}`, `[]`, `null`, `{"allowed":{"allowed":true}}`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		allowed, canonical, err := httpauth.Parse(body, user, string(topic))
		if err != nil {
			if allowed || canonical != "" {
				t.Errorf("%q: an error beside a decision", body)
			}
			return
		}
		var plain map[string]any
		if json.Unmarshal(body, &plain) != nil || plain["allowed"] != allowed {
			t.Errorf("%q: allowed is %v; others read %v", body, allowed, plain["allowed"])
		}
		if _, err := realtime.ParseTopic(canonical); err != nil || !strings.HasPrefix(canonical, "list-items:") {
			t.Errorf("%q: canonical %q", body, canonical)
		}
	})
}
