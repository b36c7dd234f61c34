package jwtauth

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/familygifting/tidings/internal/localnet"
)

// Limits of keys and key sets.
const (
	// MinSecret is the fewest bytes of a secret: as many as the hash has.
	MinSecret = 32
	// MinRSABits is the fewest bits of an RSA key.
	MinRSABits = 2048
	// JWKSRefresh is how often a key set is fetched, and so how long a key that
	// was taken out of it lives on.
	JWKSRefresh = 10 * time.Minute
	// JWKSInterval is how often it is fetched in between at most, when a token names
	// a key that is not in it. The token that it was fetched for is refused if the
	// key is not in it then; others are told to come back until it is fetched again.
	JWKSInterval = time.Minute
	// MaxKeySet is the most bytes of a key set.
	MaxKeySet = 1 << 20
	// MaxKeys is how many secrets and public keys an issuer may have: a forged token
	// is tried with each.
	MaxKeys = 16
	// JWKSTimeout is how long a fetch may take.
	JWKSTimeout = 5 * time.Second
)

// Issuer is somebody whose tokens are taken. It has secrets, public keys or both,
// which are all taken at once; or a JWKSURL alone.
type Issuer struct {
	// Name is the tokens' iss; empty takes tokens of any, which is safe where
	// the key alone says whose they are.
	Name string
	// Secret is for HS256. Its bytes are used as they are, and nothing is decoded.
	Secret []byte
	// Secrets are further ones, such as the one that tokens were signed by until now.
	Secrets [][]byte
	// PublicKey is a PEM with one block or several: RSA for RS256, P-256 for ES256,
	// Ed25519 for EdDSA.
	PublicKey []byte
	// JWKSURL is where the issuer publishes its keys, for all of these three. It
	// is https, or loopback.
	JWKSURL string
	// PrivateHTTP allows an http JWKSURL whose host is in a private network. A host
	// that turns out to be elsewhere is not asked.
	PrivateHTTP bool
	// JWKSWait is how long a set that cannot be fetched is tried again before that is
	// an error. Default 0: it is tried once.
	JWKSWait time.Duration

	transport http.RoundTripper // for tests; nil is the usual one
}

// cause is what is behind an error that repeats the URL, secrets and all.
func cause(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// checkURL refuses to fetch keys where others could change them on the way, and
// returns the URL as it may be shown: without what may be secret.
func (i Issuer) checkURL() (shown string, err error) {
	u, err := url.Parse(i.JWKSURL)
	if err != nil {
		return "", fmt.Errorf("the JWKS URL: %w", cause(err))
	}
	shown = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	if u.Scheme != "https" && !(u.Scheme == "http" && localnet.MayBePlain(u.Hostname(), i.PrivateHTTP)) {
		return "", fmt.Errorf("the JWKS URL %s must be https; plain HTTP is for this machine, or, where that is allowed, for a host in a private network", shown)
	}
	return shown, nil
}

// roundTripper is how the keys are fetched.
func (i Issuer) roundTripper() http.RoundTripper {
	if i.transport != nil || !strings.HasPrefix(strings.ToLower(i.JWKSURL), "http://") {
		return cmp.Or(i.transport, http.DefaultTransport)
	}
	plain := http.DefaultTransport.(*http.Transport).Clone() // nobody has replaced it
	plain.Proxy = nil                                        // it could lead anywhere
	plain.DialContext = (&net.Dialer{Timeout: JWKSTimeout, ControlContext: localnet.OnlyNear(i.PrivateHTTP)}).DialContext
	return plain
}
