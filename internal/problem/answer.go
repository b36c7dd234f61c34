package problem

import "net/http"

// Answer answers with a problem. Code is for programs, detail for people; field is what
// is wrong, if it is one thing.
func Answer(w http.ResponseWriter, status int, code, field, detail string) {
	Write(w, status, struct {
		Problem
		Field string `json:"field,omitempty"`
	}{New(status, code, detail), field})
}

// Only lets requests by the method through, and answers all others. A GET may also be a
// HEAD.
func Only(method string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method || method == http.MethodGet && r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Allow", method)
		Answer(w, http.StatusMethodNotAllowed, "method_not_allowed", "", "method not allowed: use "+method)
	})
}

// NotFound answers that there is nothing here.
func NotFound(w http.ResponseWriter, _ *http.Request) {
	Answer(w, http.StatusNotFound, "not_found", "", "there is nothing here")
}
