package jwtauth_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

var otherSecret = []byte("ffffffffffffffffffffffffffffffff")

// All secrets and keys of an issuer are taken at once, whatever their kinds.
func TestSeveralKeysAtOnce(t *testing.T) {
	pems := append(pemOf(t, rsaKey.Public()), pemOf(t, edKey.Public())...)
	pems = append(pems, pemOf(t, otherRSAKey.Public())...)
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret, Secrets: [][]byte{otherSecret}, PublicKey: pems})
	check(t, a, sign(t, jwt.SigningMethodHS256, secret, good()), "")
	check(t, a, sign(t, jwt.SigningMethodHS256, otherSecret, good()), "")
	check(t, a, sign(t, jwt.SigningMethodRS256, rsaKey, good()), "")
	check(t, a, sign(t, jwt.SigningMethodRS256, otherRSAKey, good()), "")
	check(t, a, sign(t, jwt.SigningMethodEdDSA, edKey, good()), "")
	check(t, a, sign(t, jwt.SigningMethodES256, ecKey, good()), realtime.CodeTokenInvalid)
	check(t, a, sign(t, jwt.SigningMethodHS256, pems, good()), realtime.CodeTokenInvalid)
}

// Keys change while the authorizer is in use: both are taken until the old one goes,
// and nothing changes where the new ones are of no use.
func TestKeysChange(t *testing.T) {
	older, newer := sign(t, jwt.SigningMethodHS256, secret, good()), sign(t, jwt.SigningMethodHS256, otherSecret, good())
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	check(t, a, newer, realtime.CodeTokenInvalid)
	set := func(issuers ...jwtauth.Issuer) error { return a.SetIssuers(t.Context(), issuers) }
	if err := set(jwtauth.Issuer{Name: iss, Secrets: [][]byte{otherSecret, secret}}); err != nil {
		t.Fatal(err)
	}
	check(t, a, older, "")
	check(t, a, newer, "")
	if err := set(jwtauth.Issuer{Name: iss, Secret: otherSecret}); err != nil {
		t.Fatal(err)
	}
	check(t, a, older, realtime.CodeTokenInvalid)
	for name, issuers := range map[string][]jwtauth.Issuer{
		"none":       nil,
		"no key":     {{Name: iss}},
		"too short":  {{Name: iss, Secrets: [][]byte{secret, []byte("short")}}},
		"no PEM":     {{Name: iss, PublicKey: []byte("nonsense")}},
		"half a PEM": {{Name: iss, PublicKey: append(pemOf(t, rsaKey.Public()), "nonsense"...)}},
		"too many":   {{Name: iss, Secrets: make17()}},
		"twice":      {{Name: iss, Secret: secret}, {Name: iss, Secret: secret}},
	} {
		if err := set(issuers...); err == nil {
			t.Errorf("%s: taken", name)
		}
		check(t, a, newer, "")
	}
}

func make17() (secrets [][]byte) {
	for range jwtauth.MaxKeys + 1 {
		secrets = append(secrets, secret)
	}
	return secrets
}

// A key set that is known is not fetched again when other issuers' keys change.
func TestAKeySetStaysWhenKeysChange(t *testing.T) {
	var set answers
	set = append(set, `{"keys":[]}`)
	issuers := []jwtauth.Issuer{jwtauth.Issuer{JWKSURL: secretURL}.By(&set)}
	a := newAuthorizer(t, issuers...)
	if err := a.SetIssuers(t.Context(), append(issuers, jwtauth.Issuer{Name: iss, Secret: secret})); err != nil {
		t.Errorf("it was asked again: %v", err)
	}
	check(t, a, sign(t, jwt.SigningMethodHS256, secret, good()), "")
}

// A backend that reads the secret otherwise than the hub does is told in the log what
// it did: the line end counts, or the text was decoded.
func TestASecretThatIsReadOtherwise(t *testing.T) {
	raw := bytes.Repeat([]byte{0xa7}, 32)
	for name, c := range map[string]struct {
		text string
		key  []byte
		said string
	}{
		"its line end": {string(secret), append(bytes.Clone(secret), '\n'), "line end"},
		"base64":       {base64.StdEncoding.EncodeToString(raw), raw, "base64"},
		"base64url":    {base64.RawURLEncoding.EncodeToString(raw), raw, "base64"},
		"hex":          {hex.EncodeToString(raw), raw, "hex"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			a, err := jwtauth.New(context.Background(), jwtauth.Options{
				Issuers: []jwtauth.Issuer{{Secret: []byte(c.text)}}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			})
			if err != nil {
				t.Fatal(err)
			}
			check(t, a, sign(t, jwt.SigningMethodHS256, c.key, good()), realtime.CodeTokenInvalid)
			if line := log.String(); !strings.Contains(line, c.said) || strings.Contains(line, c.text) {
				t.Errorf("the log says %q; want %q, and no secret", line, c.said)
			}
			if got := jwtauth.Encoding([]byte(c.text)); name == "hex" && got != "hex" || strings.HasPrefix(name, "base64") && got != "base64" {
				t.Errorf("it looks like %q", got)
			}
		})
	}
	if got := jwtauth.Encoding([]byte("a pass phrase of more than 32 bytes")); got != "" {
		t.Errorf("a pass phrase looks like %q", got)
	}
}
