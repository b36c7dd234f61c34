package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/internal/intake"
	"github.com/familygifting/tidings/internal/reach"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/ws"
)

// serveCommand is "tidings serve". docs/hub.md lists the flags.
type serveCommand struct {
	Addr string `default:"127.0.0.1:9000" help:"Address to listen on."`
	Dev  bool   `help:"For development, on loopback only: anonymous subscribers, and the publish key \"dev\"."`

	Log         string        `default:"memory" placeholder:"memory|FILE" help:"Where events are kept: in memory, or in a SQLite file."`
	KeepCount   int           `default:"${keep_count}" help:"Events of a topic that stay readable; in a file more for up to a minute."`
	KeepAge     time.Duration `default:"${keep_age}" help:"How long an event stays readable; in a file up to a minute longer."`
	AnswerBytes int           `default:"16777216" help:"Bytes of answers that are kept by their Idempotency-Key, for 24 hours at most; the oldest go first."`

	PublishKey     []string `sep:"none" help:"Key that may publish and revoke. Repeat for several."`
	PublishKeyFile string   `type:"existingfile" help:"File with a publish key on each line."`

	JWTIssuer        string        `name:"jwt-issuer" help:"Who must have issued a subscriber's token (iss)."`
	JWTAudience      string        `name:"jwt-audience" help:"Whom it must be meant for (aud)."`
	JWTLeeway        time.Duration `name:"jwt-leeway" default:"${jwt_leeway}" help:"How far the clocks of issuer and hub may differ; 0 for not at all."`
	JWTMaxLifetime   time.Duration `name:"jwt-max-lifetime" default:"24h" help:"How long a token may live, from iat to exp; 0 for any time, and revocations are remembered for ever."`
	JWTSecretFile    string        `name:"jwt-secret-file" type:"existingfile" help:"File with the secret of HS256."`
	JWTPublicKeyFile string        `name:"jwt-public-key-file" type:"existingfile" help:"PEM file with a public key: RS256, ES256 or EdDSA."`
	JWTKeySet        string        `name:"jwt-jwks-url" help:"URL of a JWK set with the issuer's keys."`
	MaxRevocations   int           `default:"${max_revocations}" help:"Revocations that are remembered; each topic of one counts."`

	AllowedOrigin  []string      `help:"Further origin whose pages may connect, such as https://app.example.com."`
	TrustedProxies []string      `placeholder:"CIDR" help:"Addresses of reverse proxies whose X-Forwarded-For is believed, such as 127.0.0.1."`
	IdleTimeout    time.Duration `default:"1m" help:"How long an HTTP connection may wait for its next request."`
	ReadTimeout    time.Duration `default:"30s" help:"How long an HTTP request may take to arrive whole."`

	authorizeFlags `embed:""`

	engineFlags  `embed:""`
	DrainDelay   time.Duration `default:"5s" help:"How long load balancers get to notice that /readyz is red before a shutdown begins; none with --dev."`
	DrainTimeout time.Duration `default:"20s" help:"Longest that a shutdown takes, the delay included."`

	MetricsToken string     `help:"Bearer token for /metrics; without one only this machine may read them, and with --trusted-proxies nobody."`
	LogLevel     slog.Level `default:"info" help:"What to log: debug, info, warn or error."`
}

// Limits of the HTTP server.
const (
	handshakeTimeout = 5 * time.Second
	maxHeaderBytes   = 16 << 10
	// maxConnections is how many connections there may be that are no session.
	maxConnections = 4096
	// writeTimeout is how long a request may take from its headers to the end of
	// its answer. A WebSocket is not bound by it.
	writeTimeout = time.Minute
	// requestsTime is how long the requests that are under way may take at least
	// when the drain has used up its time.
	requestsTime = time.Second
	// traceTimeout is how long a hub that stops may take to send its last traces.
	traceTimeout = 5 * time.Second
)

