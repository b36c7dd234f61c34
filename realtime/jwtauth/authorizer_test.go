package jwtauth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math"
	"math/big"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const iss, aud = "https://app.example.com", "tidings"

var secret = []byte("0123456789abcdef0123456789abcdef")

// keys made once: RSA takes its time.
var (
	rsaKey, _      = rsa.GenerateKey(rand.Reader, 2048)
	ecKey, _       = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edKey, _    = ed25519.GenerateKey(rand.Reader)
	otherRSAKey, _ = rsa.GenerateKey(rand.Reader, 2048)
	goodTopics     = []string{"list-items:1", "user:*"}
)

// good are claims with nothing wrong, changed by pairs of name and value; nil
// takes one away.
func good(changes ...any) jwt.MapClaims {
	c := jwt.MapClaims{
		"iss": iss, "aud": aud, "sub": "u1", "exp": time.Now().Add(time.Hour).Unix(), "sid": "login", "jti": "token", "topics": goodTopics,
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == nil {
			delete(c, changes[i].(string))
		} else {
			c[changes[i].(string)] = changes[i+1]
		}
	}
	return c
}

func sign(t testing.TB, method jwt.SigningMethod, key any, c jwt.MapClaims, header ...any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, c)
	for i := 0; i < len(header); i += 2 {
		token.Header[header[i].(string)] = header[i+1]
	}
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pemOf(t testing.TB, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func newAuthorizer(t testing.TB, issuers ...jwtauth.Issuer) *jwtauth.Authorizer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	a, err := jwtauth.New(ctx, jwtauth.Options{Issuers: issuers, Audience: aud, Leeway: -1})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// check authenticates and wants the code; empty for success.
func check(t testing.TB, a *jwtauth.Authorizer, token string, want realtime.Code) realtime.Identity {
	t.Helper()
	who, err := a.Authenticate(t.Context(), token)
	var public *realtime.Error
	switch {
	case want == "" && err != nil:
		t.Errorf("refused: %v", err)
	case want != "" && (!errors.As(err, &public) || public.Code != want):
		t.Errorf("Authenticate = %+v, %v; want %s", who, err, want)
	}
	return who
}

func TestEachAlgorithm(t *testing.T) {
	for name, c := range map[string]struct {
		issuer jwtauth.Issuer
		method jwt.SigningMethod
		key    any
	}{
		"HS256": {jwtauth.Issuer{Name: iss, Secret: secret}, jwt.SigningMethodHS256, secret},
		"RS256": {jwtauth.Issuer{Name: iss, PublicKey: pemOf(t, rsaKey.Public())}, jwt.SigningMethodRS256, rsaKey},
		"ES256": {jwtauth.Issuer{Name: iss, PublicKey: pemOf(t, ecKey.Public())}, jwt.SigningMethodES256, ecKey},
		"EdDSA": {jwtauth.Issuer{Name: iss, PublicKey: pemOf(t, edKey.Public())}, jwt.SigningMethodEdDSA, edKey},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthorizer(t, c.issuer)
			who := check(t, a, sign(t, c.method, c.key, good()), "")
			if who.User != "u1" || who.Session != "login" || who.Token != "token" || time.Until(who.Expires) < 59*time.Minute {
				t.Errorf("identity %+v", who)
			}
			check(t, a, sign(t, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), good()), realtime.CodeTokenInvalid)
		})
	}
}

