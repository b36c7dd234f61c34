package hubapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"sync/atomic"

	"github.com/familygifting/tidings/internal/bearertoken"
	"github.com/familygifting/tidings/internal/problem"
)

// Keys are the publish keys that count at the moment. The zero value has none. All
// methods may be called from any goroutine.
type Keys struct {
	hashes atomic.Pointer[[][sha256.Size]byte]
}

// Set replaces the keys.
func (k *Keys) Set(keys []string) {
	hashes := make([][sha256.Size]byte, len(keys))
	for i, key := range keys {
		hashes[i] = sha256.Sum256([]byte(key))
	}
	k.hashes.Store(&hashes)
}

// guard lets requests through that carry one of the keys.
func (k *Keys) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !k.Admit(r) {
			w.Header().Set("Connection", "close") // else the answer would wait for the body
			w.Header().Set("WWW-Authenticate", `Bearer realm="publish"`)
			problem.Answer(w, http.StatusUnauthorized, "unauthorized", "", "a valid publish key is needed: Authorization: Bearer KEY")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Admit reports whether the request carries one of the keys. It takes as long
// whichever it is, and where none is.
func (k *Keys) Admit(r *http.Request) bool {
	key, ok := bearertoken.FromHeader(r.Header.Get("Authorization"))
	hashes := k.hashes.Load()
	if !ok || hashes == nil {
		return false
	}
	sum := sha256.Sum256([]byte(key))
	found := 0
	for i := range *hashes {
		found |= subtle.ConstantTimeCompare(sum[:], (*hashes)[i][:])
	}
	return found == 1
}
