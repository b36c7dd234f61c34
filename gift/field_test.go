package gift_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/gift"
)

func TestFieldJSON(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     gift.GiftPatch
	}{
		{"absent", `{}`, gift.GiftPatch{}},
		{"set", `{"name":"Kite"}`, gift.GiftPatch{Name: gift.Set("Kite")}},
		{"set to nothing", `{"name":"","quantity":0}`, gift.GiftPatch{Name: gift.Set(""), Quantity: gift.Set(0)}},
		{"null where T is a pointer", `{"price":null}`, gift.GiftPatch{Price: gift.Set[*gift.Money](nil)}},
		{"nested", `{"price":{"amount":5,"currency":"EUR"}}`, gift.GiftPatch{Price: gift.Set(&gift.Money{Amount: 5, Currency: "EUR"})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got gift.GiftPatch
			if err := json.Unmarshal([]byte(c.in), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatal(diff)
			}
			out, err := json.Marshal(got)
			if err != nil || string(out) != c.in {
				t.Fatalf("written again it is %s, %v", out, err)
			}
		})
	}
	for _, in := range []string{`{"name":null}`, `{"quantity":null}`, `{"additional_links":null}`, `{"name":5}`} {
		if err := json.Unmarshal([]byte(in), new(gift.GiftPatch)); err == nil {
			t.Errorf("%s: want an error", in)
		}
	}
}
