package hubapi

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// tracerName names the hub's HTTP in traces.
const tracerName = "github.com/familygifting/tidings/realtime/hubapi"

// startSpan begins the span of a request, in the trace that its traceparent names or in a
// new one. The id is empty where there is no trace.
func (a *API) startSpan(r *http.Request) (_ context.Context, span trace.Span, id string) {
	ctx, parent := r.Context(), r.Header.Get("Traceparent")
	if parent == "" && a.tracer == nil {
		return ctx, noop.Span{}, ""
	}
	if parent != "" {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	}
	if a.tracer != nil {
		ctx, span = a.tracer.Start(ctx, "POST "+r.URL.Path, trace.WithSpanKind(trace.SpanKindServer))
	} else {
		span = noop.Span{}
	}
	if traceID := trace.SpanContextFromContext(ctx).TraceID(); traceID.IsValid() {
		id = traceID.String()
	}
	return ctx, span, id
}
