package httpauth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/familygifting/tidings/internal/localnet"
	"github.com/familygifting/tidings/realtime"
)

// Limits, and defaults of [Options].
const (
	// DefaultTimeout is how long a call may take.
	DefaultTimeout = 2 * time.Second
	// DefaultMaxCalls is how many calls may run at once.
	DefaultMaxCalls = 64
	// DefaultCacheEntries is how many decisions are cached.
	DefaultCacheEntries = 10_000
	// DefaultCacheAge is how long a decision that allows is cached.
	DefaultCacheAge = 30 * time.Second
	// DeniedAge is how long a refusal is cached, if CacheAge is not shorter: a user who
	// has just got access must not wait for long.
	DeniedAge = time.Second
	// MaxAnswer is the most bytes of an answer.
	MaxAnswer = 4 << 10
	// MaxGroup is the most bytes of a group's name.
	MaxGroup = 256
	// maxAnswerHeader is the most bytes of its headers.
	maxAnswerHeader = 16 << 10
)

// Tokens authenticates tokens. [jwtauth.Authorizer] implements it.
//
// [jwtauth.Authorizer]: https://pkg.go.dev/github.com/familygifting/tidings/realtime/jwtauth
type Tokens interface {
	// Authenticate is that of a [realtime.Authorizer].
	Authenticate(ctx context.Context, token string) (realtime.Identity, error)
	// TopicRevoked reports whether the topic was revoked from the identity's token.
	TopicRevoked(who realtime.Identity, topic realtime.Topic) bool
}

// Options configure an [Authorizer].
type Options struct {
	// URL of the backend. It is https; http is for this machine alone, unless PrivateHTTP
	// is set.
	URL string
	// Secret is sent with each request as a bearer token. Empty for none.
	Secret string
	// PrivateHTTP allows an http URL whose host is in a private network. A host
	// whose address is elsewhere is not called.
	PrivateHTTP bool
	// Timeout bounds a call, with the wait for a free slot. Default [DefaultTimeout].
	Timeout time.Duration
	// MaxCalls is how many calls may run at once. Default [DefaultMaxCalls].
	MaxCalls int
	// CacheEntries is how many decisions are cached; the least recently used are dropped
	// first. Default [DefaultCacheEntries].
	CacheEntries int
	// CacheAge is how long a decision is cached. Default [DefaultCacheAge]; negative for
	// no cache.
	CacheAge time.Duration
	// Logger gets failures. Default slog.Default().
	Logger *slog.Logger

	transport http.RoundTripper // for tests; nil is the usual one
}

func (o Options) withDefaults() Options {
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.MaxCalls = cmp.Or(o.MaxCalls, DefaultMaxCalls)
	o.CacheEntries = cmp.Or(o.CacheEntries, DefaultCacheEntries)
	o.CacheAge = cmp.Or(o.CacheAge, DefaultCacheAge)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// check returns an error for invalid options.
func (o Options) check() error {
	if err := CheckURL(o.URL, o.PrivateHTTP); err != nil {
		return fmt.Errorf("URL: %w", err)
	}
	if min(int64(o.Timeout), int64(o.MaxCalls), int64(o.CacheEntries)) < 0 {
		return errors.New("none of Timeout, MaxCalls and CacheEntries may be negative")
	}
	if strings.ContainsFunc(o.Secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("the secret must be one word of printable ASCII")
	}
	return nil
}

// CheckURL returns why the backend cannot be called at a URL. The error holds nothing that
// may be secret.
func CheckURL(text string, privateHTTP bool) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("not a URL: use one such as https://app.example.com/authorize") // its error repeats the text
	}
	switch {
	case u.User != nil:
		return errors.New("user or password in the URL: set the secret separately")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Fragment != "":
		return errors.New("not an absolute http or https URL: use one such as https://app.example.com/authorize")
	case u.Scheme == "http" && !localnet.MayBePlain(u.Hostname(), privateHTTP):
		return fmt.Errorf("unencrypted requests to %s: use https, or allow plain HTTP if the host is in a private network", u.Hostname())
	}
	return nil
}
