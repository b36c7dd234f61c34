package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"go.opentelemetry.io/otel/trace"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/internal/clientip"
	"github.com/familygifting/tidings/internal/intake"
	"github.com/familygifting/tidings/internal/localnet"
	"github.com/familygifting/tidings/internal/problem"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hubapi"
	"github.com/familygifting/tidings/realtime/hublog"
	"github.com/familygifting/tidings/realtime/ws"
)

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
func (c *serveCommand) Run(k *kong.Kong, errs io.Writer) error {
	for _, said := range service.UnknownVariables(k.Model, "TIDINGS_", os.Environ()) {
		c.newLogger(errs).Warn(said)
	}
	// After the first signal the next one ends the program at once.
	ctx, stop := service.UntilSignal(os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.serve(ctx, errs, func(net.Addr) {})
}

func (c *serveCommand) newLogger(w io.Writer) *slog.Logger {
	return service.NewLogger(w, c.LogFormat, c.LogLevel)
}

// parts are what a hub is put together from.
type parts struct {
	logger      *slog.Logger
	keys        *hubapi.Keys
	certificate *service.Certificate // nil for plain HTTP
	proxies     clientip.Proxies
	log         hublog.Log
	auth        subscribers
	traces      trace.TracerProvider // nil for none
}

// readSettings reads what the flags name, and refuses what cannot work, before anything is
// opened.
func (c *serveCommand) readSettings(p *parts) (err error) {
	p.keys = new(hubapi.Keys)
	if err := c.readKeys(p.keys); err != nil {
		return err
	}
	if p.certificate, err = c.certificate(); err != nil {
		return err
	}
	if p.proxies, err = clientip.ParseProxies(c.TrustedProxies); err != nil {
		return fmt.Errorf("--trusted-proxies: %w", err)
	}
	return nil
}

// serve runs the hub until ctx ends. Listening is called with the address once
// connections are taken.
func (c *serveCommand) serve(ctx context.Context, logs io.Writer, listening func(net.Addr)) (err error) {
	p := &parts{logger: c.newLogger(logs)}
	hangups := c.hangups()
	defer signal.Stop(hangups)
	if err := c.readSettings(p); err != nil {
		return err
	}
	if p.log, err = c.openLog(ctx, p.logger); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.log.Close()) }()
	// Newcomers are served for a while after the signal, by keys that may be fresh.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	goOn := context.AfterFunc(ctx, stop) // a signal ends the wait for a key set
	p.auth, err = c.authorizer(background, p.log.Revocations(), p.logger)
	goOn()
	if err != nil {
		return err
	}
	defer onHangup(hangups, p.logger, c.reloads(background, p))()
	traces, endTraces, err := service.Tracing(ctx, "tidings")
	if err != nil {
		return err
	}
	p.traces = traces
	defer c.endTraces(ctx, endTraces, p.logger)
	checking := checkLog(background, p.log, p.logger)
	defer func() { stop(); <-checking }()
	return c.run(ctx, p, listening)
}

// run puts the hub together and serves until ctx ends.
func (c *serveCommand) run(ctx context.Context, p *parts, listening func(net.Addr)) error {
	listener, err := service.Listen(ctx, c.Addr, fs.FileMode(c.SocketMode))
	if err != nil {
		return err
	}
	refusals := service.NewRefusals(p.logger, service.Advice{OriginFlag: "--allowed-origin", PerAddress: "raise --max-per-address, or "})
	forwarded := service.NewProxyWatch(p.proxies, p.logger)
	hub := realtime.NewHub(p.log, p.auth.Authorizer, c.options(c.Dev, p.logger, p.traces))
	p.log.ForgetUnused(hub.InUse)
	sockets := ws.NewHandler(hub, c.socketOptions(refusals.SocketOptions(forwarded)))
	leaving := new(service.Leaving)
	api := hubapi.New(hub, p.log, hubapi.Options{Keys: p.keys, Tokens: p.auth.tokens, MaxPayload: c.MaxPayload, Traces: p.traces, Logger: p.logger})
	routes := c.routes(api, metricsHandler(hub, p.log, p.auth, refusals), sockets, leaving)
	server := c.newServer(forwarded.Watch(c.onlyAllowedHosts(routes)), p.proxies, refusals, p.logger)
	accepting, err := c.wrapListener(listener, sockets, p.certificate, refusals)
	if err != nil {
		hub.Close()
		return errors.Join(err, listener.Close())
	}
	c.announce(listener.Addr(), p.logger)
	listening(listener.Addr())
	return c.runUntil(ctx, server, accepting, hub, leaving, p.logger)
}

