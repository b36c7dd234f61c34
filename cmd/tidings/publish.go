package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
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

// publishHandler takes events and withdrawals over HTTP, commits them and has the hub
// hear of them.
type publishHandler struct {
	journal journal
	hub     *realtime.Hub
	tracer  trace.Tracer
	logger  *slog.Logger
	// parse reads an item of the path: static.
	parse func(json.RawMessage) item
}

func newPublishHandler(journal journal, hub *realtime.Hub, traces trace.TracerProvider, logger *slog.Logger) *publishHandler {
	return &publishHandler{journal: journal, hub: hub, tracer: tracerOf(traces), logger: logger, parse: parseItem}
}

// withdrawals returns the handler of those alone.
func (h *publishHandler) withdrawals() *publishHandler {
	w := *h
	w.parse = parseWithdrawal
	return &w
}

// ServeHTTP takes one item, or an array of them. An array is taken in one
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
	items, single, problem := h.parseItems(body)
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
		if event := &items[i].step.event; event.TraceID == "" {
			event.TraceID = id
		}
	}
	h.publish(w, r, once{key: key, request: hash(body)}, items, single)
}

func (h *publishHandler) publish(w http.ResponseWriter, r *http.Request, once once, items []item, single bool) {
	steps := make([]step, 0, len(items))
	var withdrawn []realtime.Topic
	for _, it := range items {
		if it.problem != nil {
			continue
		}
		steps = append(steps, it.step)
		if it.step.withdraw != nil {
			withdrawn = append(withdrawn, it.step.withdraw.topic)
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
	case answerFault(w, h.logger, err):
		return
	case err != nil:
		h.logger.Error("publishing", "trace", trace.SpanContextFromContext(r.Context()).TraceID().String(), "error", err)
		service.Problem(w, http.StatusInternalServerError, "internal", "", "the server failed at this; try again with the same Idempotency-Key")
		return
	}
	h.hub.Deliver(entries)
	h.hub.Wake(withdrawn...)
	writeAnswer(w, http.StatusOK, answer)
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return string(sum[:])
}

// item is one step of a publication, or what is wrong with it.
type item struct {
	step    step
	problem *itemProblem
	// change is whether it changes access, or may have been meant to.
	change bool
}

// publication is an event as clients send it: the WSEvent of the wire. With withdraw
// it is a withdrawal in its place.
type publication struct {
	Withdraw json.RawMessage `json:"withdraw"`

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

// parseItems takes a body apart. The problem is one of the whole body.
func (h *publishHandler) parseItems(body []byte) (items []item, single bool, problem *itemProblem) {
	raws, single, problem := elements(body)
	if problem != nil {
		return nil, false, problem
	}
	for _, raw := range raws {
		items = append(items, h.parse(raw))
	}
	wholeOrNot(items)
	return items, single, nil
}

func parseItem(raw json.RawMessage) (it item) {
	var p publication
	if it.problem = readItem(raw, &p); it.problem == nil && p.Withdraw != nil {
		it.step.withdraw, it.problem = p.withdrawal()
	} else if it.problem == nil {
		it.step.event, it.problem = p.event()
	}
	it.change = it.step.withdraw != nil || it.problem != nil && mayChangeAccess(raw)
	return it
}

// withdrawal returns the withdrawal that stands in place of an event.
func (p *publication) withdrawal() (*withdrawal, *itemProblem) {
	raw := p.Withdraw
	if p.Withdraw = nil; !reflect.ValueOf(*p).IsZero() {
		return nil, badItem("withdraw", "must stand alone in its item: the events before and behind it are items of their own")
	}
	w, problem := readWithdrawal(raw)
	if problem != nil {
		problem.Field = strings.TrimSuffix("withdraw."+problem.Field, ".")
	}
	return w, problem
}

// event returns the event.
func (p *publication) event() (e realtime.Event, problem *itemProblem) {
	if problem = p.check(); problem != nil {
		return e, problem
	}
	e = realtime.Event{
		ID: p.ID, Topic: realtime.Topic(p.Topic), Type: realtime.EventType(p.Event), EntityID: p.Data.EntityID,
		Payload: p.Data.Payload, UserID: p.Data.UserID, Version: p.Version, MutationID: p.MutationID, TraceID: p.TraceID,
	}
	if p.Data.Timestamp != nil {
		e.Timestamp = *p.Data.Timestamp
	}
	return e, nil
}

// check names the first field that is wrong.
func (p *publication) check() *itemProblem {
	if problem := checkTopic(p.Topic); problem != nil {
		return problem
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

// result is what became of one item.
type result struct {
	ID    string         `json:"id,omitempty"`
	Topic realtime.Topic `json:"topic,omitempty"`
	*realtime.Position
	Withdrawn bool         `json:"withdrawn,omitempty"`
	Error     *itemProblem `json:"error,omitempty"`
}

func renderResults(items []item, entries []realtime.Entry, single bool) []byte {
	results := make([]result, 0, len(items))
	for _, it := range items {
		if it.problem != nil {
			results = append(results, result{Error: it.problem})
			continue
		}
		if w := it.step.withdraw; w != nil {
			results = append(results, result{Topic: w.topic, Withdrawn: true})
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
