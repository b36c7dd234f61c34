package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/problem"
	"github.com/familygifting/tidings/internal/strictjson"
)

// Codes of problems that arise before the domain is asked.
const (
	codeMalformed   gift.ErrorCode = "malformed"          // 400: not JSON
	codeTooLarge    gift.ErrorCode = "too_large"          // 413
	codeMediaType   gift.ErrorCode = "media_type"         // 415
	codeMethod      gift.ErrorCode = "method_not_allowed" // 405
	codeRateLimited gift.ErrorCode = "rate_limited"       // 429
	codeInternal    gift.ErrorCode = "internal"           // 500
	codeUnavailable gift.ErrorCode = "unavailable"        // 503
)

// statusOf is the one table that maps codes to HTTP statuses.
var statusOf = map[gift.ErrorCode]int{
	gift.EINVALID:      http.StatusUnprocessableEntity,
	gift.ENOTFOUND:     http.StatusNotFound,
	gift.EFORBIDDEN:    http.StatusForbidden,
	gift.ECONFLICT:     http.StatusConflict,
	gift.EEXISTS:       http.StatusConflict,
	gift.EMUTATION:     http.StatusUnprocessableEntity,
	gift.EUNAUTHORIZED: http.StatusUnauthorized,
	gift.EEXPIRED:      http.StatusGone,
	gift.EUSED:         http.StatusGone,
	gift.EFULL:         http.StatusInsufficientStorage,
	codeMalformed:      http.StatusBadRequest,
	codeTooLarge:       http.StatusRequestEntityTooLarge,
	codeMediaType:      http.StatusUnsupportedMediaType,
	codeMethod:         http.StatusMethodNotAllowed,
	codeRateLimited:    http.StatusTooManyRequests,
	codeInternal:       http.StatusInternalServerError,
	codeUnavailable:    http.StatusServiceUnavailable,
}

// Problem is an error as RFC 9457 has it, with a stable code.
type Problem struct {
	problem.Problem
	// Errors blames fields.
	Errors []Detail `json:"errors,omitempty" doc:"The fields to blame"`
	// Current is the entity as it is now, when a stale version was sent.
	Current any `json:"current,omitempty" doc:"With 409 conflict: the entity as it is now"`

	headers http.Header
}

// Detail blames one field.
type Detail struct {
	Location string `json:"location" example:"body.price.amount" doc:"The place: body, query, path or header, then the field"`
	Message  string `json:"message" example:"may not be negative"`
	Value    any    `json:"value,omitempty" doc:"What was sent, if it is short and no secret"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problem.ContentType }

// newProblem makes a problem of a code and a message.
func newProblem(code gift.ErrorCode, detail string) *Problem {
	return &Problem{Problem: problem.New(statusOf[code], string(code), detail)}
}

// Where a handler's fields come from, so that a blamed field is named in full.
const (
	inBody   = "body."
	inQuery  = "query."
	inPath   = "path."
	inHeader = "header."
)

// fail turns an error of the domain into what is answered; where says what a
// blamed field is a member of.
func fail(ctx context.Context, err error, where string) error {
	var e *gift.Error
	if !errors.As(err, &e) {
		return internal(ctx, err)
	}
	if _, known := statusOf[e.Code]; !known {
		return internal(ctx, err)
	}
	p := newProblem(e.Code, e.Message)
	p.Current = e.Current
	if e.Field == mutationHeader {
		where = inHeader
	}
	if e.Field != "" {
		p.Errors = []Detail{{Location: where + e.Field, Message: e.Message}}
	}
	return p
}

// internal logs an error and hides it.
func internal(ctx context.Context, err error) *Problem {
	if errors.Is(err, context.Canceled) {
		return newProblem(codeUnavailable, "the client canceled the request")
	}
	r := requestFrom(ctx)
	r.log.LogAttrs(ctx, slog.LevelError, "request failed",
		slog.String("request_id", r.id), slog.String("error", err.Error()))
	if errors.Is(err, context.DeadlineExceeded) {
		return newProblem(codeUnavailable, "the request timed out: try again")
	}
	return newProblem(codeInternal, "something went wrong; the log has it under the request id "+r.id)
}

// fieldProblem blames one field for an invalid request.
func fieldProblem(place, message string) *Problem {
	place = clipPlace(place)
	p := newProblem(gift.EINVALID, place+": "+message)
	p.Errors = []Detail{{Location: place, Message: message}}
	return p
}

// Limits of a problem, which repeats what it was sent to its sender.
const (
	// maxEcho is the longest value.
	maxEcho = 100
	// maxMessage is the longest message about a field.
	maxMessage = 500
	// maxErrors is how many fields are blamed at once.
	maxErrors = 20
)

// clipPlace shortens the name of a place.
func clipPlace(place string) string { return strictjson.Clip(place, strictjson.MaxPlace) }

// echo returns what a problem may repeat of a value: numbers, flags and short
// strings, but nothing of a field that holds a secret and no whole objects,
// which could contain one.
func echo(location string, v any) any {
	for _, secret := range []string{"password", "token", "invite"} {
		if strings.Contains(strings.ToLower(location), secret) {
			return nil
		}
	}
	switch v := v.(type) {
	case string:
		if location != "body" && len(v) <= maxEcho {
			return v
		}
	case float64, int64, int, bool:
		return v
	}
	return nil
}

// writeProblem answers outside of huma.
func writeProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	problem.Write(w, p.Status, p)
}
