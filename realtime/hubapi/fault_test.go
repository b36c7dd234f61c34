package hubapi

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/familygifting/tidings/realtime/hublog"
	"github.com/familygifting/tidings/realtime/memlog"
)

// diskFault is an error of SQLite's, by its code.
type diskFault int

func (diskFault) Error() string { return "a fault of the disk" }
func (d diskFault) Code() int   { return int(d) }

// failing is a log whose commits fail for a while.
type failing struct {
	hublog.Log
	err error
}

func (f *failing) Commit(ctx context.Context, p hublog.Publication) (hublog.Result, error) {
	if f.err != nil {
		return hublog.Result{}, f.err
	}
	return f.Log.Commit(ctx, p)
}

// losing is a log whose events get lost behind the commit.
type losing struct{ hublog.Log }

func (losing) Commit(_ context.Context, p hublog.Publication) (hublog.Result, error) {
	entries := memlog.New(memlog.Options{}).Append(p.Steps[0].Events[0])
	entries[0].Seq += 10
	return hublog.Result{Entries: entries}, nil
}

// A client that ends its side of the connection cancels its request, and may still read the
// answer: a publication that was given up has none that looks like success.
func TestACanceledPublication(t *testing.T) {
	keys := new(Keys)
	keys.Set([]string{"key"})
	a := newAPI(t, func(in hublog.Log) hublog.Log { return &failing{in, context.Canceled} }, Options{Keys: keys})
	for path, body := range map[string]string{"/api/publish": one, "/api/withdraw": `{"topic":"list-items:1"}`} {
		w := ask(a, path, body, "Authorization", "Bearer key")
		if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "nothing was taken") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// A disk that takes nothing is answered with 507 and words, and nothing needs to be
// done but to make room.
// Guarantees: F7
func TestAFullDisk(t *testing.T) {
	log := new(failing)
	a := newAPI(t, func(in hublog.Log) hublog.Log { log.Log = in; return log }, Options{})
	publish := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		a.publish(w, httptest.NewRequest(http.MethodPost, "/api/publish", strings.NewReader(one)))
		return w
	}
	for code, want := range map[diskFault]string{13: "disk is full", 8: "read-only", 778: "takes no writes"} {
		log.err = code
		if w := publish(); w.Code != http.StatusInsufficientStorage || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), `"code":"storage_full"`) {
			t.Errorf("code %d: %d %s", code, w.Code, w.Body)
		}
	}
	log.err = diskFault(11) // damage is something else
	if w := publish(); w.Code != http.StatusInternalServerError {
		t.Errorf("damage: %d %s", w.Code, w.Body)
	}
	log.err = nil
	if w := publish(); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"seq":1`) {
		t.Errorf("after it: %d %s", w.Code, w.Body)
	}
}

// Health is red when events do not come through, be it into the log or from there to a
// session.
// Guarantees: F7
func TestHealthIsRedWhenEventsDoNotComeThrough(t *testing.T) {
	fails := func(err error) func(hublog.Log) hublog.Log {
		return func(log hublog.Log) hublog.Log { return &failing{log, err} }
	}
	for name, c := range map[string]struct {
		wrap func(hublog.Log) hublog.Log
		want int
	}{
		"well":             {nil, http.StatusOK},
		"the disk is full": {fails(diskFault(13)), http.StatusOK},
		"damage":           {fails(diskFault(11)), http.StatusServiceUnavailable},
		"nothing goes in":  {fails(errors.New("the log is closed")), http.StatusServiceUnavailable},
		"nothing arrives":  {func(log hublog.Log) hublog.Log { return losing{log} }, http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAPI(t, c.wrap, Options{})
				w := httptest.NewRecorder()
				a.Health().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
				want := "ok\n"
				if c.want != http.StatusOK {
					want = `"code":"unhealthy"`
				}
				if w.Code != c.want || !strings.Contains(w.Body.String(), want) {
					t.Errorf("%d %s; want %d and %s", w.Code, w.Body, c.want, want)
				}
			})
		})
	}
}

// An answer that was kept by an earlier version is given as it is.
func TestAnAnswerThatWasKept(t *testing.T) {
	a := newAPI(t, func(log hublog.Log) hublog.Log { return kept{log} }, Options{})
	w := httptest.NewRecorder()
	a.publish(w, httptest.NewRequest(http.MethodPost, "/api/publish", strings.NewReader(one)))
	if w.Code != http.StatusOK || w.Body.String() != `{"seq":7}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// kept is a log that has an answer to everything.
type kept struct{ hublog.Log }

func (kept) Commit(context.Context, hublog.Publication) (hublog.Result, error) {
	return hublog.Result{Answer: []byte(`{"seq":7}`)}, nil
}

// A failure is logged with its trace, where there is one.
func TestAFailureIsLoggedWithItsTrace(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	for parent, want := range map[string]string{"": "", "00-" + id + "-00f067aa0ba902b7-01": " trace=" + id} {
		var logs bytes.Buffer
		log := &failing{err: errors.New("a failure")}
		a := newAPI(t, func(in hublog.Log) hublog.Log { log.Log = in; return log }, Options{Logger: slog.New(slog.NewTextHandler(&logs, nil))})
		r := httptest.NewRequest(http.MethodPost, "/api/publish", strings.NewReader(one))
		r.Header.Set("Traceparent", parent)
		w := httptest.NewRecorder()
		a.publish(w, r)
		if line := logs.String(); w.Code != http.StatusInternalServerError || !strings.HasSuffix(line, "error=\"a failure\""+want+"\n") {
			t.Errorf("traceparent %q: %d, logged %q; want %q", parent, w.Code, line, want)
		}
	}
}