// Run implements the command.
func (c *serveCommand) Run() error {
	// After the first signal the next one ends the program at once.
	ctx, stop := service.UntilSignal(os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.serve(ctx, os.Stderr, func(net.Addr) {})
}

// serve runs the hub until ctx ends. Listening is called with the address once
// connections are taken.
func (c *serveCommand) serve(ctx context.Context, logs io.Writer, listening func(net.Addr)) (err error) {
	keys, err := c.keys()
	if err != nil {
		return err
	}
	proxies, err := reach.ParseProxies(c.TrustedProxies)
	if err != nil {
		return fmt.Errorf("--trusted-proxies: %w", err)
	}
	logger := slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: c.LogLevel}))
	journal, err := c.openJournal(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, journal.close()) }()
	// Newcomers are served for a while after the signal, by keys that may be fresh.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	auth, err := c.authorizer(background, journal.revocations(), logger)
	if err != nil {
		return err
	}
	traces, endTraces, err := service.Tracing(ctx, "tidings")
	if err != nil {
		return err
	}
	defer c.endTraces(ctx, endTraces, logger)
	// Pings are the hub's own, so the kernel's keep-alive would only cost.
	listener, err := (&net.ListenConfig{KeepAlive: -1}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return err
	}
	refusals := service.NewRefusals(logger, service.Advice{OriginFlag: "--allowed-origin", PerAddress: "raise --max-per-address, or "})
	forwarded := service.NewProxyWatch(proxies, logger)
	hub := realtime.NewHub(journal, auth.Authorizer, c.options(c.Dev, logger, traces))
	journal.forgetUnused(hub.InUse)
	sockets := ws.NewHandler(hub, c.socketOptions(refusals.SocketOptions(forwarded)))
	leaving := new(service.Leaving)
	routes := c.routes(hub, metricsHandler(hub, journal, auth, refusals), sockets, journal, leaving, logger)
	publish := newPublishHandler(journal, hub, traces, logger)
	routes.Handle("/api/publish", service.Only(http.MethodPost, keys.guard(publish)))
	routes.Handle("/api/withdraw", service.Only(http.MethodPost, keys.guard(publish.withdrawals())))
	routes.Handle("/api/revoke", service.Only(http.MethodPost, keys.guard(&revokeHandler{auth.tokens, hub, logger})))
	server := c.newServer(forwarded.Watch(c.onlyAllowedHosts(routes)), proxies, refusals, logger)
	shortcut, err := sockets.Shortcut(listener, socketPath)
	if err != nil {
		hub.Close()
		return errors.Join(err, listener.Close())
	}
	door := service.Door(shortcut, refusals.Connection)
	logger.Info("tidings is listening", "url", "http://"+listener.Addr().String(), "dev", c.Dev)
	listening(listener.Addr())
	return c.runUntil(ctx, server, door, hub, leaving, logger)
}

// socketOptions adds what the flags say to options of the WebSocket.
func (c *serveCommand) socketOptions(opts ws.Options) ws.Options {
	opts.AllowedOrigins, opts.AllowedHost = c.AllowedOrigin, c.allowedHost()
	if c.Dev {
		opts.AllowOrigin = reach.LoopbackOrigin // where development servers have their pages
	}
	return opts
}

// newServer returns the server of everything that is no session. Nothing of it
// waits without an end for a peer that says nothing.
func (c *serveCommand) newServer(routes http.Handler, proxies reach.Proxies, refusals *service.Refusals, logger *slog.Logger) *http.Server {
	server := &http.Server{
		Handler:           intake.LeaveUnread(routes),
		ReadHeaderTimeout: handshakeTimeout,
		ReadTimeout:       c.ReadTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       c.IdleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	server.ConnState = service.NewConnLimit(service.ConnLimits{
		PerAddress: c.MaxPerAddress, Total: service.ConnRoom(maxConnections), Room: service.SessionRoom(),
		Exempt: proxies, Refused: refusals.Connection,
	}).State
	service.HearAll(server, refusals.Connection)
	return server
}

// runUntil serves until ctx ends, then shuts down politely.
func (c *serveCommand) runUntil(ctx context.Context, server *http.Server, listener net.Listener, hub *realtime.Hub, leaving *service.Leaving, logger *slog.Logger) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var err error
	delay := c.DrainDelay
	select {
	case err = <-failed:
		delay = 0 // nobody comes in any more
	case <-ctx.Done():
	}
	if c.Dev {
		delay = 0 // no balancer stands before it
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.DrainTimeout)
	defer cancel()
	leaving.Begin(end, delay)
	hub.Drain(end)
	return errors.Join(err, c.shutDown(end, server, logger))
}

// shutDown waits for the requests that are under way until end, but for a second
// at least: what publishes may be about to. Then it cuts them off, and says so:
// a body that never comes is its sender's failure, and none of the shutdown's.
func (c *serveCommand) shutDown(end context.Context, server *http.Server, logger *slog.Logger) error {
	if until, _ := end.Deadline(); time.Until(until) < requestsTime {
		var cancel context.CancelFunc
		end, cancel = context.WithTimeout(context.WithoutCancel(end), requestsTime)
		defer cancel()
	}
	err := server.Shutdown(end)
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	logger.Warn("requests that had not ended were cut off", "drain_timeout", c.DrainTimeout)
	return server.Close()
}

// endTraces sends the last traces, if that does not take long.
func (c *serveCommand) endTraces(ctx context.Context, end func(context.Context) error, logger *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), traceTimeout)
	defer cancel()
	if err := end(ctx); err != nil {
		logger.Warn("the last traces were not sent", "error", err)
	}
}

