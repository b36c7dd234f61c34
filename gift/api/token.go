package api

import (
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/jose"
	"github.com/familygifting/tidings/internal/strictjson"
)

// Life and limits of access tokens.
const (
	// AccessTokenLife is how long an access token is good for.
	AccessTokenLife = 10 * time.Minute
	// accessTokenLeeway forgives clocks that differ.
	accessTokenLeeway = 5 * time.Second
	// maxAccessToken is the longest token that is looked at, in bytes.
	maxAccessToken = 2048
	// maxReadTokens is how many good tokens are remembered at most.
	maxReadTokens = 1000
	// issuer and audience of access tokens.
	issuer = "giftboard"
)

// accessTokens makes and checks access tokens: JWTs, HS256 and nothing else.
type accessTokens struct {
	// Static after construction.
	key    []byte
	now    func() time.Time
	parser *jwt.Parser

	mu sync.Mutex
	// read are tokens that were found good, guarded by mu. A token is sent with
	// every request, and reading it takes longer than much of what is asked.
	read map[string]claims
}

// claims are what an access token says.
type claims struct {
	jwt.RegisteredClaims
	Login gift.LoginID `json:"sid"`
}

// UnmarshalJSON reads claims by their exact names. Others may stand beside them.
func (c *claims) UnmarshalJSON(doc []byte) error {
	type plain claims // without this method
	return strictjson.UnmarshalOpen(doc, (*plain)(c))
}

func newAccessTokens(key []byte, now func() time.Time) *accessTokens {
	return &accessTokens{key: key, now: now, read: map[string]claims{}, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(issuer),
		jwt.WithExpirationRequired(),
		jwt.WithNotBeforeRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(accessTokenLeeway),
		jwt.WithTimeFunc(now),
		jwt.WithStrictDecoding(),
	)}
}

// make returns a token for a login, and when it ends.
func (t *accessTokens) make(user gift.UserID, login gift.LoginID) (string, time.Time, error) {
	now := t.now().Truncate(time.Second)
	expires := now.Add(AccessTokenLife)
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    issuer,
			Audience:  jwt.ClaimStrings{issuer},
			Subject:   string(user),
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(expires),
		},
		Login: login,
	}).SignedString(t.key)
	return token, expires, err
}

// Errors about access tokens.
var (
	errTokenInvalid = gift.Errorf(gift.EUNAUTHORIZED, "please log in: the access token is not valid")
	errTokenExpired = gift.Errorf(gift.EUNAUTHORIZED, "the access token has expired")
)

// check returns what a token says, if it is good now.
func (t *accessTokens) check(token string) (claims, error) {
	t.mu.Lock()
	c, known := t.read[token]
	t.mu.Unlock()
	if known && t.now().Before(c.ExpiresAt.Time) {
		return c, nil
	}
	c, err := t.parse(token)
	if err == nil {
		t.remember(token, c)
	}
	return c, err
}

// remember keeps a good token, instead of all the others if they are too many.
func (t *accessTokens) remember(token string, c claims) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.read) >= maxReadTokens {
		clear(t.read)
	}
	t.read[token] = c
}

// parse reads a token and returns what it says.
func (t *accessTokens) parse(token string) (claims, error) {
	var c claims
	if len(token) > maxAccessToken || jose.Check(token) != nil {
		return c, errTokenInvalid
	}
	_, err := t.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.key, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return c, errTokenExpired
	case err != nil || c.Subject == "" || c.Login == "":
		return c, errTokenInvalid
	}
	return c, nil
}
