package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/familygifting/tidings/realtime"
)

// metricsHandler serves the hub's figures, and the process's, to Prometheus.
func metricsHandler(hub *realtime.Hub) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(hubCollector{hub}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// hubCollector reads a hub's [realtime.Stats] when it is asked.
type hubCollector struct{ hub *realtime.Hub }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("tidings_"+name, help, labels, nil)
}

var (
	sessionsDesc   = describe("sessions", "Sessions open now.")
	topicsDesc     = describe("topics", "Topics with a subscriber on this node.")
	openedDesc     = describe("sessions_opened_total", "Sessions opened.")
	closedDesc     = describe("sessions_closed_total", "Sessions closed, by the name of the close code.", "code")
	eventsDesc     = describe("events_total", "Events sent to a topic's subscribers.")
	deliveriesDesc = describe("deliveries_total", "Events sent, counted once for each subscriber.")
	replayedDesc   = describe("replayed_total", "Events sent on resumes.")
	resyncsDesc    = describe("resyncs_total", "Subscribers told that history was lost.")
	catchUpsDesc   = describe("catch_ups_total", "Times the log was read because a wake-up was lost, late or out of order.")
	signalsDesc    = describe("signals_total", "Signals passed on.")
	lagDesc        = describe("lag_seconds", "Time from an event's timestamp to its last subscriber's socket.")
)

// Describe implements [prometheus.Collector].
func (c hubCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements [prometheus.Collector].
func (c hubCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.hub.Stats()
	gauge := func(d *prometheus.Desc, v int) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(sessionsDesc, s.Sessions)
	gauge(topicsDesc, s.Topics)
	count(openedDesc, s.Opened)
	for code, n := range s.Closed {
		count(closedDesc, n, code.Name())
	}
	count(eventsDesc, s.Events)
	count(deliveriesDesc, s.Deliveries)
	count(replayedDesc, s.Replayed)
	count(resyncsDesc, s.Resyncs)
	count(catchUpsDesc, s.CatchUps)
	count(signalsDesc, s.Signals)
	buckets := make(map[float64]uint64, len(realtime.LagBounds))
	for i, bound := range realtime.LagBounds {
		buckets[bound.Seconds()] = s.Lag.Buckets[i]
	}
	ch <- prometheus.MustNewConstHistogram(lagDesc, s.Lag.Count, s.Lag.Sum.Seconds(), buckets)
}
