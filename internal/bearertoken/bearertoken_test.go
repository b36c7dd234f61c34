package bearertoken_test

import (
	"testing"

	"github.com/familygifting/tidings/internal/bearertoken"
)

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{"Bearer abc": "abc", "bearer abc": "abc", "BEARER  a b ": "a b"} {
		if got, ok := bearertoken.FromHeader(header); !ok || got != want {
			t.Errorf("%q: %q, %v", header, got, ok)
		}
	}
	for _, header := range []string{"", "Bearer", "Basic abc", "abc", " Bearer abc"} {
		if got, ok := bearertoken.FromHeader(header); ok {
			t.Errorf("%q has the key %q", header, got)
		}
	}
}
