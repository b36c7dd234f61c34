package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/internal/bearertoken"
)

// minPublishKey is the fewest bytes of a publish key outside of development.
const minPublishKey = 16

// publishKeys are the hashes of the keys by which an app's server is known.
type publishKeys [][sha256.Size]byte

// publishGuard lets publishers in by the keys that count at the moment.
type publishGuard struct{ keys atomic.Pointer[publishKeys] }

// newPublishGuard returns the guard, or says why nobody could pass it.
func (c *serveCommand) newPublishGuard() (*publishGuard, error) {
	g := new(publishGuard)
	return g, g.read(c)
}

// read replaces the keys by those that the flags and their files name now. On an
// error the keys of before stay.
func (g *publishGuard) read(c *serveCommand) error {
	keys, err := c.keys()
	if err == nil {
		g.keys.Store(&keys)
	}
	return err
}

// keys returns the publish keys, and refuses settings that would let anyone in.
func (c *serveCommand) keys() (publishKeys, error) {
	texts := slices.Clone(c.PublishKey)
	for _, file := range c.PublishKeyFile {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the publish keys: %w", err)
		}
		texts = append(texts, keyLines(string(text))...)
	}
	if c.Dev {
		return hashKeys(append(texts, "dev")), c.checkLoopback()
	}
	if len(texts) == 0 {
		return nil, errors.New("nobody could publish: set --publish-key or --publish-key-file, or --dev for development")
	}
	for _, key := range texts {
		if len(key) < minPublishKey {
			return nil, fmt.Errorf("a publish key has %d bytes; it needs at least %d", len(key), minPublishKey)
		}
	}
	return hashKeys(texts), nil
}

// keyLines returns the lines of a file with keys, without the space around them,
// and without those that are empty.
func keyLines(text string) (keys []string) {
	for line := range strings.Lines(text) {
		if key := strings.TrimSpace(line); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func hashKeys(texts []string) publishKeys {
	var keys publishKeys
	for _, text := range texts {
		keys = append(keys, sha256.Sum256([]byte(text)))
	}
	return keys
}

// guard lets requests through that carry one of the keys.
func (g *publishGuard) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.keys.Load().open(r) {
			w.Header().Set("Connection", "close") // else the answer would wait for the body
			w.Header().Set("WWW-Authenticate", `Bearer realm="publish"`)
			service.Problem(w, http.StatusUnauthorized, "unauthorized", "", "a valid publish key is needed: Authorization: Bearer KEY")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// open compares the request's key with every one there is, in constant time.
func (k publishKeys) open(r *http.Request) bool {
	key, ok := bearertoken.FromHeader(r.Header.Get("Authorization"))
	sum := sha256.Sum256([]byte(key))
	found := 0
	for i := range k {
		found |= subtle.ConstantTimeCompare(sum[:], k[i][:])
	}
	return ok && found == 1
}
