package api

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/familygifting/tidings/gift"
)

// Lives of what an account lives on.
const (
	// LoginLife is how long a login lasts without being used; each refresh
	// starts it anew.
	LoginLife = 30 * 24 * time.Hour
	// MaxLoginLife is how long a login lasts at most.
	MaxLoginLife = 365 * 24 * time.Hour
	// InviteLife is how long an invite can be accepted.
	InviteLife = 7 * 24 * time.Hour
	// ReuseGrace is how long a refresh token that was used answers with the
	// same successor: two tabs may ask at once, and an answer may get lost.
	ReuseGrace = 30 * time.Second
)

// AuthOptions adjusts an [Auth]. Secret is required; the rest may be zero.
type AuthOptions struct {
	// Secret is what tokens are made with; see [LoadSecret].
	Secret []byte
	// SetupToken is the one-time token of the setup link. Empty: no setup.
	SetupToken string
	// Proxies says how requests reach the server.
	Proxies Proxies
	// InsecureLAN allows passwords over plain HTTP from other machines.
	InsecureLAN bool
	// Base is the address of this server without a public one, for invites, e.g.
	// http://192.168.1.5:8000. Default: http://localhost.
	Base string
	// OnLoginEnd is called when a login ends before its time, to close its
	// sockets. It must not block.
	OnLoginEnd func(login string)
	// Logger gets what goes wrong. Default: nothing is logged.
	Logger *slog.Logger
	// Now is the wall clock. Default: time.Now.
	Now func() time.Time
	// Elapsed is how long the process has run, by a clock that nobody sets. Default:
	// what Now says, whose times have a monotonic reading if they come from time.Now.
	Elapsed func() time.Duration
}

// Auth keeps the rules for accounts: who may log in, with what, for how long.
// Its methods may be called from any goroutine.
type Auth struct {
	// Static after construction.
	started   time.Time // without a monotonic reading
	accounts  gift.AccountService
	opts      AuthOptions
	access    *accessTokens
	refresh   refreshTokens
	passwords *passwords
	devices   deviceMarks

	// Each guards itself.
	times    *tokenTimes
	logins   *loginCache
	throttle *throttle
}

// setDefaults fills in what may be zero.
func (opts *AuthOptions) setDefaults() {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Elapsed == nil {
		started := opts.Now()
		opts.Elapsed = func() time.Duration { return opts.Now().Sub(started) }
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Base == "" {
		opts.Base = "http://localhost"
	}
	if opts.OnLoginEnd == nil {
		opts.OnLoginEnd = func(string) {}
	}
}

// NewAuth returns the rules for the accounts of a service.
func NewAuth(accounts gift.AccountService, opts AuthOptions) (*Auth, error) {
	if len(opts.Secret) < secretBytes {
		return nil, errors.New("the server's secret is too short")
	}
	opts.setDefaults()
	accessKey, err := deriveKey(opts.Secret, "access token")
	if err != nil {
		return nil, err
	}
	refreshKey, err := deriveKey(opts.Secret, "refresh token successor")
	if err != nil {
		return nil, err
	}
	deviceKey, err := deriveKey(opts.Secret, "device mark")
	if err != nil {
		return nil, err
	}
	return &Auth{
		started:   opts.Now().Round(0),
		times:     newTokenTimes(opts.Elapsed),
		accounts:  accounts,
		opts:      opts,
		access:    newAccessTokens(accessKey, opts.Now),
		refresh:   refreshTokens{key: refreshKey},
		passwords: newPasswords(),
		devices:   deviceMarks{deviceKey},
		logins:    newLoginCache(accounts, opts.Now),
		throttle:  newThrottle(opts.Now),
	}, nil
}

// ErrTokenExpired and ErrTokenInvalid are the errors of [Auth.Identify] that
// are about the token, not about the server.
var (
	ErrTokenExpired error = errTokenExpired
	ErrTokenInvalid error = errTokenInvalid
	// ErrLoginOver: the token is good, but its login has ended.
	ErrLoginOver error = errLoginOver
)

// Identify returns who holds an access token, the login it belongs to and when
// the token ends. It asks for the login as well: after a log-out, a token is
// worth nothing. Errors: [ErrTokenExpired], [ErrTokenInvalid],
// [ErrLoginOver], or what storage answers.
func (a *Auth) Identify(ctx context.Context, token string) (user, login string, expires time.Time, err error) {
	c, err := a.access.check(token)
	if err != nil {
		return "", "", time.Time{}, err
	}
	owner, err := a.logins.check(ctx, c.Login)
	if err != nil {
		return "", "", time.Time{}, err
	}
	if string(owner) != c.Subject {
		return "", "", time.Time{}, ErrTokenInvalid
	}
	return c.Subject, string(c.Login), c.ExpiresAt.Time, nil
}

// noticeOverlap is how far back a login's end is looked for: its time is noted
// before it is committed, perhaps behind others that write.
const noticeOverlap = time.Minute

// NoticeEnded closes the sockets of the logins that another process has ended,
// as giftboard user set-password does. It costs a short query; call it more often
// than once a second, since REST finds the same out within [loginFreshness].
func (a *Auth) NoticeEnded(ctx context.Context) error {
	ended, err := a.accounts.EndedLogins(ctx, a.opts.Now().Add(-noticeOverlap))
	if err != nil {
		return err
	}
	for _, id := range ended {
		if a.logins.revoke(id) {
			a.opts.OnLoginEnd(string(id))
		}
	}
	return nil
}

// End ends a login: its tokens are worth nothing from now on, its sockets close.
func (a *Auth) End(ctx context.Context, id gift.LoginID) error {
	a.logins.revoke(id)
	err := a.accounts.EndLogin(ctx, id, a.opts.Now())
	a.opts.OnLoginEnd(string(id))
	return err
}
