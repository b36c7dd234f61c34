package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// metricsHandler serves the hub's figures, and the process's, to Prometheus.
// Tokens are nil in development, when there is nothing to revoke.
func metricsHandler(hub *realtime.Hub, tokens *jwtauth.Authorizer) http.Handler {
	revocations := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tidings_revocations", Help: "Revocations that are remembered.",
	}, func() float64 {
		if tokens == nil {
			return 0
		}
		return float64(tokens.Revocations())
	})
	registry := prometheus.NewRegistry()
	registry.MustRegister(service.HubMetrics{Hub: hub}, revocations, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
