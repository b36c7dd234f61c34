package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"go.opentelemetry.io/otel/trace"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/api"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/internal/clientip"
	"github.com/familygifting/tidings/internal/intake"
	"github.com/familygifting/tidings/internal/localnet"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
	"github.com/familygifting/tidings/realtime/ws"
	"github.com/familygifting/tidings/web"
)

// Limits of the HTTP server.
const (
	// readHeaderTimeout is how long a client may take for its headers.
	readHeaderTimeout = 5 * time.Second
	// readTimeout is how long it may take for a whole request.
	readTimeout = 30 * time.Second
	// writeTimeout is how long an answer may take.
	writeTimeout = 60 * time.Second
	// idleTimeout is how long a connection may wait for its next request.
	idleTimeout = 2 * time.Minute
	// maxHeaderBytes is the most bytes of a request's headers.
	maxHeaderBytes = 16 << 10
	// maxConnections is how many connections there may be that are no live updates.
	maxConnections = 2048
)

// traceTimeout is how long a server that stops may take to send its last traces.
const traceTimeout = 5 * time.Second

// drainWindow is the time over which the browsers of a server that stops come
// back. A family's server is back at once, and they are few.
const drainWindow = 2 * time.Second

// server is a running dashboard.
type server struct {
	// Static after construction.
	flags    serverFlags
	log      *slog.Logger
	listener net.Listener
	lock     *flock.Flock
	store    *store.Store
	events   *sqllog.Log
	hub      *realtime.Hub
	auth     *api.Auth
	ops      *ops
	http     *http.Server
	// setupToken is the token of the setup link, "" if there is an account.
	setupToken string

	// traces is where spans go, nil for nowhere; endTraces sends what is left.
	traces    trace.TracerProvider
	endTraces func(context.Context) error

	background sync.WaitGroup
	stop       context.CancelFunc
}

// newServer opens everything and listens, but does not serve yet. The seeds
// fill the database before anybody sees it.
func newServer(ctx context.Context, flags serverFlags, log *slog.Logger, seeds ...func(context.Context, *store.Store) error) (_ *server, err error) {
	s := &server{flags: flags, log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	options, err := s.occupy(ctx)
	if err != nil {
		return nil, err
	}
	if s.traces, s.endTraces, err = service.Tracing(ctx, "giftboard"); err != nil {
		return nil, err
	}
	changes := feed.New()
	if err := s.openStore(ctx, changes); err != nil {
		return nil, err
	}
	// Only now: a secret without a database is what is left of a family.
	if options.Secret, err = api.LoadSecret(s.flags.Data); err != nil {
		return nil, err
	}
	for _, seed := range seeds {
		if err := seed(ctx, s.store); err != nil {
			return nil, err
		}
	}
	if err := s.offerSetup(ctx); err != nil {
		return nil, err
	}
	options.SetupToken = s.setupToken
	options.OnLoginEnd = func(login string) { s.hub.EndSession(login) }
	if s.auth, err = api.NewAuth(s.store, options); err != nil {
		return nil, err
	}
	s.openHub()
	changes.Connect(s.hub)
	return s, s.openHTTP(options.Proxies)
}

// openHub begins the hub. Its sweep ends the logins that another process has
// ended, by the hub itself.
func (s *server) openHub() {
	opened := make(chan struct{})
	defer close(opened)
	s.hub = realtime.NewHub(s.events, feed.NewAuthorizer(s.store, s.authenticate), realtime.Options{
		Logger: s.log, DrainWindow: drainWindow, Traces: s.traces,
		Sweep: func(ctx context.Context) error { <-opened; return s.auth.NoticeEnded(ctx) },
	})
}

// occupy takes the data directory and the address, and returns what that and
// the flags say of accounts.
func (s *server) occupy(ctx context.Context) (options api.AuthOptions, err error) {
	if options, err = s.authOptions(); err != nil {
		return options, err
	}
	if err := s.flags.prepare(); err != nil {
		return options, err
	}
	if s.lock, err = s.flags.lock(); err != nil {
		return options, err
	}
	if err := s.flags.checkFounding(); err != nil {
		return options, err
	}
	if s.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", s.flags.Addr); err != nil {
		return options, err
	}
	options.Base = s.base()
	return options, nil
}

// authOptions checks the flags that accounts depend on.
func (s *server) authOptions() (options api.AuthOptions, err error) {
	options.Logger, options.InsecureLAN = s.log, s.flags.InsecureLAN
	if options.Proxies.PublicURL, err = s.flags.publicURL(); err != nil {
		return options, err
	}
	options.Proxies.Trusted, err = s.flags.proxies()
	return options, err
}

// base is the address of the server where it has no public one: in the local
// network if passwords may cross that, else on this machine.
func (s *server) base() string {
	if lan := lanBase(s.listener.Addr()); lan != "" && s.flags.InsecureLAN {
		return lan
	}
	return localBase(s.listener.Addr())
}

// openStore opens the database and, in the same file, the log of events.
func (s *server) openStore(ctx context.Context, hook store.Hook) (err error) {
	s.store, err = store.Open(ctx, s.flags.database(), store.Options{Hook: hook, Migrate: migrateLog, Logger: s.log})
	if err != nil {
		return err
	}
	s.events, err = sqllog.Open(ctx, s.store.ReadDB(), sqllog.Options{})
	return err
}

