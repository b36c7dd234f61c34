package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/bearertoken"
)

// refreshCookie is the name of the refresh token's cookie, refreshPath the only
// place it is sent to. The name stands in the tags below as well.
const (
	refreshCookie = "giftboard_refresh"
	refreshPath   = Prefix + "/auth"
)

// hintCookie tells the page's scripts that there may be a refresh token, which
// they cannot see: a page without it need not ask to be refused. It proves nothing.
const hintCookie = "giftboard_session"

// Login is what a successful login is answered with.
type Login struct {
	AccessToken string      `json:"access_token" doc:"Send it as Authorization: Bearer; keep it in memory only"`
	ExpiresAt   time.Time   `json:"expires_at" doc:"When the access token ends; refresh it before"`
	User        gift.User   `json:"user"`
	Family      gift.Family `json:"family"`
}

// Me is the user of a login, and their family.
type Me struct {
	User   gift.User   `json:"user"`
	Family gift.Family `json:"family"`
}

// loginBody asks for a login.
type loginBody struct {
	Email    string `json:"email" minLength:"1" maxLength:"254" example:"ada@example.org"`
	Password string `json:"password" minLength:"1" maxLength:"200"`
}

// loggedIn is the answer to a login: the refresh token goes into a cookie that
// no script can read.
type loggedIn struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      Login
}

var errCredentials = gift.Errorf(gift.EUNAUTHORIZED, "email or password is wrong")

func (a *API) registerLogin() {
	const tag = "account"
	huma.Register(a.huma, public(http.MethodPost, "/auth/login", "login", tag, "Log in", http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests),
		func(ctx context.Context, in *struct{ Body loginBody }) (*loggedIn, error) {
			g, err := a.auth.login(ctx, in.Body.Email, in.Body.Password)
			return a.loggedIn(ctx, g, err)
		})
	refresh := public(http.MethodPost, "/auth/refresh", "refresh", tag, "Exchange the refresh token in the cookie for its successor and a new access token", http.StatusUnauthorized)
	huma.Register(a.huma, withCookie(refresh),
		func(ctx context.Context, in *struct {
			Refresh string `cookie:"giftboard_refresh" maxLength:"100" hidden:"true"`
		}) (*loggedIn, error) {
			g, err := a.auth.renew(ctx, in.Refresh)
			return a.loggedIn(ctx, g, err)
		})
	logout := public(http.MethodPost, "/auth/logout", "logout", tag, "End this login and its sockets; without a login it does nothing")
	huma.Register(a.huma, withCookie(logout), a.logout)
	huma.Register(a.huma, operation(http.MethodGet, "/auth/me", "getMe", tag, "The user of this login"),
		func(ctx context.Context, _ *struct{}) (*bodyOf[Me], error) {
			me, err := a.me(ctx, actorOf(ctx))
			return asBody(ctx, me, err, "")
		})
}

// withCookie documents that an operation reads the refresh cookie.
func withCookie(op huma.Operation) huma.Operation {
	op.Security = []map[string][]string{{cookie: {}}}
	return op
}

// login checks email and password. An unknown email gets the same answer as a
// wrong password, after the same work.
func (a *Auth) login(ctx context.Context, email, password string) (grant, error) {
	from := requestFrom(ctx).from
	if err := a.allowPassword(from); err != nil {
		return grant{}, err
	}
	key := keyOf(email, from.client)
	if name, ok := a.devices.check(requestFrom(ctx).device, email); ok {
		key = throttleKey{email: key.email, device: name}
	}
	if wait := a.throttle.attempt(key); wait > 0 {
		return grant{}, tooManyTries(wait)
	}
	user, err := a.compare(ctx, key, email, password)
	if err != nil {
		if !errors.Is(err, errCredentials) {
			a.throttle.takeBack(key)
		}
		return grant{}, err
	}
	a.throttle.succeeded(key)
	return a.open(ctx, user)
}

// compare returns whose email and password these are.
func (a *Auth) compare(ctx context.Context, key throttleKey, email, password string) (gift.UserID, error) {
	found, err := a.accounts.Credentials(ctx, email)
	if gift.CodeOf(err) == gift.ENOTFOUND {
		found, err = gift.Credentials{PasswordHash: a.passwords.decoy}, nil
	}
	if err != nil {
		return "", err
	}
	who := requester{key: key.from.String()}
	if a.throttle.knows(key) {
		who = requester{key: key.email + " " + key.from.String() + " " + key.device, known: true}
	}
	switch ok, err := a.passwords.matches(ctx, who, password, found.PasswordHash); {
	case err != nil:
		return "", err
	case !ok:
		return "", errCredentials
	}
	return found.User, nil
}

