package main

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyTimeout is how long storage may take to answer before it counts as down.
const readyTimeout = 2 * time.Second

// ops are the endpoints for who runs the server.
type ops struct {
	// Static after construction.
	check    func(context.Context) error
	token    string
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec

	// leaving is set when the server is about to stop.
	leaving atomic.Bool
}

// newOps reports ready as long as check does. token guards the metrics.
func newOps(check func(context.Context) error, token string) *ops {
	o := &ops{
		check:    check,
		token:    token,
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
	metrics := promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if !o.mayReadMetrics(r) {
			http.Error(w, "metrics are for this machine, or for who has the token", http.StatusForbidden)
			return
		}
		metrics.ServeHTTP(w, r)
	})
}

// observe counts a request.
func (o *ops) observe(pattern string, status int, took time.Duration) {
	if pattern == "" || pattern == "/" {
		pattern = "unmatched"
	}
	o.requests.WithLabelValues(pattern, strconv.Itoa(status)).Inc()
	o.duration.WithLabelValues(pattern).Observe(took.Seconds())
}

// health says that the process is alive and storage answers.
func (o *ops) health(w http.ResponseWriter, r *http.Request) { o.answer(w, r, false) }

// ready says that requests are welcome.
func (o *ops) ready(w http.ResponseWriter, r *http.Request) { o.answer(w, r, o.leaving.Load()) }

func (o *ops) answer(w http.ResponseWriter, r *http.Request, refuse bool) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case refuse:
		http.Error(w, "stopping", http.StatusServiceUnavailable)
	case o.check(ctx) != nil:
		http.Error(w, "storage does not answer", http.StatusServiceUnavailable)
	default:
		_, _ = w.Write([]byte("ok\n")) // the client is gone if this fails
	}
}

// mayReadMetrics lets in who has the token; without a token, who asks from this
// machine and not by way of a proxy.
func (o *ops) mayReadMetrics(r *http.Request) bool {
	if o.token != "" {
		want := "Bearer " + o.token
		return subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte(want)) == 1
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
	return err == nil && peer.Addr().Unmap().IsLoopback() && !forwarded
}
