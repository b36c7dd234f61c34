package main

import (
	"net/http"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// tracerName names the hub's HTTP in traces.
const tracerName = "github.com/familygifting/tidings/cmd/tidings"

// tracerOf returns a tracer that makes no spans where there is no provider.
func tracerOf(provider trace.TracerProvider) trace.Tracer {
	if provider == nil {
		provider = noop.NewTracerProvider()
	}
	return provider.Tracer(tracerName)
}

// startSpan begins the span of a publication, in the trace that its traceparent
// names or in a new one. The id is empty where there is no trace.
func (h *publishHandler) startSpan(r *http.Request) (_ *http.Request, span trace.Span, id string) {
	ctx := r.Context()
	if r.Header.Get("Traceparent") != "" {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	}
	ctx, span = h.tracer.Start(ctx, "POST "+r.URL.Path, trace.WithSpanKind(trace.SpanKindServer))
	if traceID := span.SpanContext().TraceID(); traceID.IsValid() {
		id = traceID.String()
	}
	return r.WithContext(ctx), span, id
}
