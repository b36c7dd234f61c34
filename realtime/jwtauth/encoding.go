package jwtauth

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// Encoding guesses the encoding of a secret's text: "hex", "base64", or "" for neither. A
// backend that decodes such a text signs with other bytes than the hub verifies with.
func Encoding(secret []byte) string {
	for _, e := range encodings {
		if _, err := e.decode(string(secret)); err == nil {
			return e.name
		}
	}
	return ""
}

var encodings = []struct {
	name   string
	decode func(string) ([]byte, error)
}{
	{"hex", hex.DecodeString},
	{"base64", base64.StdEncoding.Strict().DecodeString},
	{"base64", base64.URLEncoding.Strict().DecodeString},
	{"base64", base64.RawStdEncoding.Strict().DecodeString},
	{"base64", base64.RawURLEncoding.Strict().DecodeString},
}

// guess describes how an HS256 token was signed, if that was with a secret of the issuer in
// another encoding; else it returns "". It is for the log: the token is refused.
func (v verifier) guess(token string) string {
	end := strings.LastIndexByte(token, '.')
	if end < 0 {
		return ""
	}
	signature, err := base64.RawURLEncoding.DecodeString(token[end+1:])
	if err != nil {
		return ""
	}
	signedWith := func(key []byte) bool {
		return len(key) > 0 && jwt.SigningMethodHS256.Verify(token[:end], signature, key) == nil
	}
	for _, secret := range v.issuer.secrets() {
		for _, lineEnd := range []string{"\n", "\r\n"} {
			if signedWith(append(secret[:len(secret):len(secret)], lineEnd...)) {
				return ": it was signed with the secret and the line end behind it, which is no part of it: trim the text that you read"
			}
		}
		for _, e := range encodings {
			if key, err := e.decode(string(secret)); err == nil && signedWith(key) {
				return ": it was signed with what the secret's " + e.name + " stands for; the text itself is the secret: sign with the text"
			}
		}
	}
	return ""
}
