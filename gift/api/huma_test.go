package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/familygifting/tidings/gift/api"
)

// Another API of the same process keeps huma's own ways, though ours has others.
func TestOtherAPIsOfTheProcessStayAsTheyAre(t *testing.T) {
	t.Parallel()
	const body = `{"Name":"","extra":1}`
	before, beforeDocument := otherAPI(t, body)
	d := newFamily(t)
	ours := d.send(request{method: post, path: "/api/v1/persons", token: d.ada.token, body: `{"name":"","tags":null}`}).
		want(t, http.StatusUnprocessableEntity, `"code":"invalid"`, "may not be empty")
	after, afterDocument := otherAPI(t, body)

	if before != after || beforeDocument != afterDocument {
		t.Errorf("the other API answered\n%s\nand then\n%s", before, after)
	}
	for _, want := range []string{`"expected length >= 1"`, `"unexpected property"`, `"body.extra"`} {
		if !strings.Contains(after, want) {
			t.Errorf("the other API lacks %s: %s", want, after)
		}
	}
	if !strings.Contains(afterDocument, "ErrorModel") || !strings.Contains(afterDocument, `"null"`) {
		t.Errorf("the other API's document has changed: %s", afterDocument)
	}
	if strings.Contains(ours.body, "expected") {
		t.Errorf("ours speaks as huma does: %s", ours.body)
	}
}

// An application that replaces huma's errors gets ours as they are, with less detail.
func TestErrorsOfAnotherKindBecomeProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		code   string
	}{{400, "malformed"}, {406, "malformed"}, {415, "media_type"}, {422, "invalid"}, {500, "internal"}} {
		p, err := api.ToProblem(statusError(test.status))
		if err != nil || p.Status != test.status || p.Code != test.code || p.Detail == "" {
			t.Errorf("status %d: %+v, %v", test.status, p, err)
		}
	}
}

type statusError int

func (e statusError) Error() string  { return http.StatusText(int(e)) }
func (e statusError) GetStatus() int { return int(e) }

// otherAPI sends a body to an API as huma makes it, and returns the answer and the
// API's document.
func otherAPI(t *testing.T, body string) (answer, document string) {
	t.Helper()
	type input struct {
		Body struct {
			Name string   `json:"name" minLength:"1"`
			Tags []string `json:"tags,omitempty"`
		}
	}
	mux := http.NewServeMux()
	other := humago.New(mux, huma.DefaultConfig("other", "1"))
	huma.Post(other, "/names", func(context.Context, *input) (*struct{}, error) { return nil, nil })
	send := func(method, path, body string) string {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		return w.Body.String()
	}
	return send(http.MethodPost, "/names", body), send(http.MethodGet, "/openapi.json", "")
}
