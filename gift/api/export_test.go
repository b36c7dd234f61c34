package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/familygifting/tidings/gift"
)

// Open starts a login and returns its access and refresh tokens, as a login does.
func (a *Auth) Open(ctx context.Context, user gift.UserID) (access, refresh string, err error) {
	g, err := a.open(ctx, user)
	return g.access, g.refresh, err
}

// RefreshCookie is the name of the refresh token's cookie.
const RefreshCookie = refreshCookie

// HintCookie is the name of the cookie that tells scripts of the other one.
const HintCookie = hintCookie

// DeviceCookie is the name of the cookie that marks a device.
const DeviceCookie = deviceCookie

// HashParameters are the parameters in a PHC string of ours.
const HashParameters = "m=19456,t=2,p=1"

// CountHashes makes f hear of every hash that begins.
func (a *Auth) CountHashes(f func()) { a.passwords.began = f }

// HashSlots is how many hashes may run at the same time.
func (a *Auth) HashSlots() int { return a.passwords.queue.free }

// TakeHashSlot occupies one place for a hash until the returned func is called.
func (a *Auth) TakeHashSlot() func() {
	who := requester{key: rand.Text()}
	_ = a.passwords.queue.acquire(context.Background(), who) // there is one
	return func() { a.passwords.queue.release(who) }
}

// AccessKey is what access tokens are signed with.
func (a *Auth) AccessKey() []byte { return a.access.key }

// AccessToken makes an access token.
func (a *Auth) AccessToken(user gift.UserID, login gift.LoginID) (string, error) {
	token, _, err := a.access.make(user, login)
	return token, err
}

// ReadTokens is how many access tokens are remembered.
func (a *Auth) ReadTokens() int { return len(a.access.read) }

// MaxReadTokens is how many may be.
const MaxReadTokens = maxReadTokens

// Login checks email and password as from this machine.
func (a *Auth) Login(ctx context.Context, email, password string) error {
	ctx = withRequest(ctx, &request{from: origin{loopback: true}})
	_, err := a.login(ctx, email, password)
	return err
}

// Throttled tries a login from an address without checking anything, and
// returns how long it has to wait.
func (a *Auth) Throttled(email string, from netip.Addr) time.Duration {
	return a.throttle.attempt(keyOf(email, from))
}

// ThrottledHere tries a login from this machine, as [Auth.Login] does.
func (a *Auth) ThrottledHere(email string) time.Duration { return a.Throttled(email, netip.Addr{}) }

// UsedFrom notes that an account is used from an address, as a login does.
func (a *Auth) UsedFrom(email string, from netip.Addr) { a.throttle.used(keyOf(email, from)) }

// ThrottledCount is how much is remembered: the largest of pairs, accounts and
// known addresses.
func (a *Auth) ThrottledCount() int {
	return max(len(a.throttle.pairs), len(a.throttle.accounts), len(a.throttle.known))
}

// Limits of the throttle.
const (
	MaxThrottled        = maxThrottled
	FreeFailures        = freeFailures
	FreeAccountFailures = freeAccountFailures
	MaxAccountDelay     = maxAccountDelay
	AddressMemory       = addressMemory
)

// KnownLogins is how many logins are in the cache.
func (a *Auth) KnownLogins() int { return len(a.logins.known) }

// MaxSuccessors and LoginMemory are limits.
const (
	MaxSuccessors = maxSuccessors
	LoginMemory   = loginMemory
)

// HeldBodies is how many bytes of bodies are held.
func (a *API) HeldBodies() int64 { return a.bodies.members.Held() + a.bodies.strangers.Held() }

// OpenBodyTime is how long a stranger may take for a body.
const OpenBodyTime = openBodyTime

// MaxAddressBodies is how many bytes of a network may be held.
const MaxAddressBodies = maxAddressBodies

// ToProblem turns what huma would answer into a problem.
func ToProblem(found huma.StatusError) (*Problem, error) {
	a := &API{wordings: newWordings()}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	v, err := a.toProblem(humago.NewContext(&huma.Operation{}, r, httptest.NewRecorder()), "", found)
	p, _ := v.(*Problem)
	return p, err
}