// Guarantees: A9
func TestClaims(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	past, future := time.Now().Add(-time.Minute).Unix(), time.Now().Add(time.Minute).Unix()
	for name, c := range map[string]struct {
		claims jwt.MapClaims
		want   realtime.Code
	}{
		"expired":           {good("exp", past), realtime.CodeTokenExpired},
		"no exp":            {good("exp", nil), realtime.CodeTokenInvalid},
		"exp no number":     {good("exp", "soon"), realtime.CodeTokenInvalid},
		"not yet":           {good("nbf", future), realtime.CodeTokenInvalid},
		"another audience":  {good("aud", "others"), realtime.CodeTokenInvalid},
		"no audience":       {good("aud", nil), realtime.CodeTokenInvalid},
		"one of several":    {good("aud", []string{"others", aud}), ""},
		"another issuer":    {good("iss", "https://evil.example"), realtime.CodeTokenInvalid},
		"no issuer":         {good("iss", nil), realtime.CodeTokenInvalid},
		"nobody":            {good("sub", nil), realtime.CodeTokenInvalid},
		"topics no list":    {good("topics", "list-items:1"), realtime.CodeTokenInvalid},
		"topics no topics":  {good("topics", []string{"list-items:1 user:2"}), realtime.CodeTokenInvalid},
		"topics everything": {good("topics", []string{"*"}), realtime.CodeTokenInvalid},
		"no topics":         {good("topics", nil), ""},
	} {
		t.Run(name, func(t *testing.T) { check(t, a, sign(t, jwt.SigningMethodHS256, secret, c.claims), c.want) })
	}
}

// A token counts as valid until its exp and the leeway have passed: the identity
// says so, since the hub compares it with the clock once more.
// Guarantees: A9
func TestLeeway(t *testing.T) {
	const leeway = time.Minute
	a, err := jwtauth.New(t.Context(), jwtauth.Options{Issuers: []jwtauth.Issuer{{Name: iss, Secret: secret}}, Audience: aud, Leeway: leeway})
	if err != nil {
		t.Fatal(err)
	}
	within := time.Now().Add(-leeway / 2)
	who := check(t, a, sign(t, jwt.SigningMethodHS256, secret, good("exp", within.Unix())), "")
	if want := time.Unix(within.Unix(), 0).Add(leeway); !who.Expires.Equal(want) {
		t.Errorf("it expires at %v; want %v", who.Expires, want)
	}
	check(t, a, sign(t, jwt.SigningMethodHS256, secret, good("nbf", time.Now().Add(leeway/2).Unix())), "")
	check(t, a, sign(t, jwt.SigningMethodHS256, secret, good("exp", time.Now().Add(-2*leeway).Unix())), realtime.CodeTokenExpired)
}

// An expired token that is not signed properly is invalid, not expired: nobody
// learns anything by it.
// Guarantees: A9
func TestForgedAndExpired(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	forged := sign(t, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), good("exp", int64(1)))
	check(t, a, forged, realtime.CodeTokenInvalid)
}

// Guarantees: A8
func TestAlgNone(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret}, jwtauth.Issuer{Name: "rsa", PublicKey: pemOf(t, rsaKey.Public())})
	check(t, a, sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good()), realtime.CodeTokenInvalid)
	check(t, a, sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good("iss", "rsa")), realtime.CodeTokenInvalid)
	valid := strings.Split(sign(t, jwt.SigningMethodHS256, secret, good()), ".")
	for _, alg := range []string{"none", "None", "nOnE", "", "HS512", "XX"} {
		header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + alg + `","typ":"JWT"}`))
		check(t, a, header+"."+valid[1]+".", realtime.CodeTokenInvalid)
		check(t, a, header+"."+valid[1]+"."+valid[2], realtime.CodeTokenInvalid)
	}
}

// The public key, which everyone knows, as the secret of HS256.
// Guarantees: A8
func TestAlgorithmSwap(t *testing.T) {
	public := pemOf(t, rsaKey.Public())
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, PublicKey: public})
	parts := strings.Split(sign(t, jwt.SigningMethodHS256, secret, good()), ".")
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	check(t, a, parts[0]+"."+parts[1]+"."+base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), realtime.CodeTokenInvalid)
	check(t, a, sign(t, jwt.SigningMethodRS512, rsaKey, good()), realtime.CodeTokenInvalid)
	check(t, a, sign(t, jwt.SigningMethodPS256, rsaKey, good()), realtime.CodeTokenInvalid)
}

// jwks serves a key set that can be changed, and counts how often it is fetched.
type jwks struct {
	*httptest.Server
	keys    atomic.Pointer[[]byte]
	fetches atomic.Int64
}

func (j *jwks) set(t testing.TB, keys map[string]*rsa.PublicKey) {
	t.Helper()
	b := marshalSet(t, keys)
	j.keys.Store(&b)
}

