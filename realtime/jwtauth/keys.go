package jwtauth

import (
	"bytes"
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
	"maps"
	"slices"

	"github.com/golang-jwt/jwt/v5"
)

// findKey returns a function that finds the key of a token. Its calls end with ctx.
type findKey func(ctx context.Context) jwt.Keyfunc

// keys returns how to find a token's key, and the algorithms that are allowed.
func (i Issuer) keys(ctx context.Context, logger *slog.Logger) (findKey, []string, error) {
	hasOwn := len(i.Secret) > 0 || len(i.Secrets) > 0 || len(i.PublicKey) > 0
	switch {
	case hasOwn && i.JWKSURL != "":
		return nil, nil, errors.New("a JWKS URL must stand alone: set either it, or secrets and public keys")
	case i.JWKSURL != "":
		return fetchKeys(ctx, i, logger)
	case !hasOwn:
		return nil, nil, errors.New("no key: set secrets, public keys or a JWKS URL")
	}
	ring := make(keyring)
	if err := errors.Join(ring.addSecrets(i.secrets()), ring.addPublic(i.PublicKey)); err != nil {
		return nil, nil, err
	}
	if n := ring.size(); n > MaxKeys {
		return nil, nil, fmt.Errorf("%d secrets and public keys, more than %d: remove those that no longer sign", n, MaxKeys)
	}
	return ring.find(), slices.Sorted(maps.Keys(ring)), nil
}

// secrets are all secrets of the issuer.
func (i Issuer) secrets() [][]byte {
	if len(i.Secret) == 0 {
		return i.Secrets
	}
	return append([][]byte{i.Secret}, i.Secrets...)
}

// keyring has the keys of each algorithm. The kind of a key determines the algorithm, so
// that a token cannot choose it.
type keyring map[string][]jwt.VerificationKey

func (r keyring) size() (n int) {
	for _, keys := range r {
		n += len(keys)
	}
	return n
}

// find finds a token's keys by its algorithm. The parser allows the ring's algorithms alone.
func (r keyring) find() findKey {
	found := make(map[string]any)
	for method, keys := range r {
		found[method] = jwt.VerificationKeySet{Keys: keys}
		if len(keys) == 1 {
			found[method] = keys[0]
		}
	}
	byMethod := func(t *jwt.Token) (any, error) { return found[t.Method.Alg()], nil }
	return func(context.Context) jwt.Keyfunc { return byMethod }
}

func (r keyring) addSecrets(secrets [][]byte) error {
	for _, secret := range secrets {
		if len(secret) < MinSecret {
			return fmt.Errorf("secret of %d bytes: HS256 needs at least %d", len(secret), MinSecret)
		}
		r["HS256"] = append(r["HS256"], secret)
	}
	return nil
}

// addPublic adds the key of each block of a PEM.
func (r keyring) addPublic(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	for n := 1; n == 1 || len(bytes.TrimSpace(text)) > 0; n++ {
		block, rest := pem.Decode(text)
		switch {
		case block == nil && n == 1:
			return errors.New("public key that is not PEM")
		case block == nil:
			return fmt.Errorf("text after public key %d that is not PEM", n-1)
		}
		method, key, err := parseKey(block.Bytes)
		if advice, known := pemAdvice[block.Type]; err != nil && known {
			return fmt.Errorf("public key %d is a PEM of the type %s: take the public key out of it with openssl %s", n, block.Type, advice)
		}
		if err != nil {
			return fmt.Errorf("public key %d: %w", n, err)
		}
		r[method] = append(r[method], key)
		text = rest
	}
	return nil
}

// pemAdvice has the command that makes a public key of what is often taken for one.
var pemAdvice = map[string]string{
	"CERTIFICATE":     "x509 -pubkey -noout",
	"PRIVATE KEY":     "pkey -pubout",
	"EC PRIVATE KEY":  "pkey -pubout",
	"RSA PRIVATE KEY": "pkey -pubout",
	"RSA PUBLIC KEY":  "rsa -RSAPublicKey_in -pubout",
}

// parseKey ties the algorithm to the kind of the key.
func parseKey(der []byte) (method string, key any, err error) {
	if key, err = x509.ParsePKIXPublicKey(der); err != nil {
		return "", nil, err
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < MinRSABits {
			return "", nil, fmt.Errorf("RSA key of %d bits: use at least %d", key.N.BitLen(), MinRSABits)
		}
		return "RS256", key, nil
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return "", nil, errors.New("ECDSA key on another curve: use P-256")
		}
		return "ES256", key, nil
	case ed25519.PublicKey:
		return "EdDSA", key, nil
	}
	return "", nil, fmt.Errorf("public key of type %T: use RSA, ECDSA on P-256 or Ed25519", key)
}
