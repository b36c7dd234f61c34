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
	// DefaultTimeout is how long a question may take.
	DefaultTimeout = 2 * time.Second
	// DefaultMaxCalls is how many questions are under way at once.
	DefaultMaxCalls = 64
	// DefaultCacheEntries is how many verdicts are remembered.
	DefaultCacheEntries = 10_000
	// DefaultCacheAge is how long a verdict is remembered that allows.
	DefaultCacheAge = 30 * time.Second
	// DeniedAge is how long a refusal is remembered, if CacheAge is not shorter:
	// somebody who was just let in must not wait for long.
	DeniedAge = time.Second
	// MaxAnswer is the most bytes of an answer.
	MaxAnswer = 4 << 10
	// MaxGroup is the most bytes of a group's name.
	MaxGroup = 256
	// maxAnswerHeader is the most bytes of its headers.
	maxAnswerHeader = 16 << 10
)

// Tokens says whose a token is. [jwtauth.Authorizer] does.
//
// [jwtauth.Authorizer]: https://pkg.go.dev/github.com/familygifting/tidings/realtime/jwtauth
type Tokens interface {
	// Authenticate is that of a [realtime.Authorizer].
	Authenticate(ctx context.Context, token string) (realtime.Identity, error)
	// TopicRevoked reports whether the topic was taken from the token that the
	// identity comes from.
	TopicRevoked(who realtime.Identity, topic realtime.Topic) bool
}

// Options say whom to ask, and how.
type Options struct {
	// URL is where the backend answers. It is https; http is for this machine
	// alone, unless PrivateHTTP is set.
	URL string
	// Secret goes with each question as a bearer token. Empty for none.
	Secret string
	// PrivateHTTP allows an http URL whose host is in a private network. A host
	// that turns out to be elsewhere is not asked.
	PrivateHTTP bool
	// Timeout bounds a question, from the wait for its turn to the end of its
	// answer. Default [DefaultTimeout].
	Timeout time.Duration
	// MaxCalls is how many questions may be under way. Default [DefaultMaxCalls].
	MaxCalls int
	// CacheEntries is how many verdicts are remembered; those that were used
	// least recently go first. Default [DefaultCacheEntries].
	CacheEntries int
	// CacheAge is how long a verdict is remembered. Default [DefaultCacheAge];
	// negative for not at all.
	CacheAge time.Duration
	// Logger takes what goes wrong. Default slog.Default().
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

// check returns what is wrong with the options.
func (o Options) check() error {
	if err := CheckURL(o.URL, o.PrivateHTTP); err != nil {
		return fmt.Errorf("the URL to ask: %w", err)
	}
	if min(int64(o.Timeout), int64(o.MaxCalls), int64(o.CacheEntries)) < 0 {
		return errors.New("none of Timeout, MaxCalls and CacheEntries may be negative")
	}
	if strings.ContainsFunc(o.Secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("the secret must be one word of printable ASCII")
	}
	return nil
}

// CheckURL returns why questions cannot be sent to a URL. Its error repeats
// nothing that may be secret.
func CheckURL(text string, privateHTTP bool) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("it is not a URL") // its error repeats the text
	}
	switch {
	case u.User != nil:
		return errors.New("it must not hold a user or a password: give the secret apart")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Fragment != "":
		return errors.New("it must be a URL such as https://app.example.com/authorize")
	case u.Scheme == "http" && !localnet.MayBePlain(u.Hostname(), privateHTTP):
		return fmt.Errorf("questions to %s would cross the network unencrypted: use https, or allow plain HTTP if the host is in a private network", u.Hostname())
	}
	return nil
}
