package hubapi

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/familygifting/tidings/realtime/httpauth"
	"github.com/familygifting/tidings/realtime/hublog"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// Collectors are the figures of the hub's log, its tokens and its backend; tokens and
// backend may be nil. Those of the hub itself, and of the process, are not among them.
func Collectors(log hublog.Log, tokens *jwtauth.Authorizer, backend *httpauth.Authorizer) []prometheus.Collector {
	revocations := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tidings_revocations", Help: "Revocations that are remembered.",
	}, func() float64 {
		if tokens == nil {
			return 0
		}
		return float64(tokens.Revocations())
	})
	topics := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tidings_log_topics", Help: "Topics that the log knows.",
	}, func() float64 { return countTopics(log) })
	return []prometheus.Collector{revocations, topics, authorizeMetrics{backend}}
}

// countTimeout is how long the log may take to count its topics.
const countTimeout = 5 * time.Second

// countTopics returns how many topics the log knows; no number when it cannot say.
func countTopics(log hublog.Log) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), countTimeout)
	defer cancel()
	n, err := log.CountTopics(ctx)
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
