package api

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/familygifting/tidings/internal/clientip"
	"github.com/familygifting/tidings/internal/localnet"
)

// Proxies says how requests reach the server, and whom to believe about it.
type Proxies struct {
	// PublicURL is the address people use, e.g. https://gifts.example.org.
	// Requests to its host are taken to come by its scheme. Default: none.
	PublicURL *url.URL
	// Trusted are the addresses whose X-Forwarded-Proto and X-Forwarded-For are
	// believed. Default: none.
	Trusted clientip.Proxies
}

// origin finds out how a request came.
func (p Proxies) origin(r *http.Request) origin {
	o := origin{scheme: "http", host: r.Host, client: p.ClientAddress(r), loopback: localnet.Loopback(r.Host)}
	if r.TLS != nil || p.PublicURL != nil && localnet.Origin(p.PublicURL) == localnet.Origin(&url.URL{Scheme: "https", Host: r.Host}) {
		o.scheme = "https"
	}
	if p.Trusted.Trusts(clientip.Peer(r)) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		o.scheme = "https"
	}
	return o
}

// base is the address that the request was sent to.
func (o origin) base() string { return o.scheme + "://" + o.host }

// ClientAddress is the address that a request comes from, behind the proxies
// that are trusted.
func (p Proxies) ClientAddress(r *http.Request) netip.Addr { return p.Trusted.ClientAddress(r) }