// marshalSet writes a key set as an issuer does.
func marshalSet(t testing.TB, keys map[string]*rsa.PublicKey) []byte {
	t.Helper()
	list := []map[string]string{}
	for kid, key := range keys {
		list = append(list, map[string]string{
			"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		})
	}
	b, err := json.Marshal(map[string]any{"keys": list})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newJWKS(t testing.TB, keys map[string]*rsa.PublicKey) *jwks {
	t.Helper()
	j := &jwks{}
	j.set(t, keys)
	j.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		j.fetches.Add(1)
		_, _ = w.Write(*j.keys.Load())
	}))
	j.Config.SetKeepAlivesEnabled(false)
	t.Cleanup(j.Close)
	return j
}

// Guarantees: A14
func TestKeySetRotation(t *testing.T) {
	set := newJWKS(t, map[string]*rsa.PublicKey{"old": &rsaKey.PublicKey})
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, JWKSURL: set.URL})
	old, fresh := sign(t, jwt.SigningMethodRS256, rsaKey, good(), "kid", "old"), sign(t, jwt.SigningMethodRS256, otherRSAKey, good(), "kid", "new")
	check(t, a, old, "")
	set.set(t, map[string]*rsa.PublicKey{"old": &rsaKey.PublicKey, "new": &otherRSAKey.PublicKey})
	check(t, a, fresh, "") // a key that it does not know makes it look
	check(t, a, old, "")   // both are good while both are there
}

// Guarantees: A14
func TestUnknownKeysDoNotFloodTheIssuer(t *testing.T) {
	set := newJWKS(t, map[string]*rsa.PublicKey{"old": &rsaKey.PublicKey})
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, JWKSURL: set.URL})
	want := realtime.CodeTokenInvalid // by a set that was fetched for it
	for range 50 {
		check(t, a, sign(t, jwt.SigningMethodRS256, otherRSAKey, good(), "kid", rand.Text()), want)
		want = realtime.CodeInternal // until it may be fetched again
	}
	if got := set.fetches.Load(); got != 2 {
		t.Errorf("%d fetches; want the first, and one within the minute", got)
	}
	check(t, a, sign(t, jwt.SigningMethodRS256, rsaKey, good(), "kid", "old"), "") // who is known is not held up
}

// Guarantees: A11
func TestTheSameKeyIDFromAnotherIssuer(t *testing.T) {
	one := newJWKS(t, map[string]*rsa.PublicKey{"k": &rsaKey.PublicKey})
	two := newJWKS(t, map[string]*rsa.PublicKey{"k": &otherRSAKey.PublicKey})
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, JWKSURL: one.URL}, jwtauth.Issuer{Name: "two", JWKSURL: two.URL})
	check(t, a, sign(t, jwt.SigningMethodRS256, rsaKey, good(), "kid", "k"), "")
	check(t, a, sign(t, jwt.SigningMethodRS256, otherRSAKey, good("iss", "two"), "kid", "k"), "")
	check(t, a, sign(t, jwt.SigningMethodRS256, otherRSAKey, good(), "kid", "k"), realtime.CodeTokenInvalid)
	check(t, a, sign(t, jwt.SigningMethodRS256, rsaKey, good("iss", "two"), "kid", "k"), realtime.CodeTokenInvalid)
}

// Headers that tell where the key is, or what to read, are not followed.
// Guarantees: A10
func TestHeadersAreNotFollowed(t *testing.T) {
	evil := newJWKS(t, map[string]*rsa.PublicKey{"k": &otherRSAKey.PublicKey})
	set := newJWKS(t, map[string]*rsa.PublicKey{"good": &rsaKey.PublicKey})
	for _, issuer := range []jwtauth.Issuer{{Name: iss, JWKSURL: set.URL}, {Name: iss, PublicKey: pemOf(t, rsaKey.Public())}} {
		a := newAuthorizer(t, issuer)
		for _, header := range [][]any{
			{"jku", evil.URL, "kid", "k"}, {"x5u", evil.URL, "kid", "k"}, {"kid", evil.URL}, {"kid", "../../../../dev/null"}, {"kid", "' OR 1=1 --"},
			{"jwk", map[string]string{"kty": "RSA", "kid": "k"}},
		} {
			if who, err := a.Authenticate(t.Context(), sign(t, jwt.SigningMethodRS256, otherRSAKey, good(), header...)); err == nil {
				t.Errorf("%v: let in as %+v", header, who)
			}
		}
	}
	if got := evil.fetches.Load(); got != 0 {
		t.Errorf("%d fetches from where the token pointed", got)
	}
}

