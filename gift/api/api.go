package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/bearertoken"
)

// Prefix is where the API lives.
const Prefix = "/api/v1"

// Version is the version of the API's document.
const Version = "1.0.0"

// Options adjusts an [API]; its zero value works.
type Options struct {
	// AllowedOrigins are the other origins whose pages may call the API, each
	// as scheme://host[:port]. Default: none; the same origin always may.
	AllowedOrigins []string
	// Logger gets what goes wrong. Default: nothing is logged.
	Logger *slog.Logger
	// Observe is called for each answered request, with the pattern of its
	// route, the status and how long it took. Default: none.
	Observe func(pattern string, status int, took time.Duration)
	// Traces gets a span for each request, in the trace that its traceparent
	// names. Default: none.
	Traces trace.TracerProvider
}

// API is the REST interface as an http.Handler for [Prefix].
type API struct {
	// Static after construction.
	svc     gift.Service
	auth    *Auth
	opts    Options
	mux     *http.ServeMux
	huma    huma.API
	handler http.Handler
	tracer  trace.Tracer
	bodies  bodies
	// wordings replace huma's messages.
	wordings wordings
	// Rendered when first asked for.
	docJSON, docYAML func() ([]byte, error)
}

// New returns the REST interface of a service.
func New(svc gift.Service, auth *Auth, opts Options) (*API, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Traces == nil {
		opts.Traces = noop.NewTracerProvider()
	}
	a := &API{svc: svc, auth: auth, opts: opts, mux: http.NewServeMux(), bodies: newBodies(), wordings: newWordings(), tracer: opts.Traces.Tracer(tracerName)}
	a.huma = humago.NewWithPrefix(a.mux, Prefix, a.config())
	a.huma.UseMiddleware(a.requireBearer, a.readBody)
	a.registerSetup()
	a.registerLogin()
	a.registerInvites()
	a.registerUsers()
	a.registerPersons()
	a.registerOccasions()
	a.registerLists()
	a.registerGifts()
	a.registerListItems()
	a.registerWishes()
	a.serveDocument()
	a.mux.HandleFunc("/", a.unmatched)
	handler, err := a.chain()
	if err != nil {
		return nil, err
	}
	a.handler = handler
	return a, nil
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Document returns the OpenAPI document of the API as JSON, the same bytes
// every time.
func Document() ([]byte, error) {
	a, err := New(nil, nil, Options{})
	if err != nil {
		return nil, err
	}
	return a.docJSON()
}

// config is huma's configuration: JSON only, documents served by ourselves.
func (a *API) config() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Family Gifting Dashboard",
				Version:     Version,
				Description: "Plan gifts together. Collections that a topic covers come whole, with their Tidings-Position; the others page by cursor.",
			},
			Servers: []*huma.Server{{URL: Prefix}},
			Tags:    tags,
			Components: &huma.Components{
				Schemas:         newRegistry(patches...),
				SecuritySchemes: securitySchemes,
			},
		},
		Formats:       huma.DefaultFormats,
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{a.toProblem},

		RejectUnknownQueryParameters: true,
	}
}

var patches = []reflect.Type{
	reflect.TypeFor[gift.PersonPatch](),
	reflect.TypeFor[gift.OccasionPatch](),
	reflect.TypeFor[gift.ListPatch](),
	reflect.TypeFor[gift.GiftPatch](),
	reflect.TypeFor[gift.ListItemPatch](),
}

// Names of the security schemes.
const (
	bearer = "bearer"
	cookie = "refreshCookie"
)

var securitySchemes = map[string]*huma.SecurityScheme{
	bearer: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The access token of a login; it lives for ten minutes"},
	cookie: {Type: "apiKey", In: "cookie", Name: refreshCookie, Description: "The rotating refresh token, HttpOnly"},
}

var tags = []*huma.Tag{
	{Name: "account", Description: "Set up, log in, invite"},
	{Name: "persons", Description: "The people to plan gifts for"},
	{Name: "occasions", Description: "Days with gifts"},
	{Name: "lists", Description: "Collections of gifts, each a board"},
	{Name: "gifts", Description: "Things that can be given, on any number of lists"},
	{Name: "list-items", Description: "A list's board, for its planners"},
	{Name: "wishes", Description: "A list as the person it is about may see it"},
}