// authorizer returns who decides about subscribers; outside of development that
// goes by tokens, and by what a backend says of topics, if there is one to ask.
func (c *serveCommand) authorizer(ctx context.Context, store jwtauth.Store, logger *slog.Logger) (subscribers, error) {
	if c.Dev {
		return subscribers{Authorizer: anyone{}}, nil
	}
	tokens, err := c.tokens(ctx, store, logger)
	if err != nil {
		return subscribers{}, err
	}
	backend, err := c.authorizeFlags.authorizer(ctx, tokens, logger)
	if err != nil {
		return subscribers{}, err
	}
	if backend == nil {
		return subscribers{tokens, tokens, nil}, nil
	}
	return subscribers{backend, tokens, backend}, nil
}

func (c *serveCommand) tokens(ctx context.Context, store jwtauth.Store, logger *slog.Logger) (*jwtauth.Authorizer, error) {
	issuer := jwtauth.Issuer{Name: c.JWTIssuer, JWKSURL: c.JWTKeySet}
	var err error
	if c.JWTSecretFile != "" {
		if issuer.Secret, err = os.ReadFile(c.JWTSecretFile); err != nil {
			return nil, fmt.Errorf("reading the secret of HS256: %w", err)
		}
		issuer.Secret = bytes.TrimSpace(issuer.Secret)
	}
	if c.JWTPublicKeyFile != "" {
		if issuer.PublicKey, err = os.ReadFile(c.JWTPublicKeyFile); err != nil {
			return nil, fmt.Errorf("reading the public key: %w", err)
		}
	}
	if c.JWTSecretFile+c.JWTPublicKeyFile+c.JWTKeySet == "" {
		return nil, errors.New("nobody could subscribe: set --jwt-secret-file, --jwt-public-key-file or --jwt-jwks-url, or --dev for development")
	}
	leeway := c.JWTLeeway
	if leeway == 0 {
		leeway = -1
	}
	if c.JWTIssuer+c.JWTAudience == "" {
		logger.Warn("every token that is signed by the key is taken, whoever issued it and for whatever: set --jwt-audience, --jwt-issuer or both")
	}
	auth, err := jwtauth.New(ctx, jwtauth.Options{
		Issuers: []jwtauth.Issuer{issuer}, Audience: c.JWTAudience, Leeway: leeway, MaxLifetime: c.JWTMaxLifetime,
		MaxRevocations: c.MaxRevocations, Store: store, Logger: logger,
	})
	if err != nil {
		return nil, fmt.Errorf("setting up authentication: %w", err)
	}
	return auth, nil
}

// checkLoopback refuses an address that others can reach.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", addr, err)
	}
	if reach.Loopback(host) {
		return nil
	}
	return fmt.Errorf("--dev lets anyone read and write, so --addr %s must be a loopback address such as 127.0.0.1:9000", addr)
}

// socketPath is where the WebSocket is.
const socketPath = "/ws"

func (c *serveCommand) routes(hub *realtime.Hub, metrics, sockets http.Handler, journal journal, leaving *service.Leaving, logger *slog.Logger) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/", service.NotFound)
	mux.Handle(socketPath, sockets)
	get := func(path string, handler http.Handler) { mux.Handle(path, service.Only(http.MethodGet, handler)) }
	get("/healthz", healthHandler(hub, journal, logger))
	get("/readyz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !leaving.Refuse(w) {
			_, _ = io.WriteString(w, "ready\n")
		}
	}))
	get("/metrics", service.MetricsGuard{Token: c.MetricsToken, Proxied: len(c.TrustedProxies) > 0}.Guard(metrics))
	return mux
}

// canaryTimeout is how long an event may take through log, hub and session
// before the hub counts as ill.
const canaryTimeout = 3 * time.Second

// healthHandler answers whether events still come through.
func healthHandler(hub *realtime.Hub, journal journal, logger *slog.Logger) http.Handler {
	canary := realtime.NewCanary(hub, func(ctx context.Context, e realtime.Event) ([]realtime.Entry, error) {
		_, entries, err := journal.commit(ctx, once{}, []step{{event: e}}, func([]realtime.Entry) []byte { return nil })
		return entries, err
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), canaryTimeout) // others share the answer
		defer cancel()
		if err := canary.Check(ctx); err != nil {
			logger.Error("the health check failed", "error", err)
			service.Problem(w, http.StatusServiceUnavailable, "unhealthy", "", "events do not come through")
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
}

// anyone is the Authorizer of --dev: everyone may read everything.
type anyone struct{}

func (anyone) Authenticate(context.Context, string) (realtime.Identity, error) {
	return realtime.Identity{}, nil
}

func (anyone) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	return topic, nil
}

func (anyone) Group(_ context.Context, _ realtime.Identity, topic realtime.Topic) string {
	return string(topic)
}
