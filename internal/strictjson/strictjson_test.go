package strictjson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/familygifting/tidings/internal/strictjson"
)

// asError returns the error of a document, which may have no other.
func asError(t *testing.T, err error) *strictjson.Error {
	t.Helper()
	var e *strictjson.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	return e
}

// Guarantees: D3
func TestCheck(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, c := range []struct {
		doc     string
		kind    strictjson.Kind
		field   string
		problem string
	}{
		{"", strictjson.Malformed, "", "is empty"},
		{" \n", strictjson.Malformed, "", "is empty"},
		{"hello", strictjson.Malformed, "", "not JSON"},
		{`{"a":1`, strictjson.Malformed, "", "unexpected end"},
		{`{"a":1}{}`, strictjson.Malformed, "", "data after the value"},
		{`1 2`, strictjson.Malformed, "", "data after the value"},
		{`{}x`, strictjson.Malformed, "", "data after the value"},
		{`{"a":01}`, strictjson.Malformed, "", "not JSON"},
		{`{"a":NaN}`, strictjson.Malformed, "a", "not JSON"},
		{"{\"a\":\"\x01\"}", strictjson.Malformed, "a", "not JSON"},
		{`{"a":1,"a":2}`, strictjson.Duplicate, "a", `duplicate field "a"`},
		{`{"a":1,"\u0061":2}`, strictjson.Duplicate, "a", `duplicate field "a"`},
		{`{"x":[0,{"b":{},"b":{}}]}`, strictjson.Duplicate, "x[1].b", `duplicate field "b"`},
		{`{"0":[{"1":2,"1":2}]}`, strictjson.Duplicate, "0[0].1", `duplicate field "1"`},
		{"\xff", strictjson.Malformed, "", "not JSON"},
		{"[\"a\",\"\xff\"]", strictjson.Text, "[1]", "not valid UTF-8 at byte 6"},
		{"{\"a\":1,\"b\":{\"c\":[0,\"\xff\"]}}", strictjson.Text, "b.c[1]", "not valid UTF-8"},
		{"{\"a\":{\"b\":1},\"c\":\"\xff\"}", strictjson.Text, "c", "not valid UTF-8"},
		{`{"a":"\ud800"}`, strictjson.Text, "a", `half of a surrogate pair, \ud800, at byte 6`},
		{`{"a":"\\\ud800"}`, strictjson.Text, "a", "surrogate"},
		{`{"a":"\ud83c\ud83c\udf81"}`, strictjson.Text, "a", "surrogate"},
		{`{"a":"\udf81\ud83c"}`, strictjson.Text, "a", "surrogate"},
		{`{"a":"\ud83cx\udf81"}`, strictjson.Text, "a", "surrogate"},
		{`{"a":"\ud83c`, strictjson.Malformed, "a", "unexpected end"},
		{deep(strictjson.MaxDepth + 1), strictjson.Deep, "", "nested more than 32 levels"},
		{`{"a":` + deep(strictjson.MaxDepth) + `}`, strictjson.Deep, "a", "nested more than 32 levels"},
		{strings.Repeat("[", 1<<20), strictjson.Deep, "", "nested"},
		{strings.Repeat(`{"a":`, 1<<18), strictjson.Deep, "a.a.a", "nested"},
	} {
		e := asError(t, strictjson.Check([]byte(c.doc)))
		if e.Kind != c.kind || !strings.HasPrefix(e.Field, c.field) || !strings.Contains(e.Problem, c.problem) {
			t.Errorf("%.40q: kind %d, %q, %q; want %d, %q, %q", c.doc, e.Kind, e.Field, e.Problem, c.kind, c.field, c.problem)
		}
	}
	for _, doc := range []string{`{}`, ` [1,"a",{"b":null}] `, `"\ud83c\udf81 \\ud800 \u00e9 �"`, `{"a":1,"A":2}`, `{"a":1e999}`, deep(strictjson.MaxDepth)} {
		if err := strictjson.Check([]byte(doc)); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestWholeNumbers(t *testing.T) {
	t.Parallel()
	rules := strictjson.Rules{WholeNumbers: true}
	for _, number := range []string{"1.0", "1e1", "-1E3", "0.5"} {
		e := asError(t, rules.Check([]byte(`{"a":[`+number+`]}`)))
		if e.Kind != strictjson.Unfit || e.Field != "a[0]" || !strings.Contains(e.Problem, "whole number") {
			t.Errorf("%s: %+v", number, e)
		}
	}
	if err := rules.Check([]byte(`{"a":[-1,0,1000000000000000000000000],"e.E":"1.5"}`)); err != nil {
		t.Error(err)
	}
}

// An answer about a document stays small, whatever the document is.
// Guarantees: D6
func TestErrorsAreSmall(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("né", 1<<18)
	for _, doc := range []string{
		`{"` + name + `":1,"` + name + `":2}`,
		`{"` + name + "\":\"\xff\"}",
		`{"` + name + `":x}`,
		strings.Repeat(`{"`+name[:1000]+`":`, strictjson.MaxDepth) + "x",
		strings.Repeat(`{"n":`, strictjson.MaxDepth+1),
		`"` + name,
		strings.Repeat("[", 1<<20),
	} {
		e := asError(t, strictjson.Check([]byte(doc)))
		if text := e.Error(); len(text) > 512 || !utf8.ValidString(text) || len(e.Field) > strictjson.MaxPlace+len("…") {
			t.Errorf("%.40q: an error of %d bytes: %.200q", doc, len(text), text)
		}
	}
}

// order is what the tests read into.
type order struct {
	Topic string          `json:"topic"`
	Data  json.RawMessage `json:"data"`
	At    *time.Time      `json:"at"`
	Lines []struct {
		Count int64 `json:"count"`
		Open  bool  `json:"open"`
	} `json:"lines"`
}

// Guarantees: D3
func TestUnmarshal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		doc     string
		kind    strictjson.Kind
		field   string
		problem string
	}{
		{`{"topic":"a","topic":"b"}`, strictjson.Duplicate, "topic", `duplicate field "topic"`},
		{`{"Topic":"a"}`, strictjson.Unknown, "Topic", `unknown field "Topic"`},
		{`{"lines":[{},{"Count":1}]}`, strictjson.Unknown, "lines[1].Count", `unknown field "Count"`},
		{`{"topic":7}`, strictjson.Unfit, "topic", "must be a string"},
		{`{"lines":{}}`, strictjson.Unfit, "lines", "must be an array"},
		{`{"lines":[7]}`, strictjson.Unfit, "lines[0]", "must be an object"},
		{`{"lines":[{"count":9223372036854775808}]}`, strictjson.Unfit, "lines[0].count", "must be a whole number in range"},
		{`{"lines":[{"count":1.5}]}`, strictjson.Unfit, "lines[0].count", "must be a whole number in range"},
		{`{"lines":[{"open":1}]}`, strictjson.Unfit, "lines[0].open", "must be true or false"},
		{`{"at":"yesterday"}`, strictjson.Unfit, "at", "must be a time, such as"},
		{`{"data":{"a":1,"a":1}}`, strictjson.Duplicate, "data.a", "duplicate"},
		{`[]`, strictjson.Unfit, "", "must be an object"},
		{`null`, strictjson.Unfit, "", "must be an object"},
		{`{"data":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, strictjson.Deep, "data[0]", "nested"},
	} {
		var o order
		e := asError(t, strictjson.Unmarshal([]byte(c.doc), &o))
		if e.Kind != c.kind || !strings.HasPrefix(e.Field, c.field) || !strings.Contains(e.Problem, c.problem) {
			t.Errorf("%.60q: kind %d, %q, %q; want %d, %q, %q", c.doc, e.Kind, e.Field, e.Problem, c.kind, c.field, c.problem)
		}
	}
	var o order
	err := strictjson.Unmarshal([]byte(`{"topic":"a","data":{"b": 1e30},"at":"2026-12-24T18:00:00Z","lines":[{"count":3}]}`), &o)
	if err != nil || o.Topic != "a" || string(o.Data) != `{"b": 1e30}` || o.At == nil || o.Lines[0].Count != 3 {
		t.Errorf("%+v, %v", o, err)
	}
}

// An open document may have members that nobody here knows, but none in another case.
func TestUnmarshalOpen(t *testing.T) {
	t.Parallel()
	var o order
	err := strictjson.UnmarshalOpen([]byte(`{"topic":"a","TOPIC":"b","more":[1]}`), &o)
	if err != nil || o.Topic != "a" {
		t.Errorf("%+v, %v", o, err)
	}
	if e := asError(t, strictjson.UnmarshalOpen([]byte(`{"more":1,"more":2}`), &o)); e.Kind != strictjson.Duplicate {
		t.Error(e)
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	var got []string
	note := func(name string, value []byte) error {
		got = append(got, name+"="+string(value))
		return nil
	}
	isObject, err := strictjson.Members([]byte(` {"a" : [1, 2] ,"b\n":{"c":"\u0064"}} `), note)
	if want := `a=[1, 2]|` + "b\n" + `={"c":"\u0064"}`; !isObject || err != nil || strings.Join(got, "|") != want {
		t.Errorf("%v, %v, %q", isObject, err, got)
	}
	got = nil
	isArray, err := strictjson.Elements([]byte(` [ 1,{"a":[]} , "x" ]`), func(i int, value []byte) error {
		return note(strings.Repeat("i", i), value)
	})
	if want := `=1|i={"a":[]}|ii="x"`; !isArray || err != nil || strings.Join(got, "|") != want {
		t.Errorf("%v, %v, %q", isArray, err, got)
	}
	for _, other := range []string{`null`, `"a"`, `7`} {
		isObject, err := strictjson.Members([]byte(other), note)
		isArray, err2 := strictjson.Elements([]byte(other), func(int, []byte) error { return nil })
		if isObject || isArray || err != nil || err2 != nil {
			t.Errorf("%s: %v, %v, %v, %v", other, isObject, isArray, err, err2)
		}
	}
	stop := errors.New("stop")
	if _, err := strictjson.Members([]byte(`{"a":1}`), func(string, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

// What passes is read by the standard library as well, loses nothing on the way, and
// is taken apart into the same members.
// Guarantees: D3
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		`"a"`, "\"\xff\"", `"\ud800"`, `"\ud83c\udf81"`, `"\\ud800"`, `"�"`, `"\uFFFD"`, `{"a\udc00":[1,"x"]}`,
		`{"a":1,"\u0061":2}`, `[[[]]]`, `{"a":1}{}`, `{"a":{"b":[1e5,{}]},"c":null}`, ``, ` 7 `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		err := strictjson.Check(doc)
		if err != nil {
			if e := asError(t, err); len(e.Error()) > 512 || !utf8.ValidString(e.Error()) {
				t.Fatalf("%q: %q", doc, e)
			}
			return
		}
		if !json.Valid(doc) || !utf8.Valid(doc) {
			t.Fatalf("%q passed", doc)
		}
		var v any
		if json.Unmarshal(doc, &v) != nil {
			return // a number out of range
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		sent := strings.Contains(string(doc), "�") || strings.Contains(strings.ToLower(string(doc)), `\ufffd`)
		if strings.Contains(string(again), "�") && !sent {
			t.Fatalf("%q would become %s", doc, again)
		}
		members, _ := v.(map[string]any)
		isObject, err := strictjson.Members(doc, func(name string, value []byte) error {
			if _, there := members[name]; !there || !json.Valid(value) {
				t.Fatalf("%q has a member %q: %q", doc, name, value)
			}
			delete(members, name)
			return nil
		})
		if isObject != (v != nil && members != nil) || err != nil || len(members) > 0 {
			t.Fatalf("%q: %v, %v; not visited: %v", doc, isObject, err, members)
		}
	})
}
