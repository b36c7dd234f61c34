package service

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/familygifting/tidings/internal/sampled"
	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime/ws"
)

// Reasons of refusals besides those of [ws.Reasons].
const (
	// RefusedDescriptors is when no descriptor was left, not even to read what a
	// connection has to say. Handshakes are refused for the same reason earlier.
	RefusedDescriptors = "no_descriptors"
	// RefusedConnections is when an address has too many connections that are no
	// session.
	RefusedConnections = "too_many_connections"
)

// maxLogged is how many bytes of a header a line of the log repeats.
const maxLogged = 128

// Refusals counts what does not become a session, and says why in the log, once a
// minute for each reason, with what to do about it.
type Refusals struct {
	lines  *sampled.Log
	advice map[string]string // static
	counts map[string]*atomic.Uint64
}

// Advice is what differs between the programs in what they advise.
type Advice struct {
	// OriginFlag allows the pages of another origin.
	OriginFlag string
	// PerAddress says how to allow more connections of an address.
	PerAddress string
}

// NewRefusals returns refusals that are logged by logger.
func NewRefusals(logger *slog.Logger, a Advice) *Refusals {
	perAddress := "an address has too many connections: " + a.PerAddress + "if it is a proxy's, name it with --trusted-proxies"
	r := &Refusals{lines: sampled.New(logger), counts: make(map[string]*atomic.Uint64), advice: map[string]string{
		"forbidden_origin":   "a page's origin is not allowed: allow it with " + a.OriginFlag + ", or let the proxy keep the Host, port included",
		"token_in_url":       "a client has a token in its URL, where logs keep it: send it with the action auth",
		"wrong_host":         "a request names another host: with --dev it must be a loopback one, such as localhost",
		"too_many_sessions":  perAddress,
		RefusedConnections:   perAddress,
		RefusedDescriptors:   "no file descriptors are left for sessions: raise the limit (ulimit -n, LimitNOFILE= of systemd)",
		RefusedUnheard:       "over a connection came no proper request: it spoke TLS to a plain port, had too large headers, or was too slow",
		"drain":              "newcomers are refused, since the server stops",
		"upgrade_required":   "a request for the WebSocket asks for no upgrade: a proxy must pass on the headers Upgrade and Connection",
		"method_not_allowed": "a request for the WebSocket is no GET",
		"bad_request":        "a WebSocket handshake has no proper Sec-WebSocket-Key, or has a body",
		"http_version":       "a WebSocket handshake came by another version than HTTP/1.1: let the proxy use that one",
	}}
	for reason := range r.advice {
		r.counts[reason] = new(atomic.Uint64)
	}
	return r
}

// Handshake takes a request that did not become a session: see
// [ws.Options.Refused].
func (r *Refusals) Handshake(request *http.Request, reason string) {
	r.refuse(reason, "address", request.RemoteAddr, "host", strictjson.Clip(request.Host, maxLogged), "origin", strictjson.Clip(request.Header.Get("Origin"), maxLogged))
}

// Connection takes a connection that was closed before it said anything.
func (r *Refusals) Connection(address, reason string) { r.refuse(reason, "address", address) }

func (r *Refusals) refuse(reason string, attrs ...any) {
	count, known := r.counts[reason]
	if !known {
		return // there is a test that all are known
	}
	count.Add(1)
	r.lines.Say(reason, r.advice[reason], attrs...)
}

var refusalsDesc = describe("refusals_total", "Connections that did not become sessions, by reason.", "reason")

// Describe implements [prometheus.Collector].
func (r *Refusals) Describe(ch chan<- *prometheus.Desc) { ch <- refusalsDesc }

// Collect implements [prometheus.Collector].
func (r *Refusals) Collect(ch chan<- prometheus.Metric) {
	for reason, n := range r.counts {
		ch <- prometheus.MustNewConstMetric(refusalsDesc, prometheus.CounterValue, float64(n.Load()), reason)
	}
}

// SocketOptions are those of the WebSocket's handler that both programs share.
func (r *Refusals) SocketOptions(proxies *ProxyWatch) ws.Options {
	return ws.Options{ClientAddress: proxies.ClientNetwork, Room: SessionRoom(), Refused: r.Handshake}
}
