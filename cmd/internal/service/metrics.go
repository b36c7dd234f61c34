package service

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/familygifting/tidings/realtime"
)

// HubMetrics is a [prometheus.Collector] that reads a hub's [realtime.Stats] when
// it is asked. docs/operations.md says what each figure is good for.
type HubMetrics struct{ Hub *realtime.Hub }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("tidings_"+name, help, labels, nil)
}

var (
	sessionsDesc   = describe("sessions", "Sessions open now.")
	stalledDesc    = describe("sessions_stalled", "Sessions whose reader does not take what waits for it.")
	topicsDesc     = describe("topics", "Topics with a subscriber on this node.")
	openedDesc     = describe("sessions_opened_total", "Sessions opened.")
	closedDesc     = describe("sessions_closed_total", "Sessions closed, by the name of the close code.", "code")
	eventsDesc     = describe("events_total", "Events sent to a topic's subscribers.")
	deliveriesDesc = describe("deliveries_total", "Events sent, counted once for each subscriber.")
	replayedDesc   = describe("replayed_total", "Events sent on resumes.")
	resyncsDesc    = describe("resyncs_total", "Subscribers told that history was lost.")
	catchUpsDesc   = describe("catch_ups_total", "Times the log was read because a wake-up was lost, late or out of order.")
	holdsDesc      = describe("holds_total", "Times that events were held back, since nobody knew what had ended.")
	signalsDesc    = describe("signals_total", "Signals passed on.")
	lagDesc        = describe("lag_seconds", "Time from an event's commit until it was written to its last subscriber.")
)

// Describe implements [prometheus.Collector].
func (m HubMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		sessionsDesc, stalledDesc, topicsDesc, openedDesc, closedDesc, eventsDesc, deliveriesDesc,
		replayedDesc, resyncsDesc, catchUpsDesc, holdsDesc, signalsDesc, lagDesc,
	} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (m HubMetrics) Collect(ch chan<- prometheus.Metric) {
	s := m.Hub.Stats()
	gauge := func(d *prometheus.Desc, v int) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(sessionsDesc, s.Sessions)
	gauge(stalledDesc, s.Stalled)
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
	count(holdsDesc, s.Holds)
	count(signalsDesc, s.Signals)
	buckets := make(map[float64]uint64, len(realtime.LagBounds))
	for i, bound := range realtime.LagBounds {
		buckets[bound.Seconds()] = s.Lag.Buckets[i]
	}
	ch <- prometheus.MustNewConstHistogram(lagDesc, s.Lag.Count, s.Lag.Sum.Seconds(), buckets)
}
