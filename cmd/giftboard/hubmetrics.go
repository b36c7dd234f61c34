package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/familygifting/tidings/realtime"
)

// hubMetrics reads a hub's counters when they are asked for.
type hubMetrics struct{ hub *realtime.Hub }

// hubCounters are the metrics of a hub, each with how to read it.
var hubCounters = []struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(realtime.Stats) uint64
}{
	{desc("sessions", "Open WebSocket sessions."), prometheus.GaugeValue, func(s realtime.Stats) uint64 { return uint64(max(0, s.Sessions)) }},
	{desc("topics", "Topics with subscribers."), prometheus.GaugeValue, func(s realtime.Stats) uint64 { return uint64(max(0, s.Topics)) }},
	{desc("sessions_opened_total", "WebSocket sessions since the start."), prometheus.CounterValue, func(s realtime.Stats) uint64 { return s.Opened }},
	{desc("sessions_slow_total", "Sessions closed because they read too slowly."), prometheus.CounterValue, func(s realtime.Stats) uint64 { return s.Closed[realtime.CloseSlowConsumer] }},
	{desc("events_total", "Events sent to the subscribers of a topic."), prometheus.CounterValue, func(s realtime.Stats) uint64 { return s.Events }},
	{desc("deliveries_total", "What those made over all subscribers."), prometheus.CounterValue, func(s realtime.Stats) uint64 { return s.Deliveries }},
	{desc("replayed_total", "Events sent again to sessions that resumed."), prometheus.CounterValue, func(s realtime.Stats) uint64 { return s.Replayed }},
	{desc("resyncs_total", "Subscribers told to fetch afresh."), prometheus.CounterValue, func(s realtime.Stats) uint64 { return s.Resyncs }},
}

var hubLag = desc("lag_seconds", "From an event's commit until all subscribers had it.")

func desc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("giftboard_realtime_"+name, help, nil, nil)
}

// watchHub adds a hub to the metrics.
func (o *ops) watchHub(hub *realtime.Hub) { o.registry.MustRegister(hubMetrics{hub}) }

// Describe implements prometheus.Collector.
func (m hubMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, c := range hubCounters {
		out <- c.desc
	}
	out <- hubLag
}

// Collect implements prometheus.Collector.
func (m hubMetrics) Collect(out chan<- prometheus.Metric) {
	stats := m.hub.Stats()
	for _, c := range hubCounters {
		out <- prometheus.MustNewConstMetric(c.desc, c.kind, float64(c.read(stats)))
	}
	buckets := make(map[float64]uint64, len(realtime.LagBounds))
	for i, bound := range realtime.LagBounds {
		buckets[bound.Seconds()] = stats.Lag.Buckets[i]
	}
	out <- prometheus.MustNewConstHistogram(hubLag, stats.Lag.Count, stats.Lag.Sum.Seconds(), buckets)
}