// Guarantees: A12
func TestAHugeTokenCostsNothing(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	for name, token := range map[string]string{
		"dots": strings.Repeat(".", 64<<10), "long": "a." + strings.Repeat("x", 64<<10) + ".c", "empty": "", "two parts": "a.b", "nonsense": "a.b.c",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			check(t, a, token, realtime.CodeTokenInvalid)
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
				t.Errorf("%d bytes allocated; want less than 1 MiB", got)
			}
		})
	}
}

func TestTopicsOfAToken(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	who := check(t, a, sign(t, jwt.SigningMethodHS256, secret, good()), "")
	for topic, want := range map[realtime.Topic]bool{
		"list-items:1": true, "user:u1": true, "user:anyone": true, "list-items:12": false, "list-items:2": false, "list:1": false, "users:1": false,
	} {
		got, err := a.Authorize(t.Context(), who, topic)
		if want != (err == nil && got == topic) || !want && !errors.Is(err, realtime.ErrForbidden) {
			t.Errorf("Authorize(%s) = %q, %v; want %v", topic, got, err, want)
		}
	}
	if group := a.Group(t.Context(), who, "list-items:1"); group != "" {
		t.Error("may meet others without being told so")
	}
	who = check(t, a, sign(t, jwt.SigningMethodHS256, secret, good("presence", true)), "")
	if group := a.Group(t.Context(), who, "list-items:1"); group != "list-items:1" {
		t.Errorf("meets the group %q although the token says that it may meet the topic's", group)
	}
}

// A token opens what it names and nothing that its name begins with, ends with, or
// is the beginning or end of.
// Guarantees: A19
func TestATokenOpensWhatItNames(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	for given, c := range map[string]struct{ opens, keeps []realtime.Topic }{
		"list-items:12": {[]realtime.Topic{"list-items:12"}, []realtime.Topic{"list-items:1", "list-items:123", "list-items:2", "items:12", "my-list-items:12", "list-items:x"}},
		"list-items:1":  {[]realtime.Topic{"list-items:1"}, []realtime.Topic{"list-items:12", "list-items:21", "items:1", "a-list-items:1"}},
		"list-items:*":  {[]realtime.Topic{"list-items:1", "list-items:12"}, []realtime.Topic{"items:1", "list-item:1", "list-itemss:1", "my-list-items:1", "list:1"}},
		"items:*":       {[]realtime.Topic{"items:1"}, []realtime.Topic{"list-items:1", "item:1", "itemss:1"}},
	} {
		who := check(t, a, sign(t, jwt.SigningMethodHS256, secret, good("topics", []string{given})), "")
		for _, topic := range c.opens {
			if got, err := a.Authorize(t.Context(), who, topic); err != nil || got != topic {
				t.Errorf("%s: Authorize(%s) = %q, %v; want it open", given, topic, got, err)
			}
		}
		for _, topic := range c.keeps {
			if _, err := a.Authorize(t.Context(), who, topic); !errors.Is(err, realtime.ErrForbidden) {
				t.Errorf("%s: Authorize(%s) = %v; want it forbidden", given, topic, err)
			}
		}
	}
	for _, neither := range []string{"list-items:*2", "list-items:1*", "list-*:1", "*:1", "list-items:**", "list-items:"} {
		check(t, a, sign(t, jwt.SigningMethodHS256, secret, good("topics", []string{neither})), realtime.CodeTokenInvalid)
	}
}

// A token can be written in one way: of the last letter of a signature not all bits
// count, and those that do not are zero.
// Guarantees: A12
func TestATokenHasOneForm(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	token := sign(t, jwt.SigningMethodHS256, secret, good())
	check(t, a, token, "")
	last := len(token) - 1
	check(t, a, token[:last]+string(alphabet[strings.IndexByte(alphabet, token[last])+1]), realtime.CodeTokenInvalid)
}

