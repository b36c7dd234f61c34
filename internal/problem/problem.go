// Package problem writes errors as application/problem+json (RFC 9457).
package problem

import (
	"encoding/json"
	"net/http"
)

// ContentType is the media type of problems.
const ContentType = "application/problem+json"

// Problem is an error with a stable code. Answers that say more embed it.
type Problem struct {
	Type   string `json:"type" example:"about:blank" doc:"Always about:blank: see code"`
	Title  string `json:"title" example:"Unprocessable Entity"`
	Status int    `json:"status" example:"422"`
	Detail string `json:"detail" doc:"What went wrong, for people"`
	Code   string `json:"code" example:"invalid" doc:"What went wrong, for programs"`
}

// New returns a problem: code is for programs, detail for people.
func New(status int, code, detail string) Problem {
	return Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code}
}

// Write answers with a problem, or with what embeds one.
func Write(w http.ResponseWriter, status int, problem any) {
	w.Header().Set("Content-Type", ContentType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem) // the client is gone if this fails
}
