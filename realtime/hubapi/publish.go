package hubapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"go.opentelemetry.io/otel/trace"

	"github.com/familygifting/tidings/internal/problem"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hublog"
)

// publish takes events and withdrawals.
func (a *API) publish(w http.ResponseWriter, r *http.Request) {
	most := maxBody + max(0, a.opts.MaxPayload-DefaultMaxPayload)
	a.take(w, r, most, func(raw json.RawMessage) item { return parseItem(raw, a.opts.MaxPayload) })
}

// withdraw takes withdrawals alone.
func (a *API) withdraw(w http.ResponseWriter, r *http.Request) {
	a.take(w, r, maxBody, parseWithdrawal)
}

// take takes one item, or an array of them, which parse reads. An array is taken in one
// transaction, but for the items that are wrong: each has its own result.
func (a *API) take(w http.ResponseWriter, r *http.Request, most int, parse func(json.RawMessage) item) {
	body, release, ok := a.readBody(w, r, most)
	defer release()
	if !ok {
		return
	}
	p := hublog.Publication{Key: r.Header.Get("Idempotency-Key")}
	if len(p.Key) > maxIdempotency {
		problem.Answer(w, http.StatusBadRequest, "bad_request", "Idempotency-Key", fmt.Sprintf("has at most %d bytes", maxIdempotency))
		return
	}
	items, single, wrong := parseItems(body, parse)
	if wrong == nil && single {
		wrong = items[0].problem
	}
	if wrong != nil {
		wrong.answer(w)
		return
	}
	if p.Key != "" {
		p.Request = hash(body)
	}
	ctx, span, trace := a.startSpan(r)
	defer span.End()
	for i := range items {
		if event := &items[i].change.Event; event.TraceID == "" {
			event.TraceID = trace
		}
	}
	a.commit(ctx, w, p, items, single)
}

// commit commits the items that are right, and answers for all.
func (a *API) commit(ctx context.Context, w http.ResponseWriter, p hublog.Publication, items []item, single bool) {
	var withdrawn []realtime.Topic
	p.Changes = make([]hublog.Change, 0, len(items))
	for i := range items {
		if items[i].problem != nil {
			continue
		}
		p.Changes = append(p.Changes, items[i].change)
		if w := items[i].change.Withdrawal; w != nil {
			withdrawn = append(withdrawn, w.Topic)
		}
	}
	if len(p.Changes) == 0 { // a client that goes by the status alone must not take it for done
		writeAnswer(w, http.StatusBadRequest, renderResults(items, nil, single))
		return
	}
	p.Committed = func(entries []realtime.Entry) {
		a.hub.Deliver(entries)
		a.hub.Wake(withdrawn...)
	}
	result, err := a.log.Commit(ctx, p)
	switch {
	case errors.Is(err, hublog.ErrKeyReused):
		problem.Answer(w, http.StatusUnprocessableEntity, "key_reused", "Idempotency-Key", err.Error())
	case a.answerFault(w, err):
	case err != nil:
		a.opts.Logger.Error("publishing", "trace", trace.SpanContextFromContext(ctx).TraceID().String(), "error", err)
		problem.Answer(w, http.StatusInternalServerError, "internal", "", "the server failed at this; try again with the same Idempotency-Key")
	case result.Answer != nil:
		writeAnswer(w, http.StatusOK, result.Answer)
	default:
		writeAnswer(w, http.StatusOK, renderResults(items, result.Entries, single))
	}
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return string(sum[:])
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
		if w := it.change.Withdrawal; w != nil {
			results = append(results, result{Topic: w.Topic, Withdrawn: true})
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
