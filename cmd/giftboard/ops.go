package main

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/gift"
)

// healthTimeout is how long storage, or an event on its way, may take before the
// server counts as ill.
const healthTimeout = 3 * time.Second

// ops are the endpoints for who runs the server.
type ops struct {
	// Static after construction.
	log      *slog.Logger
	checks   checks
	guard    service.MetricsGuard
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec

	// leaving is set when the server is about to stop.
	leaving service.Leaving
}

// checks find out how a server is.
type checks struct {
	// storage answers whether the database can be read.
	storage func(context.Context) error
	// canary answers whether an event still comes through: from its commit to
	// the log, by the hub to a session.
	canary func(context.Context) error
}

// pastFullDisk takes a disk that is full for no illness: a restart, which is what an
// ill server gets, makes no room, and readers would lose what goes on.
func pastFullDisk(check func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := check(ctx); gift.CodeOf(err) != gift.EFULL {
			return err
		}
		return nil
	}
}

// newOps reports what the checks find. guard is that of the metrics.
func newOps(log *slog.Logger, checks checks, guard service.MetricsGuard) *ops {
	o := &ops{
		log:      log,
		checks:   checks,
		guard:    guard,
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "giftboard_http_requests_total", Help: "Answered REST requests by route and status.",
		}, []string{"route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "giftboard_http_request_duration_seconds", Help: "How long REST requests took, by route.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"route"}),
	}
	o.registry.MustRegister(o.requests, o.duration, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return o
}

// register adds the endpoints to a mux.
func (o *ops) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", o.health)
	mux.HandleFunc("GET /readyz", o.ready)
	mux.Handle("GET /metrics", o.guard.Guard(promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{})))
}

// observe counts a request.
func (o *ops) observe(pattern string, status int, took time.Duration) {
	if pattern == "" || pattern == "/" {
		pattern = "unmatched"
	}
	o.requests.WithLabelValues(pattern, strconv.Itoa(status)).Inc()
	o.duration.WithLabelValues(pattern).Observe(took.Seconds())
}

// health says that changes still reach the browsers.
func (o *ops) health(w http.ResponseWriter, r *http.Request) {
	o.answer(w, r, o.checks.canary, "events do not come through")
}

// ready says that requests are welcome.
func (o *ops) ready(w http.ResponseWriter, r *http.Request) {
	if !o.leaving.Refuse(w) {
		o.answer(w, r, o.checks.storage, "storage does not answer")
	}
}

func (o *ops) answer(w http.ResponseWriter, r *http.Request, check func(context.Context) error, otherwise string) {
	// The client may go away; others share the answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), healthTimeout)
	defer cancel()
	w.Header().Set("Cache-Control", "no-store")
	if err := check(ctx); err != nil {
		o.log.Error(otherwise, "error", err)
		service.Problem(w, http.StatusServiceUnavailable, "unhealthy", "", otherwise)
		return
	}
	_, _ = w.Write([]byte("ok\n")) // the client is gone if this fails
}
