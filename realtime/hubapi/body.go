package hubapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/familygifting/tidings/internal/diskfault"
	"github.com/familygifting/tidings/internal/intake"
	"github.com/familygifting/tidings/internal/problem"
	"github.com/familygifting/tidings/internal/strictjson"
)

// Limits of a request.
const (
	maxBody   = 1 << 20  // bytes, and of publishing more where payloads may be larger
	maxItems  = 1000     // elements of its array
	maxBodies = 64 << 20 // bytes of all bodies that are being read or worked on
)

// itemProblem is an error as clients see it.
type itemProblem struct {
	Code    string `json:"code"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// badItem blames a field.
func badItem(field, message string) *itemProblem {
	return &itemProblem{Code: "bad_request", Field: field, Message: message}
}

// answer answers with the problem, which is one of the whole body.
func (p *itemProblem) answer(w http.ResponseWriter) {
	problem.Answer(w, http.StatusBadRequest, p.Code, p.Field, p.Message)
}

// readBody returns the body, or answers why there is none. The body counts until
// release is called.
func (a *API) readBody(w http.ResponseWriter, r *http.Request, most int) (body []byte, release func(), ok bool) {
	if intake.Encoded(r) {
		problem.Answer(w, http.StatusUnsupportedMediaType, "media_type", "", intake.EncodedMessage)
		return nil, func() {}, false
	}
	body, release, err := a.bodies.Read(r.Body, "", int64(most))
	switch {
	case err == nil:
		intake.WasRead(w)
	case errors.Is(err, intake.ErrTooLarge):
		w.Header().Set("Connection", "close") // else the answer would wait for the rest
		problem.Answer(w, http.StatusRequestEntityTooLarge, "too_large", "", fmt.Sprintf("a request has at most %d bytes", most))
	case errors.Is(err, intake.ErrBusy):
		w.Header().Set("Retry-After", intake.RetryAfter)
		problem.Answer(w, http.StatusServiceUnavailable, "busy", "", "too many requests are being read at the moment: send it again in a second")
	default:
		problem.Answer(w, http.StatusBadRequest, "bad_request", "", "the body did not arrive whole")
	}
	return body, release, err == nil
}

// elements takes apart a body that is one item, or an array of them; each item is
// yet to be read. The problem is one of the whole body.
func elements(body []byte) (raws []json.RawMessage, single bool, problem *itemProblem) {
	isArray, err := strictjson.Elements(body, func(i int, raw []byte) error {
		if i == maxItems {
			return errTooManyItems
		}
		raws = append(raws, raw)
		return nil
	})
	switch {
	case errors.Is(err, errTooManyItems) || isArray && err == nil && len(raws) == 0:
		return nil, false, badItem("", errTooManyItems.Error())
	case err != nil:
		return nil, false, unfit(err)
	case !isArray:
		return []json.RawMessage{body}, true, nil
	}
	return raws, false, nil
}

var errTooManyItems = fmt.Errorf("an array has 1 to %d items", maxItems)

// readItem reads an item: its members have exactly the names of v's, each once, since
// others would take {"TOPIC":…} for a topic, or the first of two.
func readItem(raw json.RawMessage, v any) *itemProblem {
	if err := strictjson.Unmarshal(raw, v); err != nil {
		return unfit(err)
	}
	return nil
}

// unfit blames what the reader of JSON does.
func unfit(err error) *itemProblem {
	var e *strictjson.Error
	if !errors.As(err, &e) {
		return badItem("", err.Error())
	}
	return badItem(e.Field, e.Problem)
}

// writeAnswer answers with JSON.
func writeAnswer(w http.ResponseWriter, status int, answer []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(answer) // where it fails the client has gone
}

// answerFault answers that the disk takes nothing, if that is what the error is about.
// Reads go on.
func (a *API) answerFault(w http.ResponseWriter, err error) bool {
	reason, ok := diskfault.Reason(err)
	if ok {
		a.faults.Say("disk", reason+": publications are refused until that is over, reads go on", "error", err)
		problem.Answer(w, http.StatusInsufficientStorage, "storage_full", "", reason+", so nothing was taken: make room, and send it again with the same Idempotency-Key")
	}
	return ok
}