// migrateLog prepares the log's tables. In a restored backup it starts a new
// history.
func migrateLog(ctx context.Context, db *sql.DB) error {
	if err := sqllog.Migrate(ctx, db); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("looking for a restored backup: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	restored, err := store.Restored(ctx, tx)
	if err != nil || !restored {
		return err
	}
	if _, err := sqllog.NewEpoch(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// offerSetup makes a setup token while there is no account.
func (s *server) offerSetup(ctx context.Context) error {
	_, err := s.store.Family(ctx)
	if gift.CodeOf(err) == gift.ENOTFOUND {
		s.setupToken, err = rand.Text(), nil
	}
	return err
}

// authenticate returns whose token it is.
func (s *server) authenticate(ctx context.Context, token string) (realtime.Identity, error) {
	user, login, expires, err := s.auth.Identify(ctx, token)
	switch {
	case errors.Is(err, api.ErrTokenExpired):
		return realtime.Identity{}, &realtime.Error{Code: realtime.CodeTokenExpired, Message: "the access token has expired"}
	case gift.CodeOf(err) == gift.EUNAUTHORIZED:
		return realtime.Identity{}, &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "please log in again"}
	case err != nil:
		return realtime.Identity{}, err
	}
	return realtime.Identity{User: user, Session: login, Expires: expires}, nil
}

// openHTTP puts the handlers together.
func (s *server) openHTTP(proxies api.Proxies) error {
	origins, err := s.flags.origins()
	if err != nil {
		return err
	}
	if proxies.PublicURL != nil { // whatever a proxy makes of the Host
		origins = append(origins, localnet.Origin(proxies.PublicURL))
	}
	canary := realtime.NewCanary(s.hub, s.appendEvent)
	s.ops = newOps(s.log, checks{storage: s.store.Ready, canary: pastFullDisk(canary.Check)},
		service.MetricsGuard{Token: s.flags.MetricsToken, Proxied: len(s.flags.TrustedProxies) > 0})
	refusals := service.NewRefusals(s.log, service.Advice{OriginFlag: "--allowed-origins", PerAddress: "raise --max-per-address, or "})
	forwarded := service.NewProxyWatch(proxies.Trusted, s.log)
	s.listener = service.SpareListener(s.listener, refusals.Connection)
	s.ops.registry.MustRegister(service.HubMetrics{Hub: s.hub}, refusals)
	rest, err := api.New(s.store, s.auth, api.Options{AllowedOrigins: origins, Logger: s.log, Observe: s.ops.observe, Traces: s.traces})
	if err != nil {
		return err
	}
	ui, err := web.Handler()
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", rest)
	sockets := refusals.SocketOptions(forwarded)
	sockets.AllowedOrigins = origins
	mux.Handle("GET /ws", ws.NewHandler(s.hub, sockets))
	s.ops.register(mux)
	mux.Handle("/", ui)
	s.http = s.newHTTP(intake.LeaveUnread(forwarded.Watch(mux)), proxies.Trusted, refusals.Connection)
	service.HearAll(s.http, refusals.Connection)
	return nil
}

// newHTTP returns the server of everything, with its limits.
func (s *server) newHTTP(handler http.Handler, trusted clientip.Proxies, refused func(address, reason string)) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		ConnState: service.NewConnLimit(service.ConnLimits{
			PerAddress: s.flags.MaxPerAddress, Total: service.ConnRoom(maxConnections), Room: service.SessionRoom(),
			Exempt: trusted, Refused: refused,
		}).State,
	}
}

// appendEvent commits an event that is about no change.
func (s *server) appendEvent(ctx context.Context, e realtime.Event) (entries []realtime.Entry, err error) {
	err = s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		entries, err = sqllog.Append(ctx, tx, []realtime.Event{e})
		return err
	})
	return entries, err
}

// serve answers requests until ctx ends, then stops politely.
func (s *server) serve(ctx context.Context) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.background.Go(func() { s.removeOld(background) })
	s.background.Go(func() { s.checkDatabase(background) })
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.listener) }()
	select {
	case err := <-failed:
		return errors.Join(err, s.close())
	case <-ctx.Done():
	}
	begun := time.Now()
	s.log.Info("giftboard is stopping", "why", context.Cause(ctx), "delay", s.flags.DrainDelay, "at_most", s.flags.DrainTimeout)
	defer func() { s.log.Info("giftboard has stopped", "took", time.Since(begun)) }()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.flags.DrainTimeout)
	defer cancel()
	s.ops.leaving.Begin(ctx, s.flags.DrainDelay)
	s.hub.Drain(ctx)
	err := s.http.Shutdown(ctx)
	<-failed
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("some requests were cut off", "after", s.flags.DrainTimeout)
		err = nil
	}
	return errors.Join(err, s.close())
}

// close ends what is still open. It needs no order from its caller.
func (s *server) close() error {
	var errs []error
	if s.stop != nil {
		s.stop()
		s.background.Wait()
	}
	if s.http != nil {
		errs = append(errs, s.http.Close())
	}
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.hub != nil {
		s.hub.Close()
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.endTraces != nil {
		ctx, cancel := context.WithTimeout(context.Background(), traceTimeout)
		defer cancel()
		if err := s.endTraces(ctx); err != nil {
			s.log.Warn("the last traces were not sent", "error", err)
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
