package jwtauth

import (
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/internal/jose"
	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
)

var (
	errInvalid = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token is not valid here"}
	errTooLong = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: fmt.Sprintf("the token has more than %d bytes", MaxToken)}
	errTopics  = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token's topics hold what is no topic"}
	errExpired = &realtime.Error{Code: realtime.CodeTokenExpired, Message: "the token has expired"}
	errRevoked = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token was revoked"}
)

// maxDetail is how many bytes of what is wrong with a token are logged.
const maxDetail = 256

// refuse logs why a token is refused, once a minute for each reason. Clients do not
// learn it: that would help those who forge. The detail never holds the token.
func (a *Authorizer) refuse(answer *realtime.Error, why, detail string) error {
	a.refusals.Say(why, "a token was refused", "detail", strictjson.Clip(detail, maxDetail))
	return answer
}

// checkForm returns why a token is not even read.
func (a *Authorizer) checkForm(token string) error {
	if len(token) > MaxToken {
		return a.refuse(errTooLong, "too_long", fmt.Sprintf("it has %d bytes, and may have %d: name fewer topics in it, or all of a type", len(token), MaxToken))
	}
	err := jose.Check(token)
	switch {
	case err == nil:
		return nil
	case strings.HasPrefix(strings.ToLower(token), "bearer "):
		return a.refuse(errInvalid, "malformed", "it begins with Bearer: send the token alone")
	}
	return a.refuse(errInvalid, "malformed", err.Error())
}

// reasons are why a token is refused whose form is right, by what the parser says.
// Its claims are looked at last, when the signature has been.
var reasons = []struct {
	err error
	why string
}{
	{jwt.ErrTokenMalformed, "malformed"},
	{jwt.ErrTokenUnverifiable, "key"},
	{jwt.ErrTokenSignatureInvalid, "signature"},
	{jwt.ErrTokenInvalidAudience, "audience"},
	{jwt.ErrTokenInvalidIssuer, "issuer"},
	{jwt.ErrTokenUsedBeforeIssued, "issued_in_the_future"},
	{jwt.ErrTokenNotValidYet, "not_valid_yet"},
}

// refuseFor answers for what the parser found.
func (a *Authorizer) refuseFor(err error, c *claims) error {
	if errors.Is(err, errUndecided) {
		return errUndecided
	}
	if errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		return errExpired // as tokens do
	}
	detail := err.Error()
	for _, r := range reasons {
		if !errors.Is(err, r.err) {
			continue
		}
		switch r.why { // the signature was right: what it says is the issuer's word
		case "audience":
			detail = fmt.Sprintf("its aud is %q, and must hold %q", []string(c.Audience), a.audience)
		case "issuer":
			detail = fmt.Sprintf("its iss is %q, which is not exactly the name of an issuer here", c.Issuer)
		}
		return a.refuse(errInvalid, r.why, detail)
	}
	return a.refuse(errInvalid, "claims", detail)
}

// checkClaims returns why a token is refused that is signed, and is for us now.
func (a *Authorizer) checkClaims(c *claims) error {
	switch {
	case c.Subject == "":
		return a.refuse(errInvalid, "no_subject", "it has no sub, or an empty one")
	case max(len(c.Subject), len(c.Login), len(c.ID)) > MaxID:
		return a.refuse(errInvalid, "long_ids", fmt.Sprintf("its sub, sid or jti has more than %d bytes, and could not be revoked", MaxID))
	case a.livesTooLong(c):
		return a.refuse(errInvalid, "lives_too_long", fmt.Sprintf("it lives too long: from iat to exp it may have %v", a.maxLifetime))
	case a.revoked.of(c):
		return errRevoked
	}
	for _, topic := range c.Topics {
		if err := checkPattern(topic); err != nil {
			return a.refuse(errTopics, "topics", err.Error())
		}
	}
	return nil
}
