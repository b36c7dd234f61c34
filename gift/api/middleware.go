package api

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/intake"
	"github.com/familygifting/tidings/internal/strictjson"
)

// maxRequestID is the longest X-Request-Id that is taken over from a client.
const maxRequestID = 64

// chain wraps the routes: from the outside in, note the request, recover,
// answer other origins, refuse cross-site writes, check the query. Bodies are left
// unread: see [API.readBody].
func (a *API) chain() (http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	for _, o := range a.opts.AllowedOrigins {
		if err := protection.AddTrustedOrigin(o); err != nil {
			return nil, fmt.Errorf("allowed origin %q: %w", o, err)
		}
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, newProblem(gift.EFORBIDDEN, "cross-site request refused: use the dashboard's own page"))
	}))
	return a.note(a.cors(protection.Handler(checkQuery(intake.LeaveUnread(a.mux))))), nil
}

// note gives a request its id, watches over its answer and tells how it went.
func (a *API) note(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		req := &request{id: requestID(r), device: markOf(r), log: a.opts.Logger}
		if a.auth != nil {
			req.from = a.auth.opts.Proxies.origin(r)
		}
		ctx, span := a.trace(r, req)
		r = r.WithContext(withRequest(ctx, req))
		answer := &answer{ResponseWriter: w}
		defer func() { endSpan(span, r, answer.status) }()
		setHeaders(w.Header(), req.id)
		defer a.finish(answer, r, req, start)
		next.ServeHTTP(answer, r)
	})
}

// setHeaders sets what every answer carries.
func setHeaders(h http.Header, id string) {
	h["X-Request-Id"] = []string{id}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h["Cache-Control"] = []string{"no-store"}
	h["Content-Security-Policy"] = []string{"default-src 'none'; frame-ancestors 'none'"}
	h["Referrer-Policy"] = []string{"no-referrer"}
}

// finish turns a panic into an answer, and tells how the request went.
func (a *API) finish(w *answer, r *http.Request, req *request, start time.Time) {
	if v := recover(); v != nil {
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		a.opts.Logger.LogAttrs(r.Context(), slog.LevelError, "panic while serving",
			slog.String("request_id", req.id), slog.String("trace", req.trace), slog.String("route", r.Pattern),
			slog.String("panic", fmt.Sprint(v)), slog.String("stack", string(debug.Stack())))
		if w.status == 0 {
			writeProblem(w, newProblem(codeInternal, "something went wrong; the log has it under the request id "+req.id))
		}
	}
	if a.opts.Observe != nil {
		a.opts.Observe(r.Pattern, w.status, time.Since(start))
	}
	if a.opts.Logger.Enabled(r.Context(), slog.LevelDebug) {
		// The route, not the path: who looks at what is nobody's business.
		a.opts.Logger.LogAttrs(r.Context(), slog.LevelDebug, "request",
			slog.String("request_id", req.id), slog.String("trace", req.trace), slog.String("method", r.Method), slog.String("route", r.Pattern),
			slog.Int("status", w.status), slog.String("user", string(req.actor)), slog.Duration("took", time.Since(start)))
	}
}

// requestID takes over a client's X-Request-Id if it is a plain word.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > maxRequestID {
		return gift.NewID[string]()
	}
	for _, c := range []byte(id) {
		if !isWordByte(c) {
			return gift.NewID[string]()
		}
	}
	return id
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}

// Headers of cross-origin answers.
const (
	corsMethods = "GET, POST, PATCH, DELETE"
	corsHeaders = "Authorization, Content-Type, Mutation-Id, X-Request-Id"
	corsExposed = "Tidings-Position, X-Request-Id, Retry-After"
	corsMaxAge  = "600"
)

// cors lets pages of the configured origins read answers.
func (a *API) cors(next http.Handler) http.Handler {
	if len(a.opts.AllowedOrigins) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		from := r.Header.Get("Origin")
		if from == "" || !slices.Contains(a.opts.AllowedOrigins, from) {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Origin", from)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", corsExposed)
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", corsMethods)
			h.Set("Access-Control-Allow-Headers", corsHeaders)
			h.Set("Access-Control-Max-Age", corsMaxAge)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// checkQuery refuses a query that cannot be read, and a parameter that is there
// twice: which one counts would be anybody's guess.
func checkQuery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			if p := queryProblem(r.URL.RawQuery); p != nil {
				writeProblem(w, p)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func queryProblem(query string) *Problem {
	values, err := url.ParseQuery(query)
	if err != nil {
		return newProblem(codeMalformed, strictjson.Clip("the query could not be read: "+err.Error(), maxMessage))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if len(values[name]) > 1 {
			return fieldProblem(inQuery+name, duplicateParameter)
		}
	}
	return nil
}

// answer remembers the status it was given.
type answer struct {
	http.ResponseWriter
	status int
}

func (w *answer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *answer) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (w *answer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
