package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/api"
)

// Only tokens of our own making, whole and in time, name anybody.
func TestAccessTokens(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	now := f.clock.Now()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := func() jwt.MapClaims {
		return jwt.MapClaims{"iss": "giftboard", "aud": "giftboard", "sub": string(f.ben.user.ID), "sid": f.ben.login,
			"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix()}
	}
	with := func(name string, value any) jwt.MapClaims {
		c := good()
		if value == nil {
			delete(c, name)
		} else {
			c[name] = value
		}
		return c
	}
	sign := func(method jwt.SigningMethod, key any, c jwt.MapClaims) string {
		token, err := jwt.NewWithClaims(method, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	ours := func(c jwt.MapClaims) string { return sign(jwt.SigningMethodHS256, f.auth.AccessKey(), c) }
	tamper := func(token string) string {
		parts := strings.Split(token, ".")
		return parts[0] + "." + strings.Split(ours(with("sub", string(f.ada.user.ID))), ".")[1] + "." + parts[2]
	}
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"good":                    {ours(good()), nil},
		"within the leeway":       {ours(with("exp", now.Add(-4*time.Second).Unix())), nil},
		"expired":                 {ours(with("exp", now.Add(-6*time.Second).Unix())), api.ErrTokenExpired},
		"not yet":                 {ours(with("nbf", now.Add(time.Minute).Unix())), api.ErrTokenInvalid},
		"issued in the future":    {ours(with("iat", now.Add(time.Minute).Unix())), api.ErrTokenInvalid},
		"without exp":             {ours(with("exp", nil)), api.ErrTokenInvalid},
		"without nbf":             {ours(with("nbf", nil)), api.ErrTokenInvalid},
		"without aud":             {ours(with("aud", nil)), api.ErrTokenInvalid},
		"for another audience":    {ours(with("aud", "else")), api.ErrTokenInvalid},
		"of another issuer":       {ours(with("iss", "else")), api.ErrTokenInvalid},
		"without sub":             {ours(with("sub", nil)), api.ErrTokenInvalid},
		"without sid":             {ours(with("sid", nil)), api.ErrTokenInvalid},
		"exp of another kind":     {ours(with("exp", "tomorrow")), api.ErrTokenInvalid},
		"another's login":         {ours(with("sub", string(f.ada.user.ID))), api.ErrTokenInvalid},
		"unknown login":           {ours(with("sid", "zzzzzzzzzzzzzzzzzzzz")), api.ErrLoginOver},
		"alg none":                {sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good()), api.ErrTokenInvalid},
		"alg HS384":               {sign(jwt.SigningMethodHS384, f.auth.AccessKey(), good()), api.ErrTokenInvalid},
		"alg RS256":               {sign(jwt.SigningMethodRS256, rsaKey, good()), api.ErrTokenInvalid},
		"another key":             {sign(jwt.SigningMethodHS256, []byte(strings.Repeat("k", 32)), good()), api.ErrTokenInvalid},
		"expired, of another key": {sign(jwt.SigningMethodHS256, []byte(strings.Repeat("k", 32)), with("exp", int64(1))), api.ErrTokenInvalid},
		"tampered":                {tamper(ours(good())), api.ErrTokenInvalid},
		"64k dots":                {strings.Repeat(".", 64<<10), api.ErrTokenInvalid},
		"1k dots":                 {strings.Repeat(".", 1<<10), api.ErrTokenInvalid},
		"empty":                   {"", api.ErrTokenInvalid},
		"no token at all":         {"hello", api.ErrTokenInvalid},
	} {
		user, login, expires, err := f.auth.Identify(t.Context(), c.token)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v instead of %v", name, err, c.want)
		}
		if err == nil && (user != string(f.ben.user.ID) || login != f.ben.login || expires.IsZero()) {
			t.Errorf("%s: user %s, login %s, expires %v", name, user, login, expires)
		}
		if err != nil && user+login != "" {
			t.Errorf("%s: an error, and yet %s %s", name, user, login)
		}
	}
}

// A token that was read once is good no longer than one that is read anew.
func TestRememberedTokensExpire(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	identify := func(want error) {
		t.Helper()
		if _, _, _, err := f.auth.Identify(t.Context(), f.ben.token); !errors.Is(err, want) {
			t.Fatalf("%v instead of %v", err, want)
		}
	}
	identify(nil)
	f.clock.advance(api.AccessTokenLife - time.Second)
	identify(nil)
	f.clock.advance(time.Minute)
	identify(api.ErrTokenExpired)
	f.me(f.enter(f.ben.user).token).want(t, 200)
}

func TestRememberedTokensAreBounded(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	for range api.MaxReadTokens + 10 {
		token, err := f.auth.AccessToken(f.ben.user.ID, gift.LoginID(f.ben.login))
		if err != nil {
			t.Fatal(err)
		}
		f.me(token).want(t, 200)
		f.clock.advance(time.Second) // or it would be the same token
	}
	if got := f.auth.ReadTokens(); got > api.MaxReadTokens || got < 5 {
		t.Errorf("%d tokens are remembered", got)
	}
}

func FuzzIdentify(f *testing.F) {
	auth, err := api.NewAuth(nil, api.AuthOptions{Secret: bytes.Repeat([]byte("s"), 32)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln")
	f.Add("...")
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		if _, _, _, err := auth.Identify(context.Background(), token); !errors.Is(err, api.ErrTokenInvalid) && !errors.Is(err, api.ErrTokenExpired) {
			t.Errorf("%q: %v", token, err)
		}
	})
}

func TestTheSecretIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := api.LoadSecret(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := api.LoadSecret(dir)
	if err != nil || !bytes.Equal(first, again) || len(first) != 32 {
		t.Errorf("%d bytes, then %d: %v", len(first), len(again), err)
	}
	info, err := os.Stat(filepath.Join(dir, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("files %v: %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := api.LoadSecret(dir); err == nil || !strings.Contains(err.Error(), "5 bytes") {
		t.Errorf("a damaged secret: %v", err)
	}
}

func TestPasswordHashes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	one, err := api.HashPassword(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	two, err := api.HashPassword(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$"+api.HashParameters+"$") {
		t.Errorf("%s, %s", one, two)
	}
	for _, bad := range []string{strings.Repeat("x", api.MinPassword-1), strings.Repeat("x", api.MaxPassword+1), ""} {
		if _, err := api.HashPassword(ctx, bad); err == nil {
			t.Errorf("a password of %d characters was taken", len(bad))
		}
	}
	for _, good := range []string{strings.Repeat("ü", api.MinPassword), strings.Repeat("ü", api.MaxPassword)} {
		if _, err := api.HashPassword(ctx, good); err != nil {
			t.Error(err)
		}
	}
}

// No more hashes run at once than there are cores; a waiting log-in can be canceled.
func TestHashesTakeTurns(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	for range f.auth.HashSlots() {
		defer f.auth.TakeHashSlot()()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := false
	f.auth.CountHashes(func() { began = true })
	if err := f.auth.Login(ctx, "ben@example.org", password); !errors.Is(err, context.Canceled) || began {
		t.Errorf("began %v: %v", began, err)
	}
}