// wrapListener returns the listener from which the server takes connections.
func (c *serveCommand) wrapListener(l net.Listener, sockets *ws.Handler, certificate *service.Certificate, refusals *service.Refusals) (net.Listener, error) {
	if certificate != nil { // the upgrade listener reads plain HTTP
		return tls.NewListener(service.SpareListener(l, refusals.Connection), certificate.Config()), nil
	}
	upgrading, err := sockets.UpgradeListener(l, socketPath)
	if err != nil {
		return nil, err
	}
	return service.SpareListener(upgrading, refusals.Connection), nil
}

// announce says where the hub listens, and warns of what lets everybody in.
func (c *serveCommand) announce(addr net.Addr, logger *slog.Logger) {
	url := "http://" + addr.String()
	if c.TLSCertFile != "" {
		url = "https://" + addr.String()
	}
	if path, ok := service.UnixPath(c.Addr); ok {
		url = "unix:" + path
	}
	logger.Info("tidings is listening", "url", url, "version", version, "dev", c.Dev)
	if c.DevAnywhere {
		logger.Warn("--dev-anywhere: everybody who reaches this address may read every topic, and publish with the key \"dev\"; never use it where others can reach it", "url", url)
	}
	if slices.Contains(c.AllowedOrigin, "*") {
		logger.Warn("--allowed-origin \"*\" lets the pages of every site connect: name your own origins, unless tokens alone shall decide")
	}
}

// certificate returns that of the flags, or nil where the hub speaks plain HTTP.
func (c *serveCommand) certificate() (*service.Certificate, error) {
	if c.TLSCertFile == "" {
		return nil, nil
	}
	return service.LoadCertificate(c.TLSCertFile, c.TLSKeyFile)
}

// socketOptions adds what the flags say to options of the WebSocket.
func (c *serveCommand) socketOptions(opts ws.Options) ws.Options {
	opts.AllowedOrigins, opts.AllowedHost = slices.DeleteFunc(slices.Clone(c.AllowedOrigin), isPattern), c.allowedHost()
	opts.AllowOrigin = func(origin string) bool {
		// Development servers have their pages on this machine.
		return c.Dev && localnet.LoopbackOrigin(origin) || matchesPattern(c.AllowedOrigin, origin)
	}
	return opts
}

// newServer returns the server of everything that is no session. Nothing of it
// waits without an end for a peer that says nothing.
func (c *serveCommand) newServer(routes http.Handler, proxies clientip.Proxies, refusals *service.Refusals, logger *slog.Logger) *http.Server {
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
	begun := time.Now()
	logger.Info("tidings is stopping", "why", cmp.Or(err, context.Cause(ctx)), "sessions", hub.Stats().Sessions, "delay", delay, "at_most", c.DrainTimeout)
	defer func() { logger.Info("tidings has stopped", "took", time.Since(begun)) }()
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

// checkLoopback refuses an address that others can reach.
func (c *serveCommand) checkLoopback() error {
	if _, ok := service.UnixPath(c.Addr); ok || c.DevAnywhere {
		return nil
	}
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w", c.Addr, err)
	}
	if localnet.Loopback(host) {
		return nil
	}
	return fmt.Errorf("--dev lets anyone read and write, so --addr %s must be a loopback address such as 127.0.0.1:9000; in a container add --dev-anywhere", c.Addr)
}

// socketPath is where the WebSocket is.
const socketPath = "/ws"

func (c *serveCommand) routes(api *hubapi.API, metrics, sockets http.Handler, leaving *service.Leaving) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/", problem.NotFound)
	mux.Handle(socketPath, sockets)
	api.Register(mux)
	get := func(path string, handler http.Handler) { mux.Handle(path, problem.Only(http.MethodGet, handler)) }
	get("/healthz", api.Health())
	get("/readyz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !leaving.Refuse(w) {
			_, _ = io.WriteString(w, "ready\n")
		}
	}))
	get("/metrics", service.MetricsGuard{Token: c.MetricsToken, Proxied: len(c.TrustedProxies) > 0}.Guard(metrics))
	return mux
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
