package httpauth_test

import (
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime/httpauth"
)

// Guarantees: A50
func TestCheckURL(t *testing.T) {
	for text, c := range map[string]struct{ plain, private bool }{
		"https://app.example.com/authorize": {true, true}, "https://10.0.0.1": {true, true}, "https://app:8443/a?b=c": {true, true},
		"http://localhost:3000/authorize": {true, true}, "http://127.0.0.1": {true, true}, "http://[::1]:3000": {true, true},
		"http://10.0.0.1/authorize": {false, true}, "http://app:3000/authorize": {false, true}, "http://[fd00::1]": {false, true},
		"http://192.0.2.1": {}, "http://[2001:db8::1]": {}, "http://0.0.0.0": {},
		"": {}, "app.example.com": {}, "/authorize": {}, "ftp://app.example.com": {}, "https://": {}, "https://:80": {}, "https://a b": {},
		"https://app.example.com/#top": {}, "https://geheim@app.example.com": {}, "https://u:geheim@app.example.com": {}, "https://geheim:%zz@a": {},
	} {
		for private, want := range map[bool]bool{false: c.plain, true: c.private} {
			err := httpauth.CheckURL(text, private)
			if (err == nil) != want || err != nil && strings.Contains(err.Error(), "geheim") {
				t.Errorf("CheckURL(%q, %v) = %v; want it taken: %v", text, private, err, want)
			}
		}
	}
}

// A plain URL leads no further than it may, whatever its name stands for by then.
// Guarantees: A50
func TestAPlainURLStaysNear(t *testing.T) {
	for address, c := range map[string]struct{ loopback, private bool }{
		"127.0.0.1:80": {true, true}, "[::1]:80": {true, true}, "10.1.2.3:80": {false, true}, "172.16.0.1:80": {false, true}, "[fd00::1]:80": {false, true},
		"192.0.2.1:80": {}, "8.8.8.8:80": {}, "[2001:db8::1]:80": {}, "0.0.0.0:80": {}, "nonsense": {},
	} {
		if got := httpauth.Reaches(httpauth.Options{URL: "http://localhost"}, address); got != c.loopback {
			t.Errorf("http reaches %s: %v", address, got)
		}
		if got := httpauth.Reaches(httpauth.Options{URL: "http://app", PrivateHTTP: true}, address); got != c.private {
			t.Errorf("private http reaches %s: %v", address, got)
		}
		if !httpauth.Reaches(httpauth.Options{URL: "https://app"}, address) {
			t.Errorf("https does not reach %s", address)
		}
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for name, opts := range map[string]httpauth.Options{
		"no URL":       {},
		"a bad secret": {URL: "https://a", Secret: "two words"},
		"a line break": {URL: "https://a", Secret: "a\nb"},
		"no time":      {URL: "https://a", Timeout: -1},
		"no calls":     {URL: "https://a", MaxCalls: -1},
		"no entries":   {URL: "https://a", CacheEntries: -1},
	} {
		if auth, err := httpauth.New(t.Context(), tokens{}, opts); err == nil || auth != nil {
			t.Errorf("%s: New = %v, %v; want an error", name, auth, err)
		}
	}
}