// A token of up to 8 KiB is read; a longer one is refused, however good it is.
// Guarantees: A12
func TestTheLongestToken(t *testing.T) {
	a := newAuthorizer(t, jwtauth.Issuer{Name: iss, Secret: secret})
	longer := func(n int) string {
		return sign(t, jwt.SigningMethodHS256, secret, good("more", strings.Repeat("x", n)))
	}
	room := (8<<10 - len(longer(0))) / 4 * 3 // base64 makes 4 letters of 3 bytes
	fits, tooLong := longer(room-3), longer(room+3)
	if len(fits) > 8<<10 || len(fits) < 8<<10-8 || len(tooLong) <= 8<<10 {
		t.Fatalf("tokens of %d and %d bytes are none around the limit", len(fits), len(tooLong))
	}
	check(t, a, fits, "")
	check(t, a, tooLong, realtime.CodeTokenInvalid)
}

func TestSettingsThatAreRefused(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // that is the point
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		issuers []jwtauth.Issuer
		want    string
	}{
		"nobody":        {nil, "no issuer"},
		"no key":        {[]jwtauth.Issuer{{Name: iss}}, "no key"},
		"two keys":      {[]jwtauth.Issuer{{Secret: secret, JWKSURL: "https://x"}}, "stand alone"},
		"twice":         {[]jwtauth.Issuer{{Name: iss, Secret: secret}, {Name: iss, Secret: secret}}, "duplicate"},
		"short secret":  {[]jwtauth.Issuer{{Secret: []byte("geheim")}}, "32"},
		"weak RSA":      {[]jwtauth.Issuer{{PublicKey: pemOf(t, weak.Public())}}, "2048"},
		"another curve": {[]jwtauth.Issuer{{PublicKey: pemOf(t, p384.Public())}}, "P-256"},
		"no PEM":        {[]jwtauth.Issuer{{PublicKey: []byte("nonsense")}}, "PEM"},
		"an empty key":  {[]jwtauth.Issuer{{PublicKey: []byte("\n")}}, "PEM"},
		"a private key": {[]jwtauth.Issuer{{PublicKey: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{0x30}})}}, "openssl pkey -pubout"},
		"a certificate": {[]jwtauth.Issuer{{PublicKey: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{0x30}})}}, "openssl x509 -pubkey"},
		"plain http":    {[]jwtauth.Issuer{{JWKSURL: "http://app.example.com/keys"}}, "https"},
		"a file":        {[]jwtauth.Issuer{{JWKSURL: "file:///etc/passwd"}}, "https"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := jwtauth.New(t.Context(), jwtauth.Options{Issuers: c.issuers}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("New = %v; want a refusal that names %s", err, c.want)
			}
		})
	}
}

// A time that runs over would end what it is to bound.
func TestLifetimesThatAreRefused(t *testing.T) {
	for name, opts := range map[string]jwtauth.Options{
		"MaxLifetime": {MaxLifetime: jwtauth.LongestLifetime + 1},
		"Leeway":      {Leeway: math.MaxInt64},
	} {
		opts.Issuers = []jwtauth.Issuer{{Secret: secret}}
		if _, err := jwtauth.New(t.Context(), opts); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("New = %v; want a refusal that names %s", err, name)
		}
	}
	longest := jwtauth.Options{Issuers: []jwtauth.Issuer{{Secret: secret}}, MaxLifetime: jwtauth.LongestLifetime, Leeway: jwtauth.LongestLifetime}
	if _, err := jwtauth.New(t.Context(), longest); err != nil {
		t.Errorf("New = %v", err)
	}
}

// Guarantees: A42
func FuzzAuthenticate(f *testing.F) {
	a := newAuthorizer(f, jwtauth.Issuer{Name: iss, Secret: secret})
	f.Add(sign(f, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), good()))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		who, err := a.Authenticate(t.Context(), token)
		var public *realtime.Error
		if !errors.As(err, &public) {
			t.Fatalf("%q: %+v, %v; nothing but the issuer's signature may be believed", token, who, err)
		}
	})
}
