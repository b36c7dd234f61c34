package hubapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/familygifting/tidings/internal/problem"
	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// revoke takes back what tokens have given: one revocation, or an array of them. Of an
// array all are taken, or none, but for the items that are wrong: each has its own result.
func (a *API) revoke(w http.ResponseWriter, r *http.Request) {
	if a.opts.Tokens == nil {
		w.Header().Set("Connection", "close") // else the answer would wait for the body
		problem.Answer(w, http.StatusConflict, "no_tokens", "", "with --dev subscribers have no tokens, so there is nothing to revoke")
		return
	}
	body, release, ok := a.readBody(w, r, maxBody)
	defer release()
	if !ok {
		return
	}
	items, single, wrong := parseRevocations(body)
	if wrong == nil && single {
		wrong = items[0].problem
	}
	if wrong != nil {
		wrong.answer(w)
		return
	}
	var valid []jwtauth.Revocation
	for _, it := range items {
		if it.problem == nil {
			valid = append(valid, it.what)
		}
	}
	if len(valid) == 0 { // a client that goes by the status alone must not take it for done
		writeAnswer(w, http.StatusBadRequest, renderRevocations(items, time.Time{}, single))
		return
	}
	at, err := a.opts.Tokens.Revoke(r.Context(), a.hub, valid...)
	if err != nil {
		a.answerRevokeError(w, err)
		return
	}
	for _, what := range valid {
		a.opts.Logger.Info("access was revoked", "user", what.User, "session_id", what.Session, "token_id", what.Token, "topics", what.Topics)
	}
	writeAnswer(w, http.StatusOK, renderRevocations(items, at, single))
}

func (a *API) answerRevokeError(w http.ResponseWriter, err error) {
	if a.answerFault(w, err) {
		return
	}
	a.opts.Logger.Error("revoking", "error", err)
	if errors.Is(err, jwtauth.ErrTooManyRevocations) {
		problem.Answer(w, http.StatusInsufficientStorage, "too_many_revocations", "", err.Error()+" (--max-revocations): nothing was revoked")
		return
	}
	problem.Answer(w, http.StatusInternalServerError, "internal", "", "the server failed at this, and nothing was revoked; try again")
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
