package api

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Proxies says how requests reach the server, and whom to believe about it.
type Proxies struct {
	// PublicURL is the address people use, e.g. https://gifts.example.org.
	// Requests to its host are taken to come by its scheme. Default: none.
	PublicURL *url.URL
	// Trusted are the addresses whose X-Forwarded-Proto and X-Forwarded-For are
	// believed. Default: none.
	Trusted []netip.Prefix
}

// origin finds out how a request came.
func (p Proxies) origin(r *http.Request) origin {
	o := origin{scheme: "http", host: r.Host, client: peer(r)}
	if r.TLS != nil || p.PublicURL != nil && p.PublicURL.Scheme == "https" && strings.EqualFold(p.PublicURL.Host, r.Host) {
		o.scheme = "https"
	}
	if p.trusts(o.client) {
		if strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
			o.scheme = "https"
		}
		if client, ok := p.forwardedFor(r); ok {
			o.client = client
		}
	}
	o.loopback = isLoopbackHost(r.Host)
	return o
}

// forwardedFor returns the last address in X-Forwarded-For that is no proxy of ours.
func (p Proxies) forwardedFor(r *http.Request) (netip.Addr, bool) {
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return netip.Addr{}, false
		}
		if addr = addr.Unmap(); !p.trusts(addr) {
			return addr, true
		}
	}
	return netip.Addr{}, false
}

func (p Proxies) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(p.Trusted, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Addr().Unmap()
}

// isLoopbackHost reports whether a Host header names this very machine.
func isLoopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// base is the address that the request was sent to.
func (o origin) base() string { return o.scheme + "://" + o.host }

// ClientAddress is the address that a request comes from, behind the proxies
// that are trusted.
func (p Proxies) ClientAddress(r *http.Request) netip.Addr { return p.origin(r).client }
