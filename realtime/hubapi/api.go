package hubapi

import (
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/trace"

	"github.com/familygifting/tidings/internal/intake"
	"github.com/familygifting/tidings/internal/problem"
	"github.com/familygifting/tidings/internal/sampled"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hublog"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// Bounds of [Options.MaxPayload], in bytes.
const (
	DefaultMaxPayload = 64 << 10
	MostPayload       = 16 << 20 // all bodies together have maxBodies
)

// Options of an API.
type Options struct {
	// Keys are the publish keys. Without one nobody may publish.
	Keys *Keys
	// Tokens is the authorizer whose tokens may be revoked; nil where there are none.
	Tokens *jwtauth.Authorizer
	// MaxPayload is the most bytes of an event's payload, up to [MostPayload]. Default
	// [DefaultMaxPayload].
	MaxPayload int
	// Traces is where spans go. Nil: nowhere.
	Traces trace.TracerProvider
	// Logger gets what goes wrong. Default [slog.Default].
	Logger *slog.Logger
}

// API is what an app's server asks of a hub. Make one with [New].
type API struct {
	hub    *realtime.Hub
	log    hublog.Log
	opts   Options
	tracer trace.Tracer // nil for no traces
	// bodies is the memory that the bodies of all requests may take together. A
	// publisher with a key is trusted, so each may have all of it.
	bodies *intake.Budget
	// faults are those of the disk.
	faults *sampled.Log
}

// New returns the API of a hub and its log.
func New(hub *realtime.Hub, log hublog.Log, opts Options) *API {
	if opts.Keys == nil {
		opts.Keys = new(Keys)
	}
	if opts.MaxPayload <= 0 {
		opts.MaxPayload = DefaultMaxPayload
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	a := &API{hub: hub, log: log, opts: opts, bodies: intake.NewBudget(maxBodies, maxBodies), faults: sampled.New(opts.Logger)}
	if opts.Traces != nil {
		a.tracer = opts.Traces.Tracer(tracerName)
	}
	return a
}

// Register adds what those with a publish key may do.
func (a *API) Register(mux *http.ServeMux) {
	for path, handle := range map[string]http.HandlerFunc{
		"/api/publish": a.publish, "/api/withdraw": a.withdraw, "/api/revoke": a.revoke,
	} {
		mux.Handle(path, problem.Only(http.MethodPost, a.opts.Keys.guard(handle)))
	}
}
