package jwtauth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
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
	// JWKSTimeout is how long a fetch may take.
	JWKSTimeout = 5 * time.Second
)

// Issuer is somebody whose tokens are taken. Exactly one of the keys is set.
type Issuer struct {
	// Name is the tokens' iss; empty takes tokens of any, which is safe where
	// the key alone says whose they are.
	Name string
	// Secret is for HS256.
	Secret []byte
	// PublicKey is a PEM: RSA for RS256, P-256 for ES256, Ed25519 for EdDSA.
	PublicKey []byte
	// JWKSURL is where the issuer publishes its keys, for all of these three. It
	// is https, or loopback.
	JWKSURL string

	transport http.RoundTripper // for tests; nil is the usual one
}

// findKey returns how to find the key that a token is signed by. What takes its
// time ends with ctx.
type findKey func(ctx context.Context) jwt.Keyfunc

// keys returns how to find a token's key, and the algorithms it may be signed by.
func (i Issuer) keys(ctx context.Context, logger *slog.Logger) (findKey, []string, error) {
	set := 0
	for _, given := range []bool{len(i.Secret) > 0, len(i.PublicKey) > 0, i.JWKSURL != ""} {
		if given {
			set++
		}
	}
	switch {
	case set != 1:
		return nil, nil, errors.New("exactly one of secret, public key and JWKS URL must be set")
	case i.JWKSURL != "":
		return fetchKeys(ctx, i.JWKSURL, i.transport, logger)
	case len(i.PublicKey) > 0:
		return parseKey(i.PublicKey)
	case len(i.Secret) < MinSecret:
		return nil, nil, fmt.Errorf("the secret has %d bytes; HS256 needs at least %d", len(i.Secret), MinSecret)
	}
	return fixed(i.Secret), []string{"HS256"}, nil
}

func fixed(key any) findKey {
	return func(context.Context) jwt.Keyfunc {
		return func(*jwt.Token) (any, error) { return key, nil }
	}
}

// parseKey ties the algorithm to the kind of the key.
func parseKey(text []byte) (findKey, []string, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, nil, errors.New("the public key is not a PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("the public key: %w", err)
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < MinRSABits {
			return nil, nil, fmt.Errorf("the RSA key has %d bits; it needs at least %d", key.N.BitLen(), MinRSABits)
		}
		return fixed(key), []string{"RS256"}, nil
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return nil, nil, errors.New("ES256 needs a key on P-256")
		}
		return fixed(key), []string{"ES256"}, nil
	case ed25519.PublicKey:
		return fixed(key), []string{"EdDSA"}, nil
	}
	return nil, nil, fmt.Errorf("a public key of the kind %T is of no use here", key)
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
func checkURL(where string) (shown string, err error) {
	u, err := url.Parse(where)
	if err != nil {
		return "", fmt.Errorf("the JWKS URL: %w", cause(err))
	}
	shown = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return "", fmt.Errorf("the JWKS URL %s must be https", shown)
	}
	return shown, nil
}
