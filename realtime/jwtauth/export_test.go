package jwtauth

import (
	"context"
	"log/slog"
	"net/http"
)

// FetchKeys is fetchKeys, by a transport of the test's.
func FetchKeys(ctx context.Context, where string, transport http.RoundTripper, logger *slog.Logger) (findKey, []string, error) {
	return fetchKeys(ctx, Issuer{JWKSURL: where, transport: transport}, logger)
}

// By returns the issuer with another transport for its keys.
func (i Issuer) By(transport http.RoundTripper) Issuer {
	i.transport = transport
	return i
}
