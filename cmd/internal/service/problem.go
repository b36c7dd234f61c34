package service

import (
	"net/http"

	"github.com/familygifting/tidings/internal/problem"
)

// Problem answers with application/problem+json (RFC 9457). Code is for programs,
// detail for people; field is what is wrong, if it is one thing.
func Problem(w http.ResponseWriter, status int, code, field, detail string) {
	problem.Write(w, status, struct {
		problem.Problem
		Field string `json:"field,omitempty"`
	}{problem.New(status, code, detail), field})
}

// Only lets requests by the method through, and answers all others. A GET
// may also be a HEAD.
func Only(method string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method || method == http.MethodGet && r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Allow", method)
		Problem(w, http.StatusMethodNotAllowed, "method_not_allowed", "", "method not allowed: use "+method)
	})
}

// NotFound answers that there is nothing here.
func NotFound(w http.ResponseWriter, _ *http.Request) {
	Problem(w, http.StatusNotFound, "not_found", "", "there is nothing here")
}
