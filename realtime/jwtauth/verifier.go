package jwtauth

import (
	"context"
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// issuers are those whose tokens are accepted. The value is immutable.
type issuers struct {
	byName map[string]verifier
	// only is the issuer if there is one alone: then the token is parsed once.
	only *verifier
}

// verifier verifies the tokens of an issuer.
type verifier struct {
	issuer Issuer
	parser *jwt.Parser
	key    findKey
}

// SetIssuers replaces the issuers and their keys for the tokens that are verified from now
// on. Sessions whose key was removed go on until their token is refreshed or expires;
// [Authorizer.Revoke] ends them at once. A key set of the same name and URL stays. A new one
// is fetched now, and until ctx ends. On an error nothing changes.
func (a *Authorizer) SetIssuers(ctx context.Context, all []Issuer) error {
	if len(all) == 0 {
		return errors.New("no issuer: set at least one")
	}
	next := &issuers{byName: make(map[string]verifier)}
	for _, issuer := range all {
		if _, twice := next.byName[issuer.Name]; twice {
			return fmt.Errorf("duplicate issuer %q", issuer.Name)
		}
		v, err := a.newVerifier(ctx, issuer)
		if err != nil {
			return fmt.Errorf("issuer %q: %w", issuer.Name, err)
		}
		next.byName[issuer.Name] = v
		next.only = &v
	}
	if len(all) > 1 {
		next.only = nil
	}
	a.issuers.Store(next)
	return nil
}

func (a *Authorizer) newVerifier(ctx context.Context, issuer Issuer) (verifier, error) {
	if before := a.issuers.Load(); before != nil && issuer.JWKSURL != "" {
		if v, ok := before.byName[issuer.Name]; ok && v.issuer.JWKSURL == issuer.JWKSURL {
			return v, nil
		}
	}
	key, methods, err := issuer.keys(ctx, a.logger)
	if err != nil {
		return verifier{}, err
	}
	options := []jwt.ParserOption{
		jwt.WithValidMethods(methods), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(a.leeway), jwt.WithStrictDecoding(),
	}
	if issuer.Name != "" {
		options = append(options, jwt.WithIssuer(issuer.Name))
	}
	if a.audience != "" {
		options = append(options, jwt.WithAudience(a.audience))
	}
	return verifier{issuer, jwt.NewParser(options...), key}, nil
}

// verifierOf returns the verifier of the issuer that the token names. The token is not
// verified yet: the name only selects the keys to verify it with.
func (a *Authorizer) verifierOf(token string) (verifier, bool) {
	all := a.issuers.Load()
	if all.only != nil {
		return *all.only, true // it checks the name, too
	}
	var c claims
	if _, _, err := jwt.NewParser().ParseUnverified(token, &c); err != nil {
		return verifier{}, false
	}
	if v, ok := all.byName[c.Issuer]; ok {
		return v, true
	}
	v, ok := all.byName[""] // one that accepts any name
	return v, ok
}
