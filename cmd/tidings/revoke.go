package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// revokeHandler takes back over HTTP what tokens have given.
type revokeHandler struct {
	auth   *jwtauth.Authorizer // nil in development, where there are no tokens
	hub    *realtime.Hub
	logger *slog.Logger
}

// ServeHTTP takes one revocation, or an array of them. Of an array all are taken,
// or none, but for the items that are wrong: each has its own result.
func (h *revokeHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.auth == nil {
		w.Header().Set("Connection", "close") // else the answer would wait for the body
		service.Problem(w, http.StatusConflict, "no_tokens", "", "with --dev subscribers have no tokens, so there is nothing to revoke")
		return
	}
	body, release, ok := readBody(w, r)
	defer release()
	if !ok {
		return
	}
	items, single, problem := parseRevocations(body)
	if problem == nil && single {
		problem = items[0].problem
	}
	if problem != nil {
		service.Problem(w, http.StatusBadRequest, problem.Code, problem.Field, problem.Message)
		return
	}
	var valid []jwtauth.Revocation
	for _, it := range items {
		if it.problem == nil {
			valid = append(valid, it.what)
		}
	}
	if len(valid) == 0 { // whoever goes by the status alone must not take it for done
		writeAnswer(w, http.StatusBadRequest, renderRevocations(items, time.Time{}, single))
		return
	}
	at, err := h.auth.Revoke(r.Context(), h.hub, valid...)
	switch {
	case errors.Is(err, jwtauth.ErrTooManyRevocations):
		h.logger.Error("revoking", "error", err)
		service.Problem(w, http.StatusInsufficientStorage, "too_many_revocations", "", err.Error()+" (--max-revocations): nothing was revoked")
		return
	case answerFault(w, h.logger, err):
		return
	case err != nil:
		h.logger.Error("revoking", "error", err)
		service.Problem(w, http.StatusInternalServerError, "internal", "", "the server failed at this, and nothing was revoked; try again")
		return
	}
	for _, what := range valid {
		h.logger.Info("access was revoked", "user", what.User, "session_id", what.Session, "token_id", what.Token, "topics", what.Topics)
	}
	writeAnswer(w, http.StatusOK, renderRevocations(items, at, single))
}

// revocation is one of a request, or what is wrong with it.
type revocation struct {
	what    jwtauth.Revocation
	problem *itemProblem
}

// parseRevocations takes a body apart. The problem is one of the whole body.
func parseRevocations(body []byte) (items []revocation, single bool, problem *itemProblem) {
	raws, single, problem := elements(body)
	for _, raw := range raws {
		var it revocation
		it.what, it.problem = parseRevocation(raw)
		items = append(items, it)
	}
	return items, single, problem
}

// parseRevocation is strict, since what is left out widens a revocation: a member
// that is there says something, or it is a mistake.
func parseRevocation(raw json.RawMessage) (what jwtauth.Revocation, problem *itemProblem) {
	var said struct {
		User    json.RawMessage `json:"user"`
		Session json.RawMessage `json:"session"`
		Token   json.RawMessage `json:"token"`
		Topics  json.RawMessage `json:"topics"`
	}
	if problem := readItem(raw, &said); problem != nil {
		return what, problem
	}
	for _, member := range []struct {
		name  string
		value json.RawMessage
		field *string
	}{{"user", said.User, &what.User}, {"session", said.Session, &what.Session}, {"token", said.Token, &what.Token}} {
		if member.value == nil {
			continue
		}
		if *member.field, _ = strictjson.String(member.value); *member.field == "" {
			return what, badItem(member.name, "must be a string, and not empty")
		}
	}
	if said.Topics != nil && (json.Unmarshal(said.Topics, &what.Topics) != nil || what.Topics == nil) {
		return what, badItem("topics", "must be an array of topics")
	}
	var invalid *jwtauth.InvalidError
	if errors.As(what.Validate(), &invalid) {
		return what, badItem(invalid.Field, invalid.Message)
	}
	return what, nil
}

// revoked is what became of one revocation.
type revoked struct {
	// At is the second until which tokens count as issued before.
	At    *time.Time   `json:"at,omitempty"`
	Error *itemProblem `json:"error,omitempty"`
}

func renderRevocations(items []revocation, at time.Time, single bool) []byte {
	at = at.UTC()
	results := make([]revoked, 0, len(items))
	for _, it := range items {
		result := revoked{At: &at}
		if it.problem != nil {
			result = revoked{Error: it.problem}
		}
		results = append(results, result)
	}
	var v any = results
	if single {
		v = results[0]
	}
	b, _ := json.Marshal(v) // only text and times: it cannot fail
	return b
}
