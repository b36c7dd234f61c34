package hubapi

import (
	"encoding/json"
	"testing"
)

// Whatever is taken as a revocation is a proper one that says what came in; all
// else is refused with a word on why.
// Guarantees: A32
func FuzzRevocations(f *testing.F) {
	f.Add([]byte(`{"user":"u1"}`))
	f.Add([]byte(`[{"session":"s"},{"token":"t"},{"topics":["a:*"]},{"user":"u","topics":["a:b"]}]`))
	f.Add([]byte(`{"user":"u","User":"v","user":"w"}`))
	f.Add([]byte(`[1,null,{},{"topics":[]},{"user":null}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		items, single, problem := parseRevocations(body)
		if !checkWhole(t, body, len(items), single, problem) {
			return
		}
		var said []map[string]any
		if !single {
			_ = json.Unmarshal(body, &said) // stays short where an item is no object
		}
		for i, it := range items {
			switch {
			case it.problem != nil && it.problem.Message == "":
				t.Errorf("%q: refused without a word", body)
			case it.problem == nil && it.what.Validate() != nil:
				t.Errorf("%q: took %+v", body, it.what)
			case it.problem == nil && i < len(said) && (said[i]["user"] == nil) != (it.what.User == ""):
				t.Errorf("%q: took %+v", body, it.what)
			}
		}
	})
}
