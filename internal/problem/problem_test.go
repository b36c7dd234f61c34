package problem_test

import (
	"net/http/httptest"
	"testing"

	"github.com/familygifting/tidings/internal/problem"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	problem.Write(w, 409, struct {
		problem.Problem
		Field string `json:"field"`
	}{problem.New(409, "conflict", "it is there"), "name"})
	want := `{"type":"about:blank","title":"Conflict","status":409,"detail":"it is there","code":"conflict","field":"name"}` + "\n"
	if w.Code != 409 || w.Body.String() != want || w.Header().Get("Content-Type") != problem.ContentType {
		t.Errorf("%d %q %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
}
