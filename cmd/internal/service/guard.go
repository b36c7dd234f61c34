package service

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"github.com/familygifting/tidings/internal/reach"
)

// GuardMetrics lets in who has the token; without a token, who asks from this
// machine and not by way of a proxy.
func GuardMetrics(token string, metrics http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !mayReadMetrics(token, r) {
			http.Error(w, "metrics are for this machine, or for who has the token", http.StatusForbidden)
			return
		}
		metrics.ServeHTTP(w, r)
	})
}

func mayReadMetrics(token string, r *http.Request) bool {
	if token != "" {
		// Hashes have one length, so the time tells nothing of the token's.
		got, want := sha256.Sum256([]byte(r.Header.Get("Authorization"))), sha256.Sum256([]byte("Bearer "+token))
		return subtle.ConstantTimeCompare(got[:], want[:]) == 1
	}
	forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
	return reach.Peer(r).IsLoopback() && !forwarded
}
