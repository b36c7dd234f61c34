package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/realtime"
)

// metricsHandler serves the hub's figures, and the process's, to Prometheus.
func metricsHandler(hub *realtime.Hub) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(service.HubMetrics{Hub: hub}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
