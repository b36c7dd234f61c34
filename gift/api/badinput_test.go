package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift/api"
)

// Bad input is named, and nothing changes.
func TestBadInput(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	runAll(t, []scenario{
		{name: "not JSON", as: "ada", method: post, path: "/gifts", status: 400, body: `{"name":`, want: []string{`"code":"malformed"`}},
		{name: "no body", as: "ada", method: post, path: "/gifts", status: 400, want: []string{"body"}},
		{name: "JSON of another kind", as: "ada", method: post, path: "/gifts", status: 422, body: `[1]`, want: []string{`"location":"body"`, "must be a JSON object"}},
		{name: "not as JSON", as: "ada", method: post, path: "/gifts", status: 415, body: `{"name":"X"}`,
			header: map[string]string{"Content-Type": "text/plain"}, want: []string{`"code":"media_type"`}},
		{name: "compressed", as: "ada", method: post, path: "/gifts", status: 415, body: `{"name":"X"}`,
			header: map[string]string{"Content-Encoding": "gzip"}, want: []string{`"code":"media_type"`, "without Content-Encoding"}},
		{name: "compressed by a stranger", method: post, path: "/auth/login", status: 415, body: `{"email":"x"}`,
			header: map[string]string{"Content-Encoding": "br"}, want: []string{"without Content-Encoding"}},
		{name: "as it is, and said so", as: "ada", method: post, path: "/gifts", status: 201, body: `{"name":"X"}`,
			header: map[string]string{"Content-Encoding": "identity"}, changes: []string{"gift_created"}},
		{name: "unknown field", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","colour":"red"}`, want: []string{`"location":"body.colour"`, "unknown field"}},
		{name: "unknown field in a patch", as: "ada", method: patch, path: "/gifts/$gift-lego", status: 422, body: `{"colour":"red"}`, want: []string{`"location":"body.colour"`}},
		{name: "field in another case", as: "ada", method: post, path: "/gifts", status: 422, body: `{"Name":"X"}`, want: []string{`"location":"body.Name"`}},
		{name: "price of -1", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","price":{"amount":-1,"currency":"EUR"}}`,
			want: []string{`"location":"body.price.amount"`, `"value":-1`, "may not be negative"}},
		{name: "price of 10^30", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","price":{"amount":1e30,"currency":"EUR"}}`, want: []string{`"location":"body.price.amount"`}},
		{name: "price of 10^30 in a patch", as: "ada", method: patch, path: "/gifts/$gift-lego", status: 422, body: `{"price":{"amount":1e30,"currency":"EUR"}}`, want: []string{`"location":"body.price.amount"`}},
		{name: "price of -1 on an item", as: "ada", method: patch, path: "/list-items/$lego", status: 422, body: `{"price":{"amount":-1,"currency":"EUR"}}`, want: []string{`"location":"body.price.amount"`}},
		{name: "price in parts", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","price":{"amount":1.5,"currency":"EUR"}}`, want: []string{`"location":"body.price.amount"`, "must be a whole number"}},
		{name: "price without a currency", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","price":{"amount":1}}`, want: []string{`"location":"body.price.currency"`, `"message":"is missing"`, `"detail":"body.price.currency: is missing"`}},
		{name: "made-up currency", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","price":{"amount":1,"currency":"XXY"}}`, want: []string{`"location":"body.price.currency"`, "no currency XXY"}},
		{name: "quantity of 0", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","quantity":0}`, want: []string{`"location":"body.quantity"`, "must be at least 1"}},
		{name: "empty name", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":""}`, want: []string{`"location":"body.name"`, "may not be empty"}},
		{name: "blank name", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"  "}`, want: []string{`"location":"body.name"`}},
		{name: "name of 201 characters", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"` + long(201) + `"}`,
			want: []string{`"location":"body.name"`, "may have at most 200 characters"}, lacks: []string{long(201)}},
		{name: "name of 10 MB", as: "ada", method: post, path: "/gifts", status: 413, body: `{"name":"` + long(10<<20) + `"}`, want: []string{`"code":"too_large"`, "1048576"}},
		{name: "NUL in a name", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"a\u0000b"}`, want: []string{`"location":"body.name"`}},
		{name: "a member twice", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","name":"Y"}`, want: []string{`"location":"body.name"`, `duplicate field \"name\"`}},
		{name: "a member twice, escaped", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","n\u0061me":"Y"}`, want: []string{`"location":"body.name"`, `duplicate field \"name\"`}},
		{name: "a member twice inside", as: "ada", method: patch, path: "/gifts/$gift-lego", status: 422,
			body: `{"price":{"amount":1,"currency":"EUR","amount":2}}`, want: []string{`"location":"body.price.amount"`}},
		{name: "a whole number with a point", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","price":{"amount":1.0,"currency":"EUR"}}`,
			want: []string{`"location":"body.price.amount"`, "must be a whole number"}, lacks: []string{"Go "}},
		{name: "a whole number with an exponent in a patch", as: "ada", method: patch, path: "/gifts/$gift-lego", status: 422, body: `{"quantity":1e1}`,
			want: []string{`"location":"body.quantity"`, "must be a whole number"}, lacks: []string{"Go "}},
		{name: "10^30 in digits", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","price":{"amount":1000000000000000000000000000000,"currency":"EUR"}}`,
			want: []string{`"location":"body.price.amount"`, `"message":"is too much: at most 1,000,000,000.00`}},
		{name: "one name in two objects", as: "ada", method: post, path: "/gifts", status: 201, body: `{"name":"X","price":{"amount":1,"currency":"EUR"},"sale_price":{"amount":1,"currency":"EUR"}}`,
			changes: []string{"gift_created"}},
		{name: "bytes that are not UTF-8", as: "ada", method: post, path: "/gifts", status: 422, body: "{\"name\":\"a\xffb\"}",
			want: []string{`"location":"body.name"`, "not valid UTF-8", "byte 10"}},
		{name: "half a surrogate pair", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"a\ud800b"}`,
			want: []string{`"location":"body.name"`, "surrogate", `\\ud800`}},
		{name: "half a surrogate pair inside", as: "ada", method: post, path: "/gifts", status: 422,
			body: `{"name":"X","additional_links":[{"label":"a","url":"https://a.example"},{"label":"\udc00","url":"https://b.example"}]}`,
			want: []string{`"location":"body.additional_links[1].label"`}},
		{name: "half a surrogate pair in a patch", as: "ada", method: patch, path: "/gifts/$gift-lego", status: 422, body: `{"notes":"\uDBFF"}`, want: []string{`"location":"body.notes"`}},
		{name: "whole surrogate pairs", as: "ada", method: post, path: "/gifts", status: 201, body: `{"name":"\ud83c\udf81 \\ud800 \u00e9"}`,
			want: []string{`"name":"🎁 \\ud800 é"`}, changes: []string{"gift_created"}},
		{name: "link that runs code", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X","url":"javascript:alert(1)"}`, want: []string{`"location":"body.url"`}},
		{name: "made-up rank", as: "ada", method: post, path: "/list-items", status: 422, body: `{"list_id":"$board","gift_id":"$gift-tent","position":"zzz"}`, want: []string{`"location":"body.position"`}},
		{name: "made-up rank in a move", as: "ada", method: post, path: "/list-items/$lego/move", status: 422, body: `{"status":"idea","position":"zzz","version":1}`, want: []string{`"location":"body.position"`}},
		{name: "made-up neighbour in a move", as: "ada", method: post, path: "/list-items/$lego/move", status: 422, body: `{"status":"idea","before":"x","version":1}`, want: []string{`"location":"body.before"`, "the id of an item"}},
		{name: "made-up status", as: "ada", method: post, path: "/list-items/$lego/move", status: 422, body: `{"status":"lost","version":1}`, want: []string{`"location":"body.status"`, "purchased"}},
		{name: "no name", as: "ada", method: post, path: "/gifts", status: 422, body: `{}`, want: []string{`"location":"body.name"`, "is missing"}},
		{name: "a colour by its name", as: "ada", method: post, path: "/persons", status: 422, body: `{"name":"X","color":"red"}`, want: []string{`"location":"body.color"`, "#rrggbb"}, lacks: []string{"pattern"}},
		{name: "21 further links", as: "ada", method: patch, path: "/gifts/$gift-lego", status: 422,
			body: `{"additional_links":[` + strings.TrimSuffix(strings.Repeat(`{"label":"a","url":"https://a.example"},`, 21), ",") + `]}`,
			want: []string{`"location":"body.additional_links"`, "may have at most 20 elements"}},
		{name: "move without a version", as: "ada", method: post, path: "/list-items/$lego/move", status: 422, body: `{"status":"idea"}`, want: []string{`"location":"body.version"`, `"message":"is missing"`}},
		{name: "made-up item", as: "ada", method: post, path: "/list-items/$nobody/move", status: 404, body: `{"status":"idea","version":1}`, want: []string{`"code":"not_found"`}},
		{name: "id that is none", as: "ada", method: get, path: "/list-items/undefined", status: 422, want: []string{`"location":"path.id"`}},
		{name: "list that is not yours", as: "ben", method: post, path: "/list-items", status: 404, body: `{"list_id":"$private","gift":{"name":"X"}}`, want: []string{`"code":"not_found"`}},
		{name: "no list_id", as: "ada", method: get, path: "/list-items", status: 422, want: []string{`"location":"query.list_id"`}},
		{name: "list_id undefined", as: "ada", method: get, path: "/list-items?list_id=undefined", status: 422, want: []string{`"location":"query.list_id"`, "the id of a list"}},
		{name: "list_id undefined for gifts", as: "ada", method: get, path: "/gifts?list_id=undefined", status: 422, want: []string{`"location":"query.list_id"`}},
		{name: "empty list_id for gifts", as: "ada", method: get, path: "/gifts?list_id=", status: 422, want: []string{`"location":"query.list_id"`}},
		{name: "list_id undefined for wishes", as: "ada", method: get, path: "/wishes?list_id=undefined", status: 422, want: []string{`"location":"query.list_id"`}},
		{name: "list_id twice", as: "ada", method: get, path: "/list-items?list_id=$board&list_id=$wishes", status: 422, want: []string{`"location":"query.list_id"`, "once"}},
		{name: "list_id twice for gifts", as: "ada", method: get, path: "/gifts?list_id=$board&list_id=$board", status: 422, want: []string{`"location":"query.list_id"`}},
		{name: "a parameter that is not known", as: "ada", method: get, path: "/gifts?q=bread", status: 422,
			want: []string{`"location":"query.q"`, `"detail":"query.q: unknown parameter"`, `"code":"invalid"`}},
		{name: "a parameter in another case", as: "ada", method: get, path: "/list-items?list_id=$board&Limit=1", status: 422, want: []string{`"location":"query.Limit"`}},
		{name: "a parameter of a write", as: "ada", method: post, path: "/gifts?list_id=$board", status: 422, body: `{"name":"X"}`, want: []string{`"location":"query.list_id"`}},
		{name: "nobody with a parameter that is not known", method: get, path: "/gifts?q=bread", status: 401, want: []string{`"code":"unauthorized"`}},
		{name: "limit twice", as: "ada", method: get, path: "/persons?limit=1&limit=200", status: 422, want: []string{`"location":"query.limit"`}},
		{name: "a query that cannot be read", as: "ada", method: get, path: "/persons?limit=%zz", status: 400, want: []string{`"code":"malformed"`, "query"}},
		{name: "limit of 0", as: "ada", method: get, path: "/gifts?limit=0", status: 422, want: []string{`"location":"query.limit"`}},
		{name: "limit of 201", as: "ada", method: get, path: "/persons?limit=201", status: 422, want: []string{`"location":"query.limit"`, "200"}},
		{name: "made-up cursor", as: "ada", method: get, path: "/persons?cursor=zzz", status: 422, want: []string{`"location":"query.cursor"`}},
		{name: "Mutation-Id with a space", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X"}`,
			header: map[string]string{"Mutation-Id": "a b"}, want: []string{`"location":"header.Mutation-Id"`}},
		{name: "Mutation-Id of 129 characters", as: "ada", method: post, path: "/gifts", status: 422, body: `{"name":"X"}`,
			header: map[string]string{"Mutation-Id": long(129)}, want: []string{`"location":"header.Mutation-Id"`}},
		{name: "nothing there", as: "ada", method: get, path: "/nothing", status: 404, want: []string{`"code":"not_found"`}},
		{name: "another method", as: "ada", method: http.MethodPut, path: "/gifts", status: 405, body: `{}`, want: []string{`"code":"method_not_allowed"`}},
		{name: "nobody", method: get, path: "/list-items?list_id=$board", status: 401, want: []string{`"code":"unauthorized"`}},
		{name: "nobody with bad input", method: post, path: "/gifts", status: 401, body: `{"colour":1}`, want: []string{`"code":"unauthorized"`}},
	})
}

func TestMethodNotAllowedNamesTheOthers(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	res := d.send(request{method: http.MethodPut, path: "/api/v1/gifts"}).want(t, 405)
	if got := res.Header.Get("Allow"); got != "GET, POST" {
		t.Errorf("Allow: %q", got)
	}
}

// Who may not know of a list gets the very answer that an unknown one gets.
func TestForbiddenEqualsUnknown(t *testing.T) {
	t.Parallel()
	f := newBoard(t)
	for _, path := range []string{
		"/list-items?list_id=%", "/gifts?list_id=%", "/wishes?list_id=%", "/lists/%",
	} {
		ask := func(id string) response {
			res := f.send(request{method: get, path: "/api/v1" + strings.ReplaceAll(path, "%", f.fill(id)), token: f.ben.token,
				header: map[string]string{"X-Request-Id": "same"}})
			return res
		}
		unknown := ask("$nobody").want(t, http.StatusNotFound)
		for _, id := range []string{"$private", "$hidden"} {
			res := ask(id)
			if res.StatusCode != unknown.StatusCode || res.body != unknown.body {
				t.Errorf("%s: %s differs from unknown: %d %s / %s", path, id, res.StatusCode, res.body, unknown.body)
			}
			for name := range unknown.Header {
				if res.Header.Get(name) != unknown.Header.Get(name) {
					t.Errorf("%s: header %s differs", path, name)
				}
			}
		}
	}
	for _, id := range []string{"$secret", "$bike", "$lamp"} {
		unknown := f.send(request{method: get, path: f.fill("/api/v1/list-items/$nobody"), token: f.ben.token})
		if res := f.send(request{method: get, path: f.fill("/api/v1/list-items/" + id), token: f.ben.token}); res.body != unknown.body {
			t.Errorf("item %s: %s", id, res.body)
		}
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	f := newBoard(t)
	for path, kind := range map[string]string{
		"/list-items?list_id=$board": "board", "/gifts?list_id=$board": "gifts", "/wishes?list_id=$wishes": "wishes", "/gifts/$gift-lego": "gift",
	} {
		res := f.send(request{method: get, path: "/api/v1" + f.fill(path), token: f.ada.token}).want(t, 200)
		if got := res.Header.Get("Tidings-Position"); !strings.HasPrefix(got, `"`+kind+`:`) {
			t.Errorf("%s: Tidings-Position %q", path, got)
		}
	}
	res := f.send(request{method: get, path: "/api/v1/gifts", token: f.ada.token}).want(t, 200)
	if got := res.Header.Get("Tidings-Position"); got != "" {
		t.Errorf("a page has no position, but says %q", got)
	}
}

// A mutation id takes effect once; another request under it is refused.
func TestMutationID(t *testing.T) {
	t.Parallel()
	f := newBoard(t)
	create := func(body string) response {
		return f.send(request{method: post, path: "/api/v1/gifts", token: f.ada.token, body: body,
			header: map[string]string{"Mutation-Id": "m.1~_-"}})
	}
	first := create(`{"name":"Kite"}`).want(t, 201)
	if again := create(`{"name":"Kite"}`).want(t, 201); again.body != first.body {
		t.Errorf("the repeat got %s", again.body)
	}
	create(`{"name":"Other"}`).want(t, 422, `"code":"mutation_id"`, `"location":"header.Mutation-Id"`)
	if changes := f.hook.take(); len(changes) != 1 {
		t.Errorf("changes %v", changes)
	}
	remove := func(item string) response {
		return f.send(request{method: del, path: f.fill("/api/v1/list-items/" + item), token: f.ada.token, header: map[string]string{"Mutation-Id": "m2"}})
	}
	remove("$lego").want(t, 204)
	remove("$lego").want(t, 204)
	remove("$book").want(t, 422, `"code":"mutation_id"`)
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	ask := func(id string) string {
		return d.send(request{method: get, path: "/api/v1/setup", header: map[string]string{"X-Request-Id": id}}).Header.Get("X-Request-Id")
	}
	if got := ask("trace-1"); got != "trace-1" {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{"", "a b", "x\ny", strings.Repeat("x", 65)} {
		if got := ask(bad); got == bad || len(got) != 20 {
			t.Errorf("for %q got %q", bad, got)
		}
	}
}

// Problems do not repeat secrets, nor whole bodies.
func TestProblemsKeepSecrets(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	for _, body := range []string{
		`{"token":"` + setupToken + `","family_name":"L","name":"Ada","email":"ada@example.org","password":"hunter2"}`,
		`{"token":"` + setupToken + `","family_name":"L","name":"Ada","email":"ada@example.org","password":"hunter2hunter2","extra":1}`,
		`{"password":"hunter2`,
	} {
		res := d.send(request{method: post, path: "/api/v1/setup", body: body})
		if res.StatusCode < 400 || strings.Contains(res.body, "hunter2") || strings.Contains(res.body, setupToken) {
			t.Errorf("status %d: %s", res.StatusCode, res.body)
		}
	}
	if strings.Contains(d.log.String(), "hunter2") || strings.Contains(d.log.String(), setupToken) {
		t.Errorf("the log has a secret: %s", d.log)
	}
}

// What the domain does not expect is logged and hidden.
func TestInternalErrorsAreHidden(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	f.close()
	res := f.send(request{method: get, path: "/api/v1/persons", token: f.ada.token}).want(t, 500, `"code":"internal"`)
	if strings.Contains(res.body, "database") || !strings.Contains(f.log.String(), "the database is closed") {
		t.Errorf("answer %s, log %s", res.body, f.log)
	}
}

func TestPanicsAreHidden(t *testing.T) {
	t.Parallel()
	auth, err := api.NewAuth(nil, api.AuthOptions{Secret: []byte(strings.Repeat("s", 32))})
	if err != nil {
		t.Fatal(err)
	}
	var status int
	broken, err := api.New(nil, auth, api.Options{Observe: func(_ string, s int, _ time.Duration) { status = s }})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	broken.ServeHTTP(w, httptest.NewRequest(get, "/api/v1/setup", nil))
	var p api.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if w.Code != 500 || p.Code != "internal" || strings.Contains(p.Detail, "nil") || status != 500 {
		t.Errorf("status %d (observed %d): %+v", w.Code, status, p)
	}
}
