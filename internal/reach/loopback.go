package reach

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Loopback reports whether a host, with or without a port as in a Host header, can
// only be this very machine.
func Loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// LoopbackOrigin reports whether a page's origin, as browsers send it, can only be
// of this very machine.
func LoopbackOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(origin, Origin(u)) && Loopback(u.Host)
}

// Origin is the origin of the pages at a URL, as browsers send it: in small letters,
// and without the usual port of its scheme.
func Origin(u *url.URL) string {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	usual := map[string]string{"http": ":80", "https": ":443"}[scheme]
	return scheme + "://" + strings.TrimSuffix(host, usual)
}
