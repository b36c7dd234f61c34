package service

import (
	"encoding/json"
	"net/http"
)

// Problem answers with application/problem+json (RFC 9457). Code is for programs,
// detail for people; field is what is wrong, if it is one thing.
func Problem(w http.ResponseWriter, status int, code, field, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	body := map[string]any{"title": http.StatusText(status), "status": status, "code": code, "detail": detail}
	if field != "" {
		body["field"] = field
	}
	_ = json.NewEncoder(w).Encode(body) // the client has gone: nobody to tell
}

// Only lets requests by the method through, and answers all others. Whoever may
// GET may ask for the HEAD alone.
func Only(method string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method || method == http.MethodGet && r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Allow", method)
		Problem(w, http.StatusMethodNotAllowed, "method_not_allowed", "", "this takes "+method+" alone")
	})
}

// NotFound answers that there is nothing here.
func NotFound(w http.ResponseWriter, _ *http.Request) {
	Problem(w, http.StatusNotFound, "not_found", "", "there is nothing here")
}
