package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/realtime"
)

// Limits of a publication.
const (
	maxPayload     = 64 << 10
	maxText        = 256 // bytes of ids
	maxIdempotency = 128 // bytes of an Idempotency-Key
)

// publishHandler takes events over HTTP, appends them and hands them to the hub.
type publishHandler struct {
	journal journal
	hub     *realtime.Hub
	tracer  trace.Tracer
	logger  *slog.Logger
}

func newPublishHandler(journal journal, hub *realtime.Hub, traces trace.TracerProvider, logger *slog.Logger) *publishHandler {
	return &publishHandler{journal: journal, hub: hub, tracer: tracerOf(traces), logger: logger}
}

// ServeHTTP takes one event, or an array of them. An array is taken in one
// transaction, but for the items that are wrong: each has its own result.
func (h *publishHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, release, ok := readBody(w, r)
	defer release()
	if !ok {
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if len(key) > maxIdempotency {
		service.Problem(w, http.StatusBadRequest, "bad_request", "Idempotency-Key", fmt.Sprintf("has at most %d bytes", maxIdempotency))
		return
	}
	items, single, problem := parsePublication(body)
	if problem == nil && single {
		problem = items[0].problem
	}
	if problem != nil {
		service.Problem(w, http.StatusBadRequest, problem.Code, problem.Field, problem.Message)
		return
	}
	r, span, id := h.startSpan(r)
	defer span.End()
	for i := range items {
		if items[i].event.TraceID == "" {
			items[i].event.TraceID = id
		}
	}
	h.publish(w, r, once{key: key, request: hash(body)}, items, single)
}

func (h *publishHandler) publish(w http.ResponseWriter, r *http.Request, once once, items []item, single bool) {
	steps := make([]step, 0, len(items))
	for _, it := range items {
		if it.problem == nil {
			steps = append(steps, step{event: it.event})
		}
	}
	render := func(entries []realtime.Entry) []byte { return renderResults(items, entries, single) }
	if len(steps) == 0 { // whoever goes by the status alone must not take it for done
		writeAnswer(w, http.StatusBadRequest, render(nil))
		return
	}
	answer, entries, err := h.journal.commit(r.Context(), once, steps, render)
	switch {
	case errors.Is(err, errKeyReused):
		service.Problem(w, http.StatusUnprocessableEntity, "key_reused", "Idempotency-Key", err.Error())
		return
	case err != nil:
		h.logger.Error("publishing", "trace", trace.SpanContextFromContext(r.Context()).TraceID().String(), "error", err)
		service.Problem(w, http.StatusInternalServerError, "internal", "", "the server failed at this; try again with the same Idempotency-Key")
		return
	}
	h.hub.Deliver(entries)
	writeAnswer(w, http.StatusOK, answer)
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return string(sum[:])
}

// item is one event of a publication, or what is wrong with it.
type item struct {
	event   realtime.Event
	problem *itemProblem
}

// publication is an event as clients send it: the WSEvent of the wire.
type publication struct {
	ID    string `json:"id"`
	Topic string `json:"topic"`
	Event string `json:"event"`
	Data  struct {
		EntityID  string          `json:"entity_id"`
		Payload   json.RawMessage `json:"payload"`
		UserID    string          `json:"user_id"`
		Timestamp *time.Time      `json:"timestamp"`
	} `json:"data"`
	Version    int64  `json:"version"`
	MutationID string `json:"mutation_id"`
	TraceID    string `json:"trace_id"`
}

// parsePublication takes a body apart. The problem is one of the whole body.
func parsePublication(body []byte) (items []item, single bool, problem *itemProblem) {
	raws, single, problem := elements(body)
	if problem != nil {
		return nil, false, problem
	}
	for _, raw := range raws {
		items = append(items, parseItem(raw))
	}
	return items, single, nil
}

func parseItem(raw json.RawMessage) (it item) {
	var p publication
	if it.problem = readItem(raw, &p); it.problem != nil {
		return it
	}
	if it.problem = p.check(); it.problem != nil {
		return it
	}
	it.event = realtime.Event{
		ID: p.ID, Topic: realtime.Topic(p.Topic), Type: realtime.EventType(p.Event), EntityID: p.Data.EntityID,
		Payload: p.Data.Payload, UserID: p.Data.UserID, Version: p.Version, MutationID: p.MutationID, TraceID: p.TraceID,
	}
	if p.Data.Timestamp != nil {
		it.event.Timestamp = *p.Data.Timestamp
	}
	return it
}

// check names the first field that is wrong.
func (p *publication) check() *itemProblem {
	if _, err := realtime.ParseTopic(p.Topic); err != nil {
		var public *realtime.Error
		errors.As(err, &public) // ParseTopic returns nothing else
		return &itemProblem{Code: string(public.Code), Field: "topic", Message: public.Message}
	}
	switch realtime.EventType(p.Event) {
	case realtime.Added, realtime.Updated, realtime.Deleted, realtime.StatusChanged:
	default:
		return badItem("event", "must be ADDED, UPDATED, DELETED or STATUS_CHANGED")
	}
	for _, f := range []struct{ name, value string }{
		{"id", p.ID}, {"data.entity_id", p.Data.EntityID}, {"data.user_id", p.Data.UserID},
		{"mutation_id", p.MutationID}, {"trace_id", p.TraceID},
	} {
		if len(f.value) > maxText {
			return badItem(f.name, fmt.Sprintf("has at most %d bytes", maxText))
		}
	}
	switch {
	case p.Data.EntityID == "":
		return badItem("data.entity_id", "is missing")
	case len(p.Data.Payload) > maxPayload:
		return badItem("data.payload", fmt.Sprintf("has at most %d bytes", maxPayload))
	case p.Version < 0:
		return badItem("version", "must not be negative")
	}
	return nil
}

// result is what became of one event.
type result struct {
	ID    string         `json:"id,omitempty"`
	Topic realtime.Topic `json:"topic,omitempty"`
	*realtime.Position
	Error *itemProblem `json:"error,omitempty"`
}

func renderResults(items []item, entries []realtime.Entry, single bool) []byte {
	results := make([]result, 0, len(items))
	for _, it := range items {
		if it.problem != nil {
			results = append(results, result{Error: it.problem})
			continue
		}
		e := entries[0]
		entries = entries[1:]
		results = append(results, result{ID: e.ID, Topic: e.Topic, Position: &e.Position})
	}
	var v any = results
	if single {
		v = results[0]
	}
	b, _ := json.Marshal(v) // only strings and numbers: it cannot fail
	return b
}