// operation describes a route that needs a login.
func operation(method, path, id, tag, summary string, errors ...int) huma.Operation {
	op := public(method, path, id, tag, summary, append(errors, http.StatusUnauthorized)...)
	op.Security = []map[string][]string{{bearer: {}}}
	return op
}

// public describes a route that needs no login.
func public(method, path, id, tag, summary string, errors ...int) huma.Operation {
	op := huma.Operation{
		Method:      method,
		Path:        path,
		OperationID: id,
		Summary:     summary,
		Tags:        []string{tag},
		Errors:      errors,
		// The middlewares have limited body and time already.
		MaxBodyBytes:    -1,
		BodyReadTimeout: -1,
	}
	if method == http.MethodPost || method == http.MethodPatch {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return op
}

// created makes an operation answer 201.
func created(op huma.Operation) huma.Operation {
	op.DefaultStatus = http.StatusCreated
	return op
}

// serveDocument serves the document, which is rendered when first asked for.
func (a *API) serveDocument() {
	adjustSchemas(a.huma.OpenAPI())
	a.docJSON = sync.OnceValues(func() ([]byte, error) { return document(a.huma.OpenAPI()) })
	a.docYAML = sync.OnceValues(func() ([]byte, error) {
		doc, err := a.docJSON()
		if err != nil {
			return nil, err
		}
		return toYAML(doc)
	})
	a.mux.HandleFunc("GET "+Prefix+"/openapi.json", serveBytes("application/openapi+json", a.docJSON))
	a.mux.HandleFunc("GET "+Prefix+"/openapi.yaml", serveBytes("application/openapi+yaml", a.docYAML))
}

func serveBytes(contentType string, render func() ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := render()
		if err != nil {
			writeProblem(w, internal(r.Context(), err))
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(body) // the client is gone if this fails
	}
}

// unmatched answers what no route does: 405 if another method would do, else 404.
func (a *API) unmatched(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		probe := *r
		probe.Method = method
		if _, pattern := a.mux.Handler(&probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		writeProblem(w, newProblem(gift.ENOTFOUND, "not found: the API has no such path"))
		return
	}
	p := newProblem(codeMethod, "method not allowed: use "+strings.Join(allowed, " or "))
	p.headers = http.Header{"Allow": {strings.Join(allowed, ", ")}}
	writeProblem(w, p)
}

// requireBearer lets only the holder of a valid access token pass to an
// operation that asks for one.
func (a *API) requireBearer(ctx huma.Context, next func(huma.Context)) {
	if !needsBearer(ctx.Operation()) {
		next(ctx)
		return
	}
	if err := a.identify(ctx.Context(), ctx.Header("Authorization")); err != nil {
		r, w := humago.Unwrap(ctx)
		var p *Problem
		if !asProblem(fail(r.Context(), err, ""), &p) {
			p = newProblem(codeInternal, "")
		}
		if p.Status == http.StatusUnauthorized {
			p.headers = http.Header{"Www-Authenticate": {`Bearer realm="giftboard"`}}
		}
		writeProblem(w, p)
		return
	}
	next(ctx)
}

// needsBearer reports whether an operation needs a login.
func needsBearer(op *huma.Operation) bool {
	for _, scheme := range op.Security {
		if _, ok := scheme[bearer]; ok {
			return true
		}
	}
	return false
}

// identify finds out who sent a request and notes it there.
func (a *API) identify(ctx context.Context, header string) error {
	token, ok := bearertoken.FromHeader(header)
	if !ok {
		return gift.Errorf(gift.EUNAUTHORIZED, "please log in")
	}
	user, login, _, err := a.auth.Identify(ctx, token)
	if err != nil {
		return err
	}
	r := requestFrom(ctx)
	r.actor, r.login = gift.UserID(user), gift.LoginID(login)
	return nil
}
