// Package reach finds out how a request has reached a server: from whom, behind
// which proxies, and by which name of the machine.
package reach

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks whose X-Forwarded-For is believed. None are the zero
// value.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks such as 10.0.0.0/8.
func ParseProxies(texts []string) (Proxies, error) {
	var proxies Proxies
	for _, text := range texts {
		if addr, err := netip.ParseAddr(text); err == nil {
			addr = addr.Unmap()
			proxies = append(proxies, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network like 10.0.0.0/8", text)
		}
		proxies = append(proxies, prefix.Masked())
	}
	return proxies, nil
}

// Trusts reports whether the address is a proxy's.
func (p Proxies) Trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
}

// Peer is the address at the other end of the request's connection, invalid where
// there is no telling.
func Peer(r *http.Request) netip.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return from.Addr().Unmap().WithZone("")
}

// ClientAddress is the address that the request comes from: the connection's,
// or, where that is a proxy's, the last one in X-Forwarded-For that is none. It
// is invalid where there is no telling. Some proxies name a port, too.
func (p Proxies) ClientAddress(r *http.Request) netip.Addr {
	peer := Peer(r)
	if !p.Trusts(peer) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if hop = strings.TrimSpace(hop); hop == "" {
			continue // an empty element says nothing (RFC 9110, section 5.6.1)
		}
		addr, ok := parseHop(hop)
		if !ok {
			return peer // what stands before it may be anyone's invention
		}
		if addr = addr.Unmap().WithZone(""); !p.Trusts(addr) {
			return addr
		}
	}
	return peer
}

// ClientNetwork is the [Network] of the client's address, by which it is counted.
func (p Proxies) ClientNetwork(r *http.Request) netip.Addr { return Network(p.ClientAddress(r)) }

// parseHop reads 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1] and
// [2001:db8::1]:80.
func parseHop(hop string) (netip.Addr, bool) {
	if from, err := netip.ParseAddrPort(hop); err == nil {
		return from.Addr(), true
	}
	if inner, ok := strings.CutPrefix(hop, "["); ok {
		if hop, ok = strings.CutSuffix(inner, "]"); !ok {
			return netip.Addr{}, false
		}
	}
	addr, err := netip.ParseAddr(hop)
	return addr, err == nil
}
