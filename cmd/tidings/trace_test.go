package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

const (
	tracedBy    = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceparent = "00-" + tracedBy + "-00f067aa0ba902b7-01"
)

// What a browser gets says which request it came of: by the trace of the request,
// or by the id that the publisher gave.
// Guarantees: L3
func TestTheTraceReachesTheFrame(t *testing.T) {
	logs(t, func(t *testing.T, args []string) {
		url, _ := start(t, args...)
		next := subscribe(t, url, "list-items:1", "")
		expect(t, next, `"hello"`, `"subscribed"`)
		own := `{"trace_id":"own",` + one[1:]
		for name, c := range map[string]struct{ body, traceparent, want string }{
			"a traceparent":      {one, traceparent, `"trace_id":"` + tracedBy + `"`},
			"the publisher's id": {own, traceparent, `"trace_id":"own"`},
			"neither":            {one, "", ""},
			"a broken one":       {one, "00-nonsense", ""},
		} {
			if status, answer := post(t, url, c.body, "Traceparent", c.traceparent); status != http.StatusOK {
				t.Fatalf("%s: %d %s", name, status, answer)
			}
			if got := next(); !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "trace_id") {
				t.Errorf("%s: got %s; want %s", name, got, c.want)
			}
		}
	})
}

// With a collector every request has a trace, its own or the one that it came in,
// and its events carry that trace's id.
func TestARequestIsTraced(t *testing.T) {
	for name, header := range map[string]string{"its own": "", "one that goes on": traceparent} {
		t.Run(name, func(t *testing.T) {
			spans := tracetest.NewSpanRecorder()
			traces := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
			j := newMemoryJournal(memlog.Options{}, 1<<20)
			defer func() { _ = j.close() }()
			quiet := slog.New(slog.DiscardHandler)
			hub := realtime.NewHub(j, anyone{}, realtime.Options{Logger: quiet})
			defer hub.Close()
			r := httptest.NewRequest(http.MethodPost, "/api/publish", strings.NewReader("["+one+","+one+"]"))
			r.Header.Set("Traceparent", header)
			newPublishHandler(j, hub, defaultMaxPayload, traces, quiet).ServeHTTP(httptest.NewRecorder(), r)
			ended := spans.Ended()
			if len(ended) != 1 || ended[0].Name() != "POST /api/publish" {
				t.Fatalf("spans %v", ended)
			}
			id := ended[0].SpanContext().TraceID().String()
			if header != "" && id != tracedBy {
				t.Errorf("the trace %s goes on as %s", tracedBy, id)
			}
			entries, err := j.Read(t.Context(), "list-items:1", 0, 10)
			if err != nil || len(entries) != 2 || entries[0].TraceID != id || entries[1].TraceID != id {
				t.Errorf("%+v, %v; want two with the trace %s", entries, err, id)
			}
		})
	}
}
