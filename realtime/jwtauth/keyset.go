package jwtauth

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"

	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
)

// errUndecided is the answer when the key set could not be fetched for a key. It is no
// refusal: the client comes back.
var errUndecided = &realtime.Error{Code: realtime.CodeInternal, Message: "the key that signed the token is not known yet; try again"}

// keySet is an issuer's keys as last fetched, by the id (kid) that a token names.
type keySet struct {
	jwkset.Storage // the keys

	fetch func() error  // static: replaces the keys, or leaves them; within JWKSTimeout
	pace  *rate.Limiter // of fetches for keys that are not there
	turn  chan struct{} // has an element during such a fetch
}

// fetchKeys fetches a key set every JWKSRefresh, and at most every JWKSInterval for an
// unknown key. The first fetch must succeed. When a later one fails, the keys stay.
func fetchKeys(ctx context.Context, issuer Issuer, logger *slog.Logger) (findKey, []string, error) {
	where := issuer.JWKSURL
	shown, err := issuer.checkURL()
	if err != nil {
		return nil, nil, err
	}
	keys := &keySet{Storage: jwkset.NewMemoryStorage(), pace: rate.NewLimiter(rate.Every(JWKSInterval), 1), turn: make(chan struct{}, 1)}
	failed := func(_ context.Context, err error) {
		logger.Warn("fetching a key set failed: the previous keys stay, and it is tried again", "url", shown, "error", cause(err), "after", JWKSRefresh)
	}
	once := jwkset.HTTPClientStorageOptions{
		Client: &http.Client{
			Transport:     strictTransport{issuer.roundTripper()},
			Timeout:       JWKSTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Ctx: ctx, HTTPTimeout: JWKSTimeout, Storage: keys.Storage,
	}
	keys.fetch = func() error {
		_, err := jwkset.NewStorageFromHTTP(where, once)
		if err != nil {
			failed(ctx, err)
		}
		return err
	}
	again := once
	again.RefreshInterval, again.RefreshErrorHandler = JWKSRefresh, failed
	first := func() (jwkset.Storage, error) { return jwkset.NewStorageFromHTTP(where, again) }
	if err := issuer.patiently(ctx, first, shown, logger); err != nil {
		return nil, nil, err
	}
	byID, err := keyfunc.New(keyfunc.Options{Ctx: ctx, Storage: keys})
	if err != nil {
		return nil, nil, fmt.Errorf("the key set from %s: %w", shown, cause(err))
	}
	return byID.KeyfuncCtx, []string{"RS256", "ES256", "EdDSA"}, nil
}

// patiently fetches a set for the first time, and retries for JWKSWait.
func (i Issuer) patiently(ctx context.Context, fetch func() (jwkset.Storage, error), shown string, logger *slog.Logger) error {
	if i.JWKSWait <= 0 {
		if _, err := fetch(); err != nil {
			return fmt.Errorf("the key set could not be fetched from %s, which is not tried again: %w", shown, cause(err))
		}
		return nil
	}
	_, err := backoff.Retry(ctx, fetch, backoff.WithMaxElapsedTime(i.JWKSWait), backoff.WithNotify(func(err error, after time.Duration) {
		logger.Warn("fetching the key set failed: it is tried again", "url", shown, "error", cause(err), "after", after)
	}))
	if err != nil {
		return fmt.Errorf("the key set could not be fetched from %s within %v: %w", shown, i.JWKSWait, cause(err))
	}
	return nil
}

// strictTransport refuses key sets that are not strict JSON.
type strictTransport struct{ http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (t strictTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.RoundTripper.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	set, err := io.ReadAll(io.LimitReader(answer.Body, MaxKeySet+1))
	switch {
	case err != nil:
		return nil, err
	case len(set) > MaxKeySet:
		return nil, fmt.Errorf("the key set has more than %d bytes", MaxKeySet)
	}
	if err := strictjson.Check(set); err != nil {
		return nil, fmt.Errorf("the key set: %w", err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(set))
	return answer, nil
}

// KeyRead implements [jwkset.Storage]. An unknown key causes a fetch, at a limited rate.
// Concurrent calls wait for it, since a new key is new to many at once. It returns
// errUndecided unless the set was fetched for this call.
func (s *keySet) KeyRead(ctx context.Context, id string) (jwkset.JWK, error) {
	if key, err := s.Storage.KeyRead(ctx, id); err == nil {
		return key, nil
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return jwkset.JWK{}, errUndecided
	}
	if key, err := s.Storage.KeyRead(ctx, id); err == nil {
		return key, nil // fetched while we waited
	}
	if !s.pace.Allow() || s.fetch() != nil {
		return jwkset.JWK{}, errUndecided
	}
	return s.Storage.KeyRead(ctx, id)
}
