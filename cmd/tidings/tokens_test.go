package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime"
)

// Each flag that says whose tokens to take lets in those that it is for, and those
// alone.
// Guarantees: A13
func TestWhoseTokensAreTaken(t *testing.T) {
	ago := func(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
	for name, c := range map[string]struct {
		args []string
		// claims as token takes them
		taken, refused []any
		code           string
	}{
		"--jwt-audience":     {[]string{"--jwt-audience=hub"}, []any{"aud", "hub"}, []any{"aud", "mail"}, "token_invalid"},
		"none is meant":      {[]string{"--jwt-audience=hub"}, []any{"aud", []string{"mail", "hub"}}, nil, "token_invalid"},
		"--jwt-issuer":       {[]string{"--jwt-issuer=us"}, []any{"iss", "us"}, []any{"iss", "them"}, "token_invalid"},
		"nobody issued it":   {[]string{"--jwt-issuer=us"}, []any{"iss", "us", "aud", "any"}, nil, "token_invalid"},
		"--jwt-leeway":       {[]string{"--jwt-leeway=1h"}, []any{"exp", ago(30 * time.Minute)}, []any{"exp", ago(2 * time.Hour)}, "token_expired"},
		"the usual leeway":   {nil, []any{"exp", ago(2 * time.Second)}, []any{"exp", ago(5 * time.Minute)}, "token_expired"},
		"no leeway at all":   {[]string{"--jwt-leeway=0"}, nil, []any{"exp", ago(2 * time.Second)}, "token_expired"},
		"without any of all": {nil, []any{"iss", "anyone", "aud", "anything"}, []any{"sub", ""}, "token_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := startWithTokens(t, io.Discard, c.args...)
			enter(t, url, token(t, c.taken...))
			expectRefusal(t, url, token(t, c.refused...), c.code)
		})
	}
}

// expectRefusal makes sure that the token opens no session.
func expectRefusal(t *testing.T, url, token, code string) {
	t.Helper()
	say, next := talk(t, url)
	say(`{"action":"auth","token":"` + token + `"}`)
	expect(t, next, `"`+code+`"`)
}

// A hub with the public key of an issuer takes the issuer's tokens, and none that is
// signed by what everybody knows, or by another's key. It keeps the key when its file is
// read again and has none.
// Guarantees: A13
func TestTokensByAPublicKey(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, another, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	file := filepath.Join(t.TempDir(), "public.pem")
	if err := os.WriteFile(file, key, 0o600); err != nil {
		t.Fatal(err)
	}
	var logs lines
	url, _ := startLogging(t, &logs, "--drain-window=100ms", "--drain-delay=0", "--publish-key="+publishKey, "--jwt-public-key-file="+file)
	signed := func(method jwt.SigningMethod, key any) string {
		text, err := jwt.NewWithClaims(method, jwt.MapClaims{"sub": "u1", "exp": time.Now().Add(time.Hour).Unix()}).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	enter(t, url, signed(jwt.SigningMethodEdDSA, private))
	expectRefusal(t, url, signed(jwt.SigningMethodEdDSA, another), "token_invalid")
	expectRefusal(t, url, signed(jwt.SigningMethodHS256, key), "token_invalid")

	write(t, file, "") // what a file is while it is written anew
	hangup(t, &logs, "not read again: the keys of tokens", "has no key")
	enter(t, url, signed(jwt.SigningMethodEdDSA, private))
}

// Pages of an origin that is allowed may connect, and those of no other may.
// Guarantees: A1
func TestAllowedOrigins(t *testing.T) {
	const ours, theirs = "https://app.example.com", "https://evil.example.com"
	for name, c := range map[string]struct {
		args []string
		want map[string]int
	}{
		"none":  {nil, map[string]int{ours: forbiddenOrigin, theirs: forbiddenOrigin, "": http.StatusSwitchingProtocols}},
		"ours":  {[]string{"--allowed-origin=" + ours}, map[string]int{ours: http.StatusSwitchingProtocols, theirs: forbiddenOrigin}},
		"both":  {[]string{"--allowed-origin=" + ours, "--allowed-origin=" + theirs}, map[string]int{ours: http.StatusSwitchingProtocols, theirs: http.StatusSwitchingProtocols}},
		"every": {[]string{"--allowed-origin=*"}, map[string]int{ours: http.StatusSwitchingProtocols, theirs: http.StatusSwitchingProtocols}},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := startWithTokens(t, io.Discard, c.args...)
			for origin, want := range c.want {
				if got := handshakeFrom(t, url, origin); got != want {
					t.Errorf("from %q: %d; want %d", origin, got, want)
				}
			}
		})
	}
}

// With --dev pages that this machine serves may connect, whatever their port, and no
// others; the log says whose was refused, and by which flag it is allowed.
func TestOriginsInDevelopment(t *testing.T) {
	var logs lines
	url, _ := startLogging(t, &logs, "--dev", "--drain-window=100ms")
	for origin, want := range map[string]int{
		"http://localhost:5173": http.StatusSwitchingProtocols, "http://127.0.0.1:3000": http.StatusSwitchingProtocols, "http://[::1]:8080": http.StatusSwitchingProtocols,
		"https://evil.example": forbiddenOrigin, "http://localhost.evil.example": forbiddenOrigin, "null": forbiddenOrigin,
	} {
		if got := handshakeFrom(t, url, origin); got != want {
			t.Errorf("from %q: %d; want %d", origin, got, want)
		}
	}
	if !logs.has("reason=forbidden_origin") || !logs.has("--allowed-origin") {
		t.Error("the log does not say so")
	}
	if _, figures := get(t, url+"/metrics"); !strings.Contains(figures, `tidings_refusals_total{reason="forbidden_origin"} 3`) {
		t.Error("the refusals are not counted")
	}
	url, _ = startWithTokens(t, io.Discard)
	if got := handshakeFrom(t, url, "http://localhost:5173"); got != forbiddenOrigin {
		t.Errorf("outside of development: %d; want %d", got, forbiddenOrigin)
	}
}

// forbiddenOrigin is how a page is turned away.
const forbiddenOrigin = int(realtime.CloseForbiddenOrigin)

// handshakeFrom connects as a page of the origin does, and returns the status, or the
// code that the connection is closed with.
func handshakeFrom(t *testing.T, url, origin string) (status int) {
	t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, response, err := websocket.Dial(t.Context(), strings.Replace(url, "http", "ws", 1)+"/ws", &websocket.DialOptions{HTTPHeader: header})
	if response == nil {
		t.Fatal(err)
	}
	if err != nil {
		return response.StatusCode
	}
	// A page that may not connect is told so at once, before it says anything.
	if err := conn.Close(websocket.StatusNormalClosure, ""); int(websocket.CloseStatus(err)) == forbiddenOrigin {
		return forbiddenOrigin
	}
	return response.StatusCode
}
