package service

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"github.com/familygifting/tidings/internal/reach"
)

// MetricsGuard protects the figures.
type MetricsGuard struct {
	// Token is what a client needs. Without one, clients on this machine may read
	// the figures, by a loopback name and without a proxy.
	Token string
	// Proxied is whether requests come by way of reverse proxies. A proxy on this
	// machine need not say that it stands between, so the token is needed then.
	Proxied bool
}

// Guard refuses a request that may not read the figures.
func (g MetricsGuard) Guard(metrics http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.admits(r) {
			Problem(w, http.StatusForbidden, "forbidden", "", "metrics are for this machine, or for clients with the metrics token")
			return
		}
		metrics.ServeHTTP(w, r)
	})
}

func (g MetricsGuard) admits(r *http.Request) bool {
	if g.Token != "" {
		key, ok := reach.Bearer(r.Header.Get("Authorization"))
		// Hashes have one length, so the time tells nothing of the token's.
		got, want := sha256.Sum256([]byte(key)), sha256.Sum256([]byte(g.Token))
		return ok && subtle.ConstantTimeCompare(got[:], want[:]) == 1
	}
	// A page from anywhere can have its own name lead to this machine.
	return !g.Proxied && reach.Peer(r).IsLoopback() && reach.Loopback(r.Host) && !forwarded(r.Header)
}

// forwarded reports whether a proxy has added a header, even an empty one.
func forwarded(h http.Header) bool {
	for name := range h {
		if strings.HasPrefix(name, "X-Forwarded-") || slices.Contains([]string{"Forwarded", "Via", "X-Real-Ip"}, name) {
			return true
		}
	}
	return false
}
