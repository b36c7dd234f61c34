package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// checkProblem holds an answer to the form that docs/hub.md promises.
func checkProblem(t *testing.T, status int, header http.Header, body []byte, wantStatus int, wantCode string) {
	t.Helper()
	var problem struct {
		Status       int
		Code, Detail string
	}
	err := json.Unmarshal(body, &problem)
	if err != nil || status != wantStatus || problem.Status != wantStatus || problem.Code != wantCode || problem.Detail == "" ||
		header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %v %s (%v); want a problem with %d %s", status, header, body, err, wantStatus, wantCode)
	}
}

// Whatever is wrong with a request, the answer is a problem.
func TestWhatIsWrongIsAProblem(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
	for name, c := range map[string]struct {
		request, header string
		status          int
		code, allow     string
	}{
		"no such path":         {"GET /nothing", "", 404, "not_found", ""},
		"below a path":         {"GET /healthz/more", "", 404, "not_found", ""},
		"the root":             {"POST /", "", 404, "not_found", ""},
		"publish by GET":       {"GET /api/publish", "", 405, "method_not_allowed", "POST"},
		"revoke by DELETE":     {"DELETE /api/revoke", "", 405, "method_not_allowed", "POST"},
		"health by POST":       {"POST /healthz", "", 405, "method_not_allowed", "GET"},
		"ready by POST":        {"POST /readyz", "", 405, "method_not_allowed", "GET"},
		"figures by PUT":       {"PUT /metrics", "", 405, "method_not_allowed", "GET"},
		"a socket by POST":     {"POST /ws", "", 405, "method_not_allowed", "GET"},
		"no upgrade":           {"GET /ws", "", 426, "upgrade_required", ""},
		"another version":      {"GET /ws", strings.Replace(upgrade, "13", "8", 1) + "AAAAAAAAAAAAAAAAAAAAAA==\r\n", 426, "upgrade_required", ""},
		"a bad handshake":      {"GET /ws", upgrade + "short\r\n", 400, "bad_request", ""},
		"a token in the URL":   {"GET /ws?token=x", upgrade + "AAAAAAAAAAAAAAAAAAAAAA==\r\n", 400, "token_in_url", ""},
		"a foreign page":       {"GET /ws", "Origin: https://evil.example\r\n" + upgrade + "AAAAAAAAAAAAAAAAAAAAAA==\r\n", 403, "forbidden_origin", ""},
		"figures for a proxy":  {"GET /metrics", "Via: 1.1 gateway\r\n", 403, "forbidden", ""},
		"publish without keys": {"POST /api/publish", "", 401, "unauthorized", ""},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, url, c.request+" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n"+c.header+"\r\n")
			status, header, body := answerOn(t, conn)
			checkProblem(t, status, header, body, c.status, c.code)
			if header.Get("Allow") != c.allow {
				t.Errorf("Allow: %q; want %q", header.Get("Allow"), c.allow)
			}
		})
	}
}

// The probes of a hub may be asked for their status alone.
func TestProbesMayBeAskedByHEAD(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	for _, path := range []string{"/healthz", "/readyz"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Close = true
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _ = response.Body.Close(); response.StatusCode != http.StatusOK {
			t.Errorf("HEAD %s: %s", path, response.Status)
		}
	}
}

// full is a journal whose disk is.
type full struct{ *memoryJournal }

func (full) commit(context.Context, once, []step, func([]realtime.Entry) []byte) ([]byte, []realtime.Entry, error) {
	return nil, nil, errors.New("the disk is full")
}

// lost is a journal whose events get lost behind the commit.
type lost struct{ *memoryJournal }

func (lost) commit(_ context.Context, _ once, steps []step, render func([]realtime.Entry) []byte) ([]byte, []realtime.Entry, error) {
	entries := memlog.New(memlog.Options{}).Append(steps[0].event)
	entries[0].Seq += 10
	return render(entries), entries, nil
}

// /healthz is red when events do not come through, be it into the log or from
// there to a session.
// Guarantees: F7
func TestHealthIsRedWhenEventsDoNotComeThrough(t *testing.T) {
	for name, c := range map[string]struct {
		wrap func(j *memoryJournal) journal
		want int
	}{
		"well":             {func(j *memoryJournal) journal { return j }, http.StatusOK},
		"the disk is full": {func(j *memoryJournal) journal { return &faulty{j, diskFault(13)} }, http.StatusOK},
		"damage":           {func(j *memoryJournal) journal { return &faulty{j, diskFault(11)} }, http.StatusServiceUnavailable},
		"nothing goes in":  {func(j *memoryJournal) journal { return full{j} }, http.StatusServiceUnavailable},
		"nothing arrives":  {func(j *memoryJournal) journal { return lost{j} }, http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				quiet := slog.New(slog.DiscardHandler)
				memory := newMemoryJournal(memlog.Options{}, 1<<20)
				defer func() { _ = memory.close() }()
				hub := realtime.NewHub(memory, anyone{}, realtime.Options{Logger: quiet})
				defer hub.Close()
				answer := httptest.NewRecorder()
				healthHandler(hub, c.wrap(memory), quiet).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/healthz", nil))
				if c.want == http.StatusOK {
					if answer.Code != c.want || answer.Body.String() != "ok\n" {
						t.Errorf("%d %s", answer.Code, answer.Body)
					}
					return
				}
				checkProblem(t, answer.Code, answer.Header(), answer.Body.Bytes(), c.want, "unhealthy")
			})
		})
	}
}
