package jose_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/familygifting/tidings/internal/jose"
)

// token puts a token together, with a signature that is none.
func token(header, claims string) string {
	b64 := base64.RawURLEncoding
	return b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
}

// Guarantees: D4
func TestCheck(t *testing.T) {
	t.Parallel()
	good := token(`{"alg":"HS256"}`, `{"sub":"u1","x":{"y":[1]}}`)
	if err := jose.Check(good); err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for name, bad := range map[string]string{
		"nothing":                  "",
		"two parts":                "e30.e30",
		"four parts":               good + ".e30",
		"64k dots":                 strings.Repeat(".", 64<<10),
		"a line break at the end":  good + "\n",
		"a line break inside":      strings.Replace(good, "c2ln", "c2\r\nln", 1),
		"a line break in a header": "\n" + good,
		"padding":                  good + "=",
		"spare bits":               "e31.e30.c2ln",
		"the other base64":         good + "+/",
		"a header twice":           token(`{"alg":"HS256","alg":"none"}`, `{}`),
		"a header twice, escaped":  token(`{"alg":"HS256","\u0061lg":"none"}`, `{}`),
		"claims twice":             token(`{"alg":"HS256"}`, `{"sub":"a","sub":"b"}`),
		"claims twice inside":      token(`{"alg":"HS256"}`, `{"x":{"a":1,"a":2}}`),
		"claims not UTF-8":         token(`{"alg":"HS256"}`, "{\"sub\":\"\xff\"}"),
		"half a pair":              token(`{"alg":"HS256"}`, `{"sub":"\ud800"}`),
		"nested":                   token(`{"alg":"HS256"}`, `{"x":`+deep+`}`),
		"nested header":            token(`{"alg":"HS256","x":`+deep+`}`, `{}`),
		"an extension":             token(`{"alg":"HS256","crit":["exp"],"exp":1}`, `{}`),
		"an extension, escaped":    token(`{"alg":"HS256","\u0063rit":[]}`, `{}`),
		"two values":               token(`{"alg":"HS256"}{}`, `{}`),
		"no object":                token(`["HS256"]`, `{}`),
		"claims no object":         token(`{"alg":"HS256"}`, `null`),
	} {
		err := jose.Check(bad)
		if err == nil || len(err.Error()) > 512 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What passes has one reading, and is written in one way.
// Guarantees: D4
func FuzzCheck(f *testing.F) {
	f.Add(token(`{"alg":"HS256"}`, `{"sub":"u1"}`))
	f.Add("e30.e30.\n")
	f.Fuzz(func(t *testing.T, text string) {
		if jose.Check(text) != nil {
			return
		}
		for part := range strings.SplitSeq(text, ".") {
			b, err := base64.RawURLEncoding.DecodeString(part)
			if err != nil || base64.RawURLEncoding.EncodeToString(b) != part {
				t.Fatalf("%q passed: %v", text, err)
			}
		}
	})
}
