package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hubapi"
	"github.com/familygifting/tidings/realtime/hublog"
)

// metricsHandler serves the hub's figures, and the process's, to Prometheus.
func metricsHandler(hub *realtime.Hub, log hublog.Log, auth subscribers, refusals *service.Refusals) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(service.HubMetrics{Hub: hub}, refusals, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(hubapi.Collectors(log, auth.tokens, auth.backend)...)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
