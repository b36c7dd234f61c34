package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"unicode/utf8"

	"github.com/familygifting/tidings/realtime/jwtauth"
)

// authorizer returns what decides about subscribers: outside of development tokens do,
// and a backend, if there is one to ask about topics.
func (c *serveCommand) authorizer(ctx context.Context, store jwtauth.Store, logger *slog.Logger) (subscribers, error) {
	if c.Dev {
		return subscribers{Authorizer: anyone{}}, nil
	}
	tokens, err := c.tokens(ctx, store, logger)
	if err != nil {
		return subscribers{}, err
	}
	backend, err := c.authorizeFlags.authorizer(ctx, tokens, logger)
	if err != nil {
		return subscribers{}, err
	}
	if backend == nil {
		return subscribers{tokens, tokens, nil}, nil
	}
	return subscribers{backend, tokens, backend}, nil
}

func (c *serveCommand) tokens(ctx context.Context, store jwtauth.Store, logger *slog.Logger) (*jwtauth.Authorizer, error) {
	issuer, err := c.issuer(logger)
	if err != nil {
		return nil, err
	}
	leeway := c.JWTLeeway
	if leeway == 0 {
		leeway = -1
	}
	if c.JWTIssuer+c.JWTAudience == "" {
		logger.Warn("every token that the key has signed is accepted, from any issuer and for any audience: set --jwt-audience, --jwt-issuer or both")
	}
	auth, err := jwtauth.New(ctx, jwtauth.Options{
		Issuers: []jwtauth.Issuer{issuer}, Audience: c.JWTAudience, Leeway: leeway, MaxLifetime: c.JWTMaxLifetime,
		MaxRevocations: c.MaxRevocations, Store: store, Logger: logger,
	})
	if err != nil {
		return nil, fmt.Errorf("setting up authentication: %w", err)
	}
	return auth, nil
}

// issuer returns whose tokens are taken, with the keys that their files have now.
func (c *serveCommand) issuer(logger *slog.Logger) (jwtauth.Issuer, error) {
	issuer := jwtauth.Issuer{Name: c.JWTIssuer, JWKSURL: c.JWTKeySet, PrivateHTTP: c.JWTPrivateHTTP, JWKSWait: c.JWTKeySetWait}
	if len(c.JWTSecretFile)+len(c.JWTPublicKeyFile) == 0 && c.JWTKeySet == "" {
		return issuer, errors.New("nobody could subscribe: set --jwt-secret-file, --jwt-public-key-file or --jwt-jwks-url, or --dev for development")
	}
	for _, file := range c.JWTSecretFile {
		text, err := readKeyFile("--jwt-secret-file", file)
		if err != nil {
			return issuer, err
		}
		secrets, err := secretLines(text)
		if err != nil {
			return issuer, fmt.Errorf("--jwt-secret-file %s: %w", file, err)
		}
		for _, secret := range secrets {
			logger.Info("a secret of HS256 is taken: its text is the secret, without the space around it, and nothing is decoded",
				"file", file, "bytes", len(secret), "looks_like", cmp.Or(jwtauth.Encoding(secret), "text"))
		}
		issuer.Secrets = append(issuer.Secrets, secrets...)
	}
	for _, file := range c.JWTPublicKeyFile {
		text, err := readKeyFile(publicKeyFlag, file)
		if err != nil {
			return issuer, err
		}
		issuer.PublicKey = append(append(issuer.PublicKey, text...), '\n')
	}
	return issuer, nil
}

// secretLines returns the secret on each line of a file, without the space around it.
// A file that is no text is one secret as a whole.
func secretLines(text []byte) (secrets [][]byte, err error) {
	if !utf8.Valid(text) || bytes.ContainsRune(text, 0) {
		return [][]byte{bytes.TrimSpace(text)}, nil
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		secret := bytes.TrimSpace(line)
		if len(secret) > 0 && len(secret) < jwtauth.MinSecret {
			return nil, fmt.Errorf("the secret on line %d has %d bytes; each line is a secret of its own, and HS256 needs at least %d", n, len(secret), jwtauth.MinSecret)
		}
		if len(secret) > 0 {
			secrets = append(secrets, secret)
		}
	}
	return secrets, nil
}

// rereadKeys has tokens looked at by the keys that the files have now.
func (c *serveCommand) rereadKeys(ctx context.Context, tokens *jwtauth.Authorizer, logger *slog.Logger) error {
	issuer, err := c.issuer(logger)
	if err != nil {
		return err
	}
	return tokens.SetIssuers(ctx, []jwtauth.Issuer{issuer})
}
