package jwtauth_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// signText signs a header and claims as they are written.
func signText(t testing.TB, header, claims string) string {
	t.Helper()
	b64 := base64.RawURLEncoding
	text := b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(claims))
	sum, err := jwt.SigningMethodHS256.Sign(text, secret)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + b64.EncodeToString(sum)
}

// A token says one thing to every reader, or nothing at all.
// Guarantees: D3
func TestATokenHasOneReading(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	const header = `{"alg":"HS256","typ":"JWT"}`
	claims := func(sub string) string {
		return `{"iss":"` + iss + `","aud":"` + aud + `","exp":4102444800,` + sub + `}`
	}
	if who := check(t, a, signText(t, header, claims(`"sub":"u1","SUB":"u2","Topics":["a:b"],"more":{"x":1}`)), ""); who.User != "u1" || strings.Contains(who.Grant, "a:b") {
		t.Errorf("read as %+v", who)
	}
	for name, token := range map[string]string{
		"sub in capitals alone":  signText(t, header, claims(`"SUB":"u1"`)),
		"sub twice":              signText(t, header, claims(`"sub":"u1","sub":"u2"`)),
		"sub twice, escaped":     signText(t, header, claims(`"sub":"u1","\u0073ub":"u2"`)),
		"half a surrogate pair":  signText(t, header, claims(`"sub":"u\ud800"`)),
		"a header twice":         signText(t, `{"alg":"HS256","alg":"HS256"}`, claims(`"sub":"u1"`)),
		"an extension":           signText(t, `{"alg":"HS256","crit":["exp"]}`, claims(`"sub":"u1"`)),
		"nested":                 signText(t, header, claims(`"sub":"u1","x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40))),
		"a line break":           signText(t, header, claims(`"sub":"u1"`)) + "\n",
		"a line break in a part": strings.Replace(signText(t, header, claims(`"sub":"u1"`)), ".", ".\r\n", 1),
	} {
		if who, err := a.Authenticate(t.Context(), token); err == nil {
			t.Errorf("%s: taken for %+v", name, who)
		}
	}
}

// fixedSet is the transport to an issuer with one answer.
type fixedSet string

func (s fixedSet) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(s)))}, nil
}

// A key set that two readers could read differently is no key set.
// Guarantees: D3
func TestKeySetsThatAreRefused(t *testing.T) {
	for name, set := range map[string]string{
		"keys twice": `{"keys":[],"keys":[]}`,
		"kid twice":  `{"keys":[{"kty":"OKP","kid":"a","kid":"b"}]}`,
		"nested":     `{"keys":[],"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
		"two values": `{"keys":[]}{}`,
		"too large":  `{"keys":[]}` + strings.Repeat(" ", jwtauth.MaxKeySet),
		"not UTF-8":  "{\"keys\":[],\"x\":\"\xff\"}",
	} {
		_, err := jwtauth.New(t.Context(), jwtauth.Options{
			Issuers: []jwtauth.Issuer{jwtauth.Issuer{Name: iss, JWKSURL: iss + "/keys"}.By(fixedSet(set))},
		})
		if err == nil || !strings.Contains(err.Error(), "the key set") || len(err.Error()) > 512 {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := jwtauth.New(t.Context(), jwtauth.Options{
		Issuers: []jwtauth.Issuer{jwtauth.Issuer{Name: iss, JWKSURL: iss + "/keys"}.By(fixedSet(marshalSet(t, nil)))},
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, a, "e30.e30.c2ln", realtime.CodeTokenInvalid)
}
