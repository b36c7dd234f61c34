package hubapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

const (
	tracedBy    = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceparent = "00-" + tracedBy + "-00f067aa0ba902b7-01"
)

// With a collector every request has a trace, its own or the one that it came in,
// and its events carry that trace's id.
func TestARequestIsTraced(t *testing.T) {
	for name, header := range map[string]string{"its own": "", "one that goes on": traceparent} {
		t.Run(name, func(t *testing.T) {
			spans := tracetest.NewSpanRecorder()
			traces := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
			a := newAPI(t, nil, Options{Traces: traces})
			r := httptest.NewRequest(http.MethodPost, "/api/publish", strings.NewReader("["+one+","+one+"]"))
			r.Header.Set("Traceparent", header)
			a.publish(httptest.NewRecorder(), r)
			ended := spans.Ended()
			if len(ended) != 1 || ended[0].Name() != "POST /api/publish" {
				t.Fatalf("spans %v", ended)
			}
			id := ended[0].SpanContext().TraceID().String()
			if header != "" && id != tracedBy {
				t.Errorf("the trace %s goes on as %s", tracedBy, id)
			}
			entries, err := a.log.Read(t.Context(), "list-items:1", 0, 10)
			if err != nil || len(entries) != 2 || entries[0].TraceID != id || entries[1].TraceID != id {
				t.Errorf("%+v, %v; want two with the trace %s", entries, err, id)
			}
		})
	}
}
