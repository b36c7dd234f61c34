package hubapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
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
		if event := &items[i].event; event.TraceID == "" {
			event.TraceID = trace
		}
	}
	a.commit(ctx, w, p, items, single)
}

// commit commits the items that are right, and answers for all.
func (a *API) commit(ctx context.Context, w http.ResponseWriter, p hublog.Publication, items []item, single bool) {
	var withdrawn []realtime.Topic
	p.Steps, withdrawn = stepsOf(items)
	if len(p.Steps) == 0 { // a client that goes by the status alone must not take it for done
		writeAnswer(w, http.StatusBadRequest, renderResults(items, nil, single))
		return
	}
	p.Committed = func(entries []realtime.Entry) {
		a.hub.Deliver(entries)
		a.hub.Wake(withdrawn...)
	}
	result, err := a.log.Commit(ctx, p)
	switch {
	case err != nil:
		a.answerCommitError(ctx, w, err)
	case result.Answer != nil:
		writeAnswer(w, http.StatusOK, result.Answer)
	default:
		writeAnswer(w, http.StatusOK, renderResults(items, result.Entries, single))
	}
}

func (a *API) answerCommitError(ctx context.Context, w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, hublog.ErrKeyReused):
		problem.Answer(w, http.StatusUnprocessableEntity, "key_reused", "Idempotency-Key", err.Error())
	case a.answerFault(w, err):
	case errors.Is(err, context.Canceled): // the client has gone, or has only ended its side: without an answer it would get a 200
		problem.Answer(w, http.StatusInternalServerError, "internal", "", "the request was canceled, and nothing was taken: send it again with the same Idempotency-Key")
	default:
		attrs := []any{"error", err}
		if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
			attrs = append(attrs, "trace", id.String())
		}
		a.opts.Logger.Error("publishing", attrs...)
		problem.Answer(w, http.StatusInternalServerError, "internal", "", "the server failed at this; try again with the same Idempotency-Key")
	}
}

// stepsOf are what the items that are right do, and the topics that they withdraw.
// Events that follow each other are one step.
func stepsOf(items []item) (steps []hublog.Step, withdrawn []realtime.Topic) {
	var events *[]realtime.Event // of the last step, nil where that is a withdrawal
	for i := range items {
		switch it := &items[i]; {
		case it.problem != nil:
		case it.withdrawal != nil:
			steps, events = append(steps, hublog.Step{Withdrawal: it.withdrawal}), nil
			withdrawn = append(withdrawn, it.withdrawal.Topic)
		case events == nil:
			steps = append(steps, hublog.Step{Events: []realtime.Event{it.event}})
			events = &steps[len(steps)-1].Events
		default:
			*events = append(*events, it.event)
		}
	}
	return steps, withdrawn
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return string(sum[:])
}

// renderResults renders what became of each item.
func renderResults(items []item, entries []realtime.Entry, single bool) []byte {
	b := make([]byte, 0, resultSize*len(items))
	for i := range items {
		b = append(b, "[,"[min(i, 1)])
		switch it := &items[i]; {
		case it.problem != nil:
			text, _ := json.Marshal(it.problem) // only strings: it cannot fail
			b = append(append(append(b, `{"error":`...), text...), '}')
		case it.withdrawal != nil:
			b = appendMember(b, `{"topic":`, string(it.withdrawal.Topic))
			b = append(b, `,"withdrawn":true}`...)
		default:
			b = appendEntry(b, &entries[0])
			entries = entries[1:]
		}
	}
	if single {
		return b[1:]
	}
	return append(b, ']')
}

// resultSize is about the most bytes that the result of an event takes.
const resultSize = 192

func appendEntry(b []byte, e *realtime.Entry) []byte {
	b = appendMember(b, `{"id":`, e.ID)
	b = appendMember(b, `,"topic":`, string(e.Topic))
	b = appendMember(b, `,"epoch":`, string(e.Epoch))
	b = strconv.AppendUint(append(b, `,"seq":`...), uint64(e.Seq), 10)
	return append(b, '}')
}

// appendMember appends a member's beginning and its string.
func appendMember(b []byte, begin, value string) []byte {
	b, _ = jsontext.AppendQuote(append(b, begin...), value) // of what is not UTF-8 it makes something that is
	return b
}
