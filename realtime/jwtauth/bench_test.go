package jwtauth_test

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime/jwtauth"
)

// What a connection's token costs.
func BenchmarkAuthenticate(b *testing.B) {
	a := newAuthorizer(b, jwtauth.Issuer{Name: iss, Secret: secret})
	token := sign(b, jwt.SigningMethodHS256, secret, good())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Authenticate(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}
