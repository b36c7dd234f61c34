package jwtauth

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"golang.org/x/time/rate"

	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
)

// errUndecided is the answer about a key that nobody can tell of at the moment.
// It is no refusal: whoever comes back later finds out.
var errUndecided = &realtime.Error{Code: realtime.CodeInternal, Message: "the key that signed the token is not known yet; try again"}

// keySet is an issuer's keys as of the last time that they were fetched, to be
// read by the id that a token names.
type keySet struct {
	jwkset.Storage // the keys

	fetch func() error  // static: replaces the keys, or leaves them; within JWKSTimeout
	pace  *rate.Limiter // of fetches for keys that are not there
	turn  chan struct{} // holds one while such a fetch is under way
}

// fetchKeys reads a key set, now and then, and once a minute at most for a key
// that it does not have. The first time has to succeed; later on the keys of
// before stay where it does not.
func fetchKeys(ctx context.Context, where string, transport http.RoundTripper, logger *slog.Logger) (findKey, []string, error) {
	shown, err := checkURL(where)
	if err != nil {
		return nil, nil, err
	}
	keys := &keySet{Storage: jwkset.NewMemoryStorage(), pace: rate.NewLimiter(rate.Every(JWKSInterval), 1), turn: make(chan struct{}, 1)}
	failed := func(_ context.Context, err error) {
		logger.Warn("a key set could not be fetched: the keys of before stay, and it is tried again", "url", shown, "error", cause(err), "after", JWKSRefresh)
	}
	once := jwkset.HTTPClientStorageOptions{
		Client: &http.Client{
			Transport:     strictTransport{transport},
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
	if _, err := jwkset.NewStorageFromHTTP(where, again); err != nil {
		return nil, nil, fmt.Errorf("the key set could not be fetched from %s, which is not tried again: %w", shown, cause(err))
	}
	byID, err := keyfunc.New(keyfunc.Options{Ctx: ctx, Storage: keys})
	if err != nil {
		return nil, nil, fmt.Errorf("the key set from %s: %w", shown, cause(err))
	}
	return byID.KeyfuncCtx, []string{"RS256", "ES256", "EdDSA"}, nil
}

// strictTransport lets through only key sets that have one reading.
type strictTransport struct{ http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (t strictTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	next := t.RoundTripper
	if next == nil {
		next = http.DefaultTransport
	}
	answer, err := next.RoundTrip(r)
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

// KeyRead implements [jwkset.Storage]. A key that is not there is fetched for,
// once in a while; whoever comes meanwhile waits for it, since a key that is new
// is new to many at once. It returns errUndecided unless a set that was fetched
// for this very question answers it.
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
		return key, nil // it came while we waited
	}
	if !s.pace.Allow() || s.fetch() != nil {
		return jwkset.JWK{}, errUndecided
	}
	return s.Storage.KeyRead(ctx, id)
}
