package reach_test

import (
	"testing"

	"github.com/familygifting/tidings/internal/reach"
)

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{"Bearer abc": "abc", "bearer abc": "abc", "BEARER  a b ": "a b"} {
		if got, ok := reach.Bearer(header); !ok || got != want {
			t.Errorf("%q: %q, %v", header, got, ok)
		}
	}
	for _, header := range []string{"", "Bearer", "Basic abc", "abc", " Bearer abc"} {
		if got, ok := reach.Bearer(header); ok {
			t.Errorf("%q has the key %q", header, got)
		}
	}
}
