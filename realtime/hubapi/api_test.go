package hubapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hublog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// one is a publication.
const one = `{"topic":"list-items:1","event":"UPDATED","data":{"entity_id":"456","payload":{"id":456},"user_id":"789"}}`

// anyone lets everybody read everything.
type anyone struct{}

func (anyone) Authenticate(context.Context, string) (realtime.Identity, error) {
	return realtime.Identity{}, nil
}

func (anyone) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	return topic, nil
}

func (anyone) Group(_ context.Context, _ realtime.Identity, topic realtime.Topic) string {
	return string(topic)
}

// newAPI returns the API of a hub with a log in memory, which wrap may put another
// around.
func newAPI(t *testing.T, wrap func(hublog.Log) hublog.Log, opts Options) *API {
	t.Helper()
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	log := hublog.NewMemory(hublog.Options{Logger: opts.Logger})
	t.Cleanup(func() { _ = log.Close() }) // it is in memory
	hub := newHub(t, log)
	if wrap != nil {
		log = wrap(log)
	}
	return New(hub, log, opts)
}

func newHub(t testing.TB, log hublog.Log) *realtime.Hub {
	t.Helper()
	hub := realtime.NewHub(log, anyone{}, realtime.Options{Logger: slog.New(slog.DiscardHandler)})
	t.Cleanup(hub.Close)
	return hub
}

// ask posts a body, with a header, to what is at the path.
func ask(a *API, path, body string, header ...string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	a.Register(mux)
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

// Without keys, or with others, nobody may publish.
func TestKeys(t *testing.T) {
	keys := new(Keys)
	a := newAPI(t, nil, Options{Keys: keys})
	try := func(want int, header ...string) {
		t.Helper()
		if w := ask(a, "/api/publish", one, header...); w.Code != want {
			t.Errorf("%v: %d %s; want %d", header, w.Code, w.Body, want)
		}
	}
	try(http.StatusUnauthorized, "Authorization", "Bearer first")
	keys.Set([]string{"first", "second"})
	try(http.StatusOK, "Authorization", "Bearer first")
	try(http.StatusOK, "Authorization", "bearer second")
	keys.Set([]string{"second"})
	try(http.StatusUnauthorized, "Authorization", "Bearer first")
	try(http.StatusUnauthorized, "Authorization", "second")
	try(http.StatusUnauthorized)
}

// The limits are those of docs/hub.md.
func TestLimits(t *testing.T) {
	if maxBody != 1<<20 || maxItems != 1000 || maxIdempotency != 128 || DefaultMaxPayload != 64<<10 {
		t.Errorf("bodies of %d bytes with %d items and payloads of %d, keys of %d", maxBody, maxItems, DefaultMaxPayload, maxIdempotency)
	}
}

// checkWhole checks what was made of a body as a whole, and reports whether its items were
// read.
func checkWhole(t *testing.T, body []byte, items int, single bool, problem *itemProblem) bool {
	t.Helper()
	if problem != nil {
		if problem.Code == "" || problem.Message == "" {
			t.Errorf("%q: refused with %+v", body, problem)
		}
		return false
	}
	if single && items != 1 {
		t.Errorf("%q: a single one of %d", body, items)
	}
	return true
}
