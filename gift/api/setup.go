package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

// SetupState is whether there is a family yet.
type SetupState struct {
	Needed bool `json:"needed" doc:"True until the first account exists"`
}

// setupBody founds the family.
type setupBody struct {
	Token      string `json:"token" maxLength:"200" doc:"From the setup link that the server printed at its start"`
	FamilyName string `json:"family_name" minLength:"1" maxLength:"200" example:"Lovelace"`
	Currency   string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" patternDescription:"an ISO 4217 code of three capital letters, such as EUR" example:"EUR" doc:"ISO 4217 code; default EUR"`
	Newcomer
}

// setupLink is tried before a form is filled in for it.
type setupLink struct {
	Token string `json:"token" maxLength:"200" doc:"From the setup link that the server printed at its start"`
}

// Newcomer is what every new account needs.
type Newcomer struct {
	Name     string `json:"name" minLength:"1" maxLength:"200" example:"Ada"`
	Email    string `json:"email" pattern:"^[^\\s@]+@[^\\s@]+$" patternDescription:"an email address" maxLength:"254" example:"ada@example.org"`
	Password string `json:"password" minLength:"10" maxLength:"200" doc:"10 to 200 characters"`
}

// account hashes the password.
func (n Newcomer) account(ctx context.Context, a *Auth) (gift.NewAccount, error) {
	if err := checkPassword(n.Password); err != nil {
		return gift.NewAccount{}, err
	}
	hash, err := a.passwords.hash(ctx, n.Password)
	return gift.NewAccount{Name: n.Name, Email: n.Email, PasswordHash: hash}, err
}

func (a *API) registerSetup() {
	const tag = "account"
	huma.Register(a.huma, public(http.MethodGet, "/setup", "getSetup", tag, "Whether the dashboard needs its setup", http.StatusServiceUnavailable),
		func(ctx context.Context, _ *struct{}) (*bodyOf[SetupState], error) {
			needed, err := a.auth.setupNeeded(ctx)
			return asBody(ctx, SetupState{needed}, err, "")
		})
	huma.Register(a.huma, public(http.MethodPost, "/setup/check", "checkSetupLink", tag, "Check a setup link", http.StatusForbidden, http.StatusGone),
		func(ctx context.Context, in *struct{ Body setupLink }) (*struct{}, error) {
			if err := a.auth.checkSetupLink(ctx, in.Body.Token); err != nil {
				return nil, fail(ctx, err, inBody)
			}
			return nil, nil
		})
	huma.Register(a.huma, created(public(http.MethodPost, "/setup", "setUp", tag, "Found the family and create its first account, once", http.StatusForbidden, http.StatusGone)),
		func(ctx context.Context, in *struct{ Body setupBody }) (*loggedIn, error) {
			g, err := a.auth.setUp(ctx, in.Body)
			return a.loggedIn(ctx, g, err)
		})
}

// setupNeeded reports whether there is no family yet.
func (a *Auth) setupNeeded(ctx context.Context) (bool, error) {
	_, err := a.accounts.Family(ctx)
	if gift.CodeOf(err) == gift.ENOTFOUND {
		return true, nil
	}
	return false, err
}

// setUp creates family and first account for the holder of the setup link.
func (a *Auth) setUp(ctx context.Context, in setupBody) (grant, error) {
	if err := a.allowPassword(requestFrom(ctx).from); err != nil {
		return grant{}, err
	}
	if err := a.checkSetupLink(ctx, in.Token); err != nil {
		return grant{}, err
	}
	account, err := in.account(ctx, a)
	if err != nil {
		return grant{}, err
	}
	family := gift.Family{Name: in.FamilyName, Currency: in.Currency}
	if family.Currency == "" {
		family.Currency = gift.DefaultCurrency
	}
	user, err := a.accounts.Setup(ctx, family, account)
	if err != nil {
		return grant{}, err
	}
	return a.open(ctx, user.ID)
}

// checkSetupLink refuses a token that does not let its holder found the family
// now. Nobody guesses one, so failed tries are not counted.
func (a *Auth) checkSetupLink(ctx context.Context, token string) error {
	needed, err := a.setupNeeded(ctx)
	if err != nil {
		return err
	}
	if !needed {
		return gift.Errorf(gift.EUSED, "the dashboard has been set up already; please log in, or ask for an invite")
	}
	if !a.isSetupToken(token) {
		e := gift.Errorf(gift.EFORBIDDEN, "this is not the setup link that the server printed when it started last")
		e.Field = "token"
		return e
	}
	return nil
}

// isSetupToken compares without telling by its time how much was right.
func (a *Auth) isSetupToken(token string) bool {
	given, right := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(a.opts.SetupToken))
	return a.opts.SetupToken != "" && subtle.ConstantTimeCompare(given[:], right[:]) == 1
}
