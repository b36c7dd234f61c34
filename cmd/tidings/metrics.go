package main

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/httpauth"
)

// metricsHandler serves the hub's figures, and the process's, to Prometheus.
// In development there are no tokens, and so there is nothing to revoke.
func metricsHandler(hub *realtime.Hub, journal journal, auth subscribers, refusals *service.Refusals) http.Handler {
	revocations := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tidings_revocations", Help: "Revocations that are remembered.",
	}, func() float64 {
		if auth.tokens == nil {
			return 0
		}
		return float64(auth.tokens.Revocations())
	})
	topics := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tidings_log_topics", Help: "Topics that the log knows.",
	}, func() float64 { return countTopics(journal) })
	registry := prometheus.NewRegistry()
	registry.MustRegister(service.HubMetrics{Hub: hub}, revocations, topics, authorizeMetrics{auth.backend}, refusals, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// countTimeout is how long the log may take to count its topics.
const countTimeout = 5 * time.Second

// countTopics returns how many topics the log knows; no number when it cannot say.
func countTopics(journal journal) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), countTimeout)
	defer cancel()
	n, err := journal.knownTopics(ctx)
	if err != nil {
		return math.NaN()
	}
	return float64(n)
}

// authorizeMetrics is a [prometheus.Collector] of the questions to the backend that
// decides about topics. Without one they stay 0.
type authorizeMetrics struct{ backend *httpauth.Authorizer }

var (
	authorizationsDesc = prometheus.NewDesc("tidings_authorizations_total", "Questions of who may read a topic, by what became of them.", []string{"outcome"}, nil)
	authorizingDesc    = prometheus.NewDesc("tidings_authorizations_pending", "Such questions that are under way, or wait for their turn.", nil, nil)
	authorizedDesc     = prometheus.NewDesc("tidings_authorizations_remembered", "Answers to them that are remembered.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (m authorizeMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{authorizationsDesc, authorizingDesc, authorizedDesc} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (m authorizeMetrics) Collect(ch chan<- prometheus.Metric) {
	var s httpauth.Stats
	if m.backend != nil {
		s = m.backend.Stats()
	}
	for _, outcome := range httpauth.Outcomes {
		ch <- prometheus.MustNewConstMetric(authorizationsDesc, prometheus.CounterValue, float64(s.Outcomes[outcome]), string(outcome))
	}
	ch <- prometheus.MustNewConstMetric(authorizingDesc, prometheus.GaugeValue, float64(s.Calls))
	ch <- prometheus.MustNewConstMetric(authorizedDesc, prometheus.GaugeValue, float64(s.Entries))
}