// allowPassword refuses passwords that others on the way could read.
func (a *Auth) allowPassword(from origin) error {
	if from.scheme == "https" || from.loopback || a.opts.InsecureLAN {
		return nil
	}
	return gift.Errorf(gift.EFORBIDDEN, "this connection is not encrypted: others in the network could read your password. "+
		"Open the dashboard over https (behind a proxy: start the server with --public-url), or start it with --insecure-lan if you trust everybody in your network")
}

// tooManyTries asks for patience.
func tooManyTries(wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	return later(fmt.Sprintf("too many failed tries; please wait %d s", seconds), seconds)
}

// later answers 429.
func later(detail string, seconds int) *Problem {
	p := newProblem(codeRateLimited, detail)
	p.headers = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return p
}

// logout ends the logins that cookie and access token name.
func (a *API) logout(ctx context.Context, in *struct {
	Refresh       string `cookie:"giftboard_refresh" maxLength:"100" hidden:"true"`
	Authorization string `header:"Authorization" hidden:"true"`
}) (*struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}, error) {
	ended := map[gift.LoginID]bool{}
	if token, ok := bearertoken.FromHeader(in.Authorization); ok {
		if _, login, _, err := a.auth.Identify(ctx, token); err == nil {
			ended[gift.LoginID(login)] = true
		}
	}
	if in.Refresh != "" {
		_, login, err := a.auth.accounts.FindRefreshToken(ctx, hashToken(in.Refresh))
		if err == nil {
			ended[login.ID] = true
		} else if gift.CodeOf(err) != gift.ENOTFOUND {
			return nil, fail(ctx, err, "")
		}
	}
	for id := range ended {
		if err := a.auth.End(ctx, id); err != nil {
			return nil, fail(ctx, err, "")
		}
	}
	return &struct {
		SetCookie []http.Cookie `header:"Set-Cookie"`
	}{a.cookiesFor(ctx, "", time.Time{})}, nil
}

// loggedIn answers a login.
func (a *API) loggedIn(ctx context.Context, g grant, err error) (*loggedIn, error) {
	if err != nil {
		return nil, failLogin(ctx, err)
	}
	me, err := a.me(ctx, g.user)
	if err != nil {
		return nil, fail(ctx, err, "")
	}
	a.auth.throttle.used(keyOf(me.User.Email, requestFrom(ctx).from.client))
	return &loggedIn{
		SetCookie: append(a.cookiesFor(ctx, g.refresh, g.refreshExpires), a.markDevice(ctx, me.User.Email)...),
		Body:      Login{g.access, g.expires, me.User, me.Family},
	}, nil
}

// failLogin is [fail] for errors that may be problems already.
func failLogin(ctx context.Context, err error) error {
	var p *Problem
	switch {
	case asProblem(err, &p):
		return p
	case errors.Is(err, errQueueFull):
		return later(errQueueFull.Error(), 1)
	}
	return fail(ctx, err, inBody)
}

// me returns a user and the family.
func (a *API) me(ctx context.Context, id gift.UserID) (Me, error) {
	user, err := a.svc.User(ctx, id)
	if err != nil {
		return Me{}, err
	}
	family, err := a.svc.Family(ctx)
	return Me{user, family}, err
}

// cookiesFor are the cookie with a refresh token and the one that tells of it,
// or without a token both to remove them. They are Secure unless the page itself
// came over plain HTTP.
func (a *API) cookiesFor(ctx context.Context, token string, expires time.Time) []http.Cookie {
	refresh := http.Cookie{
		Name:     refreshCookie,
		Value:    token,
		Path:     refreshPath,
		MaxAge:   -1,
		HttpOnly: true,
		Secure:   a.auth.mustSecure(requestFrom(ctx).from),
		SameSite: http.SameSiteStrictMode,
	}
	if token != "" {
		refresh.MaxAge = int(expires.Sub(a.auth.opts.Now()).Seconds())
	}
	hint := refresh
	hint.Name, hint.Value, hint.Path, hint.HttpOnly = hintCookie, "yes", "/", false
	return []http.Cookie{refresh, hint}
}

// markDevice is the cookie that marks the browser as one of the account's; none if it
// has the mark.
func (a *API) markDevice(ctx context.Context, email string) []http.Cookie {
	r := requestFrom(ctx)
	if _, ok := a.auth.devices.check(r.device, email); ok {
		return nil
	}
	return []http.Cookie{{
		Name:     deviceCookie,
		Value:    a.auth.devices.make(email),
		Path:     refreshPath,
		MaxAge:   int(DeviceLife.Seconds()),
		HttpOnly: true,
		Secure:   a.auth.mustSecure(r.from),
		SameSite: http.SameSiteStrictMode,
	}}
}

// mustSecure reports whether cookies must never travel over plain HTTP: always,
// except where there is nothing else, on loopback or with --insecure-lan.
func (a *Auth) mustSecure(from origin) bool {
	if from.scheme == "https" {
		return true
	}
	return !from.loopback && !a.opts.InsecureLAN
}
