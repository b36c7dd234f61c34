package jwtauth_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// The log says why a token is refused, once a minute and without the
// token. The client does not.
// Guarantees: A55
func TestWhyATokenIsRefused(t *testing.T) {
	hour := time.Now().Add(time.Hour)
	key := []byte(strings.Repeat("x", 32))
	signed := func(claims jwt.MapClaims) string { return sign(t, jwt.SigningMethodHS256, secret, claims) }
	long := strings.Repeat("x", jwtauth.MaxID+1)
	for name, c := range map[string]struct{ token, why, detail string }{
		"another audience":         {signed(good("aud", "mail")), "audience", "mail"},
		"no audience":              {signed(good("aud", nil)), "claims", "aud"},
		"a slash at the end":       {signed(good("iss", iss+"/")), "issuer", iss + "/"},
		"a subject that is number": {signed(good("sub", 7)), "malformed", "sub"},
		"no subject":               {signed(good("sub", nil)), "no_subject", "sub"},
		"another algorithm":        {sign(t, jwt.SigningMethodHS512, secret, good()), "signature", "HS512"},
		"another key":              {sign(t, jwt.SigningMethodHS256, key, good()), "signature", "signature"},
		"from the future":          {signed(good("iat", hour.Unix())), "issued_in_the_future", "issued"},
		"for the future":           {signed(good("nbf", hour.Unix())), "not_valid_yet", "valid yet"},
		"from milliseconds":        {signed(good("iat", time.Now().UnixMilli(), "exp", hour.UnixMilli())), "issued_in_the_future", "in milliseconds"},
		"to milliseconds":          {signed(good("exp", hour.UnixMilli())), "lives_too_long", "in milliseconds"},
		"no end":                   {signed(good("exp", nil)), "claims", "exp"},
		"topics as text":           {signed(good("topics", "list-items:1")), "malformed", "topics"},
		"no topic":                 {signed(good("topics", []string{"*"})), "topics", "resource-type"},
		"with its scheme":          {"Bearer " + signed(good()), "malformed", "Bearer"},
		"nonsense":                 {"nonsense", "malformed", "three parts"},
		"too long":                 {signed(good("more", strings.Repeat("x", jwtauth.MaxToken))), "too_long", "8192"},
		"a long id":                {signed(good("jti", long)), "long_ids", "256"},
		"a long life":              {signed(good("exp", hour.Add(48*time.Hour).Unix())), "lives_too_long", "24h"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			a, err := jwtauth.New(t.Context(), jwtauth.Options{
				Issuers: []jwtauth.Issuer{{Name: iss, Secret: secret}}, Audience: aud, MaxLifetime: 24 * time.Hour, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				check(t, a, c.token, realtime.CodeTokenInvalid)
			}
			line := log.String()
			if strings.Count(line, "\n") != 1 || !strings.Contains(line, "reason="+c.why+" ") || !strings.Contains(line, c.detail) {
				t.Errorf("the log: %q; want one line with the reason %s and %q", line, c.why, c.detail)
			}
			for part := range strings.SplitSeq(strings.TrimPrefix(c.token, "Bearer "), ".") {
				if len(part) > 8 && strings.Contains(line, part) || len(line) > 600 {
					t.Errorf("the log repeats the token: %q", line)
				}
			}
		})
	}
}

// What ends as tokens do is no line's worth, and neither is one that is good.
func TestWhatIsNotLoggedOfTokens(t *testing.T) {
	var log bytes.Buffer
	a, err := jwtauth.New(t.Context(), jwtauth.Options{Issuers: []jwtauth.Issuer{{Name: iss, Secret: secret}}, Audience: aud, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	check(t, a, sign(t, jwt.SigningMethodHS256, secret, good()), "")
	check(t, a, sign(t, jwt.SigningMethodHS256, secret, good("exp", time.Now().Add(-time.Hour).Unix())), realtime.CodeTokenExpired)
	if log.Len() > 0 {
		t.Errorf("the log: %s", log.String())
	}
}

// Rights that stand in a token are as old as the token: what was withdrawn later is
// not given back by it. Without an iat they are as old as can be.
// Guarantees: A52
func TestTheAgeOfRights(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	issued := time.Unix(time.Now().Add(-time.Minute).Unix(), 0)
	for name, c := range map[string]struct {
		claims jwt.MapClaims
		want   time.Time
	}{
		"with topics":         {good("topics", []string{"list-items:1"}, "iat", issued.Unix()), issued},
		"with topics, no iat": {good("topics", []string{"list-items:1"}, "iat", nil), time.Unix(0, 0)},
		"without topics":      {good("topics", nil, "iat", issued.Unix()), time.Time{}},
		"with an empty list":  {good("topics", []string{}, "iat", issued.Unix()), time.Time{}},
	} {
		if who := check(t, a, sign(t, jwt.SigningMethodHS256, secret, c.claims), ""); !who.Issued.Equal(c.want) || who.Issued.IsZero() != c.want.IsZero() {
			t.Errorf("%s: issued at %v; want %v", name, who.Issued, c.want)
		}
	}
}
