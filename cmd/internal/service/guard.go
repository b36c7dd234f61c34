package service

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"github.com/familygifting/tidings/internal/bearertoken"
	"github.com/familygifting/tidings/internal/clientip"
	"github.com/familygifting/tidings/internal/localnet"
	"github.com/familygifting/tidings/internal/problem"
)

// MetricsGuard decides which requests may read figures.
type MetricsGuard struct {
	// Token is what a request must carry. Without one a request must come from this
	// machine, by its own name and not by way of a proxy.
	Token string
	// Proxied is whether requests come by way of reverse proxies. A proxy on this
	// machine need not say that it stands between, so the token is needed then.
	Proxied bool
}

// Guard lets through the requests that may read the figures.
func (g MetricsGuard) Guard(metrics http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.admits(r) {
			problem.Answer(w, http.StatusForbidden, "forbidden", "", "metrics are for this machine, or for requests with the token")
			return
		}
		metrics.ServeHTTP(w, r)
	})
}

func (g MetricsGuard) admits(r *http.Request) bool {
	if g.Token != "" {
		key, ok := bearertoken.FromHeader(r.Header.Get("Authorization"))
		// Hashes have one length, so the time says nothing of the token's.
		got, want := sha256.Sum256([]byte(key)), sha256.Sum256([]byte(g.Token))
		return ok && subtle.ConstantTimeCompare(got[:], want[:]) == 1
	}
	// A page from anywhere can have its own name lead to this machine.
	return !g.Proxied && clientip.Peer(r).IsLoopback() && localnet.Loopback(r.Host) && !forwarded(r.Header)
}

// forwarded reports whether a proxy has left a trace, be it an empty one.
func forwarded(h http.Header) bool {
	for name := range h {
		if strings.HasPrefix(name, "X-Forwarded-") || slices.Contains([]string{"Forwarded", "Via", "X-Real-Ip"}, name) {
			return true
		}
	}
	return false
}
