package jwtauth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/internal/jose"
	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
)

var (
	errInvalid = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "token not valid here: log in again"}
	errTooLong = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: fmt.Sprintf("token longer than %d bytes: name fewer topics in it", MaxToken)}
	errTopics  = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "token with a malformed topic in its topics"}
	errExpired = &realtime.Error{Code: realtime.CodeTokenExpired, Message: "token expired: send a fresh one"}
	errRevoked = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "token revoked: log in again"}
)

// maxDetail is how many bytes of what is wrong with a token are logged.
const maxDetail = 256

// refuse logs why a token is refused, once a minute for each reason. The client does not
// get the reason, which would help to forge tokens. The detail never holds the token.
func (a *Authorizer) refuse(answer *realtime.Error, why, detail string) error {
	a.refusals.Say(why, "a token was refused", "detail", strictjson.Clip(detail, maxDetail))
	return answer
}

// checkForm checks a token's length and form.
func (a *Authorizer) checkForm(token string) error {
	if len(token) > MaxToken {
		return a.refuse(errTooLong, "too_long", fmt.Sprintf("it has %d bytes, more than %d: name fewer topics in it, or all of a type", len(token), MaxToken))
	}
	err := jose.Check(token)
	switch {
	case err == nil:
		return nil
	case strings.HasPrefix(strings.ToLower(token), "bearer "):
		return a.refuse(errInvalid, "malformed", "it starts with Bearer: send the token alone")
	}
	return a.refuse(errInvalid, "malformed", err.Error())
}

// reasons are the parser's errors, and the reasons that are logged for them. The parser
// checks the signature before the claims.
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

// refuseFor returns the answer for the parser's error. Guess describes how the signature
// was made, where that is known.
func (a *Authorizer) refuseFor(err error, c *claims, guess func() string) error {
	if errors.Is(err, errUndecided) {
		return errUndecided
	}
	if errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		return errExpired // not logged: every token expires
	}
	detail := err.Error()
	for _, r := range reasons {
		if !errors.Is(err, r.err) {
			continue
		}
		switch r.why { // except for "signature", the claims are the issuer's
		case "signature":
			detail += guess()
		case "audience":
			detail = fmt.Sprintf("its aud is %q: it must contain %q", []string(c.Audience), a.audience)
		case "issuer":
			detail = fmt.Sprintf("its iss is %q: no issuer here has exactly this name", c.Issuer)
		case "issued_in_the_future", "not_valid_yet":
			detail += unitAdvice(c)
		}
		return a.refuse(errInvalid, r.why, detail)
	}
	return a.refuse(errInvalid, "claims", detail)
}

// farFuture is later than any token is good for: a time in milliseconds, read as one in
// seconds, is later still.
var farFuture = time.Date(5000, time.January, 1, 0, 0, 0, 0, time.UTC)

// unitAdvice says that times are in seconds, if one of the token's looks like milliseconds.
func unitAdvice(c *claims) string {
	for _, at := range []*jwt.NumericDate{c.IssuedAt, c.NotBefore, c.ExpiresAt} {
		if at != nil && at.After(farFuture) {
			return ": its times are in milliseconds, and have to be in seconds"
		}
	}
	return ""
}

// checkClaims checks the claims of a token whose signature, audience and times are valid.
func (a *Authorizer) checkClaims(c *claims) error {
	switch {
	case c.Subject == "":
		return a.refuse(errInvalid, "no_subject", "missing or empty sub")
	case max(len(c.Subject), len(c.Login), len(c.ID)) > MaxID:
		return a.refuse(errInvalid, "long_ids", fmt.Sprintf("its sub, sid or jti has more than %d bytes, too long to be revoked", MaxID))
	case a.livesTooLong(c):
		return a.refuse(errInvalid, "lives_too_long", fmt.Sprintf("it lives too long: issue it for at most %v from iat to exp", a.maxLifetime)+unitAdvice(c))
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
