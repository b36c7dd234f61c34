package api

import (
	"cmp"
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// tracerName names the REST interface in traces.
const tracerName = "github.com/familygifting/tidings/gift/api"

// trace begins the request's span, in the trace that its traceparent names or
// in a new one, and notes the trace's id. Where nobody collects spans it makes
// none, and what is left is the id that came along.
func (a *API) trace(r *http.Request, req *request) (context.Context, trace.Span) {
	ctx := r.Context()
	if r.Header.Get("Traceparent") != "" {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	}
	ctx, span := a.tracer.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer))
	req.trace = req.id
	if id := span.SpanContext().TraceID(); id.IsValid() {
		req.trace = id.String()
	}
	return ctx, span
}

// endSpan says how the request went. It names the route, not the path: a path
// may hold an id, of which there are many.
func endSpan(span trace.Span, r *http.Request, status int) {
	if span.IsRecording() {
		span.SetName(cmp.Or(r.Pattern, r.Method))
		span.SetAttributes(attribute.String("http.request.method", r.Method), attribute.String("http.route", r.Pattern),
			attribute.Int("http.response.status_code", status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
	}
	span.End()
}
