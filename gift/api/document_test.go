package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/familygifting/tidings/gift/api"
)

// The browser's types are generated from a copy of the document.
func TestDocumentEqualsItsCopy(t *testing.T) {
	t.Parallel()
	doc, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../../packages/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(doc, kept) {
		t.Error("packages/api/openapi.json is not what the code says; run scripts/generate.sh")
	}
}

func TestDocumentIsWhole(t *testing.T) {
	t.Parallel()
	doc, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID, Summary string
			Tags                 []string
			Responses            map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(doc, &o); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(o.OpenAPI, "3.1") || len(o.Paths) < 20 {
		t.Fatalf("version %s, %d paths", o.OpenAPI, len(o.Paths))
	}
	seen := map[string]bool{}
	for path, methods := range o.Paths {
		for method, op := range methods {
			if op.OperationID == "" || seen[op.OperationID] || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s: %+v", method, path, op)
			}
			seen[op.OperationID] = true
			for status, res := range op.Responses {
				if _, problem := res.Content["application/problem+json"]; status >= "400" && !problem {
					t.Errorf("%s %s: %s is no problem", method, path, status)
				}
			}
		}
	}
}

func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	doc, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	if res := d.send(request{method: get, path: "/api/v1/openapi.json"}).want(t, 200); res.body != string(doc) {
		t.Error("what is served is not the document")
	}
	d.send(request{method: get, path: "/api/v1/openapi.yaml"}).want(t, 200, "operationId: moveListItem", "openapi: ")
}

// Numbers in bodies have to be integers, so no field may be of another kind.
func TestAllNumbersAreIntegers(t *testing.T) {
	t.Parallel()
	doc, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(doc, []byte(`"number"`)) || !bytes.Contains(doc, []byte(`"integer"`)) {
		t.Error("a field is a number, but not an integer")
	}
}
