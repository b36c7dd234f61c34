package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/httpauth"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// authorizeFlags say which backend decides who may read a topic.
type authorizeFlags struct {
	AuthorizeURL         string        `name:"authorize-url" help:"URL of your server that says who may read a topic; tokens then say nothing of topics."`
	AuthorizeSecretFile  string        `type:"existingfile" placeholder:"FILE" help:"File with a secret that goes with each question, as a bearer token."`
	AuthorizePrivateHTTP bool          `name:"authorize-private-http" help:"Allow an http URL to a host in a private network; without it plain HTTP is for this machine alone."`
	AuthorizeTimeout     time.Duration `default:"${authorize_timeout}" help:"How long an answer may take."`
	AuthorizeCalls       int           `default:"${authorize_calls}" help:"Questions that may be under way at once."`
	AuthorizeCache       int           `default:"${authorize_cache}" help:"Answers that are remembered."`
	AuthorizeCacheAge    time.Duration `default:"${authorize_cache_age}" help:"How long an answer is remembered; 0 for not at all. A withdrawal counts at once."`
}

// minAuthorizeSecret is the fewest bytes of the secret.
const minAuthorizeSecret = minPublishKey

// checkAuthorize refuses flags that contradict each other.
func (c *serveCommand) checkAuthorize() error {
	f := c.authorizeFlags
	switch {
	case f.AuthorizeURL == "" && (f.AuthorizeSecretFile != "" || f.AuthorizePrivateHTTP):
		return errors.New("--authorize-secret-file and --authorize-private-http are of use with --authorize-url alone")
	case f.AuthorizeURL == "":
		return nil
	case c.Dev:
		return errors.New("--authorize-url must not stand beside --dev, which lets everybody in and asks nobody")
	case f.AuthorizeTimeout >= c.CallTimeout:
		return errors.New("--authorize-timeout must be shorter than --call-timeout, which it is part of")
	}
	if err := httpauth.CheckURL(f.AuthorizeURL, f.AuthorizePrivateHTTP); err != nil {
		return fmt.Errorf("--authorize-url: %w (--authorize-private-http)", err)
	}
	return nil
}

// authorizer returns what asks the backend, or nil where tokens name the topics.
func (f authorizeFlags) authorizer(ctx context.Context, tokens *jwtauth.Authorizer, logger *slog.Logger) (*httpauth.Authorizer, error) {
	if f.AuthorizeURL == "" {
		return nil, nil
	}
	secret, err := f.secret()
	if err != nil {
		return nil, err
	}
	age := f.AuthorizeCacheAge
	if age == 0 {
		age = -1
	}
	auth, err := httpauth.New(ctx, tokens, httpauth.Options{
		URL: f.AuthorizeURL, Secret: secret, PrivateHTTP: f.AuthorizePrivateHTTP, Timeout: f.AuthorizeTimeout,
		MaxCalls: f.AuthorizeCalls, CacheEntries: f.AuthorizeCache, CacheAge: age, Logger: logger,
	})
	if err != nil {
		return nil, fmt.Errorf("setting up authorization: %w", err)
	}
	return auth, nil
}

// secret reads the file with the secret, if there is one.
func (f authorizeFlags) secret() (string, error) {
	if f.AuthorizeSecretFile == "" {
		return "", nil
	}
	text, err := readKeyFile("--authorize-secret-file", f.AuthorizeSecretFile)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < minAuthorizeSecret {
		return "", fmt.Errorf("--authorize-secret-file: the secret has %d bytes; it needs at least %d", len(secret), minAuthorizeSecret)
	}
	return secret, nil
}

// subscribers decides about subscribers.
type subscribers struct {
	realtime.Authorizer
	tokens  *jwtauth.Authorizer  // nil in development, where there are none
	backend *httpauth.Authorizer // nil where tokens name the topics
}
