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
	// JWKSInterval is how often it is fetched in between at most, when a token names an
	// unknown key. If the key is not in the set that was fetched for it, the token is
	// refused. Other tokens with unknown keys get [realtime.CodeInternal] until the next
	// fetch.
	JWKSInterval = time.Minute
	// MaxKeySet is the most bytes of a key set.
	MaxKeySet = 1 << 20
	// MaxKeys is how many secrets and public keys an issuer may have: a forged token is
	// verified with each.
	MaxKeys = 16
	// JWKSTimeout is how long a fetch may take.
	JWKSTimeout = 5 * time.Second
)

// Issuer is an issuer whose tokens are accepted. It has secrets, public keys or both, each
// of which may have signed a token; or a JWKSURL alone.
type Issuer struct {
	// Name is the tokens' iss; empty accepts any, which is safe where the key belongs to
	// one issuer.
	Name string
	// Secret is for HS256. Its bytes are used as they are, and nothing is decoded.
	Secret []byte
	// Secrets are further ones, such as the previous one.
	Secrets [][]byte
	// PublicKey is a PEM with one block or several: RSA for RS256, P-256 for ES256,
	// Ed25519 for EdDSA.
	PublicKey []byte
	// JWKSURL is where the issuer publishes its keys, for all of these three. It
	// is https, or loopback.
	JWKSURL string
	// PrivateHTTP allows an http JWKSURL whose host is in a private network. A host whose
	// address is elsewhere is not called.
	PrivateHTTP bool
	// JWKSWait is how long the first fetch is retried. Default 0: it is tried once.
	JWKSWait time.Duration

	transport http.RoundTripper // for tests; nil is the usual one
}

// cause returns the error without the URL, which may hold secrets.
func cause(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// checkURL refuses a URL whose keys others could change on the way. It returns the URL
// without parts that may be secret.
func (i Issuer) checkURL() (shown string, err error) {
	u, err := url.Parse(i.JWKSURL)
	if err != nil {
		return "", fmt.Errorf("JWKS URL: %w", cause(err))
	}
	shown = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	if u.Scheme != "https" && !(u.Scheme == "http" && localnet.MayBePlain(u.Hostname(), i.PrivateHTTP)) {
		return "", fmt.Errorf("JWKS URL %s: use https; plain HTTP is for this machine, or, where that is allowed, for a host in a private network", shown)
	}
	return shown, nil
}

// roundTripper returns the transport that fetches the keys.
func (i Issuer) roundTripper() http.RoundTripper {
	if i.transport != nil || !strings.HasPrefix(strings.ToLower(i.JWKSURL), "http://") {
		return cmp.Or(i.transport, http.DefaultTransport)
	}
	plain := http.DefaultTransport.(*http.Transport).Clone() // nobody has replaced it
	plain.Proxy = nil                                        // it could lead anywhere
	plain.DialContext = (&net.Dialer{Timeout: JWKSTimeout, ControlContext: localnet.OnlyNear(i.PrivateHTTP)}).DialContext
	return plain
}
