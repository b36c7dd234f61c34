package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/familygifting/tidings/gift/api"
)

// The place of broken text is named as far as the body is JSON.
func TestPlaceOfBrokenText(t *testing.T) {
	t.Parallel()
	for body, place := range map[string]string{
		"\xff":                                 "body",
		"[\"a\",\"\xff\"]":                     "body[1]",
		"{\"a\":1,\"b\":{\"c\":[0,\"\xff\"]}}": "body.b.c[1]",
		"{\"a\":{\"b\":1},\"c\":\"\xff\"}":     "body.c",
		"{\"a\":[1,2],\"c\":\xff}":             "body.c",
		`{"a":"` + `\ud800"}`:                  "body.a",
		`{"a":"\\\ud800"}`:                     "body.a",
		`{"a":"\ud83c\ud83c\udf81"}`:           "body.a",
		`{"a":"\udf81\ud83c"}`:                 "body.a",
		`{"a":"\ud83cx\udf81"}`:                "body.a",
		`{"a":1e999,"b":"\ud800"}`:             "body.b",
	} {
		if got := api.BrokenPlace([]byte(body)); got != place {
			t.Errorf("%q: %q instead of %q", body, got, place)
		}
	}
	for _, body := range []string{``, `{}`, `{"a":"\ud83c\udf81"}`, `{"a":"\\ud800"}`, `{"a":"\u00e9\n\"\/"}`, `{"a":"�"}`, `\u12`, `\`} {
		if got := api.BrokenPlace([]byte(body)); got != "" {
			t.Errorf("%q is text, but refused at %q", body, got)
		}
	}
}

// What is let through keeps its text: no U+FFFD comes of it that was not sent.
func FuzzBrokenText(f *testing.F) {
	for _, seed := range []string{`"a"`, "\"\xff\"", `"\ud800"`, `"\ud83c\udf81"`, `"\\ud800"`, `"�"`, `"\uFFFD"`, `{"a\udc00":[1,"x"]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		place := api.BrokenPlace(body)
		if !json.Valid(body) {
			return // refused for that, whatever the place
		}
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			return // a number out of range
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		sent := strings.Contains(string(body), "�") || strings.Contains(strings.ToLower(string(body)), `\ufffd`)
		lost := !utf8.Valid(body) || strings.Contains(string(again), "�") && !sent
		if lost && place == "" {
			t.Errorf("%q would become %s", body, again)
		}
	})
}
