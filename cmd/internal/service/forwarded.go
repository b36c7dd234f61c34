package service

import (
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/familygifting/tidings/internal/clientip"
	"github.com/familygifting/tidings/internal/sampled"
)

// ProxyWatch finds out where requests come from, and says once a minute in the log
// when a peer that is not trusted sends such headers: with a proxy that is not named,
// all visitors count as one address.
type ProxyWatch struct {
	trusted clientip.Proxies
	lines   *sampled.Log
}

// NewProxyWatch believes the trusted proxies, and none else.
func NewProxyWatch(trusted clientip.Proxies, logger *slog.Logger) *ProxyWatch {
	return &ProxyWatch{trusted, sampled.New(logger)}
}

// ClientNetwork is where a request comes from, as limits count it.
func (p *ProxyWatch) ClientNetwork(r *http.Request) netip.Addr {
	p.look(r)
	return p.trusted.ClientNetwork(r)
}

// Watch looks at every request, and lets it through.
func (p *ProxyWatch) Watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.look(r)
		next.ServeHTTP(w, r)
	})
}

func (p *ProxyWatch) look(r *http.Request) {
	if r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("X-Forwarded-Proto") == "" {
		return
	}
	if peer := clientip.Peer(r); !p.trusted.Trusts(peer) {
		p.lines.Say("untrusted_proxy", "X-Forwarded-For or -Proto came from an address that is not trusted, and is not believed: if it is your proxy's, name it with --trusted-proxies", "address", peer)
	}
}
