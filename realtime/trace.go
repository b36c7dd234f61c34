package realtime

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// tracerName names the engine in traces.
const tracerName = "github.com/familygifting/tidings/realtime"

// recordDelivery records a fan-out in the traces of its events, as a span from the time that
// the hub heard of them until they were written to every subscriber, and in the log at debug
// level. An event carries its trace's id alone, so the span has no parent: it is beside the
// request's span in the same trace, on whichever node it happened.
func (h *Hub) recordDelivery(topic Topic, entries []Entry, heard, now time.Time, subscribers int) {
	if h.tracer != nil {
		for i := range entries {
			h.span(topic, &entries[i], heard, now, subscribers)
		}
	}
	if h.opts.Logger.Enabled(h.ctx, slog.LevelDebug) {
		for i := range entries {
			h.opts.Logger.LogAttrs(h.ctx, slog.LevelDebug, "event delivered", slog.String("topic", string(topic)),
				slog.Uint64("seq", uint64(entries[i].Seq)), slog.String("trace", entries[i].TraceID), slog.Int("subscribers", subscribers))
		}
	}
}

func (h *Hub) span(topic Topic, e *Entry, heard, now time.Time, subscribers int) {
	id, err := trace.TraceIDFromHex(e.TraceID)
	if err != nil {
		return // the request was not traced
	}
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, Remote: true}))
	_, span := h.tracer.Start(ctx, "deliver", trace.WithTimestamp(heard), trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(attribute.String("tidings.topic", string(topic)), attribute.Int64("tidings.seq", int64(e.Seq)),
			attribute.String("tidings.event_id", e.ID), attribute.Int("tidings.subscribers", subscribers)))
	span.End(trace.WithTimestamp(now))
}
