package guarantees_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/familygifting/tidings/test/guarantees"
)

const root = "../.."

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every guarantee has a test, every mark names a guarantee, and the table says so.
func TestTheDocumentListsItsTests(t *testing.T) {
	document := read(t, guarantees.Document)
	tests, err := guarantees.Tests(root)
	if err != nil {
		t.Fatal(err)
	}
	identifiers := guarantees.Identifiers(document)
	if len(identifiers) < 100 || len(tests) < 300 {
		t.Fatalf("%d guarantees and %d tests: some are not found", len(identifiers), len(tests))
	}
	if err := guarantees.Check(identifiers, tests); err != nil {
		t.Error(err)
	}
	if rendered, err := guarantees.Render(document, tests); err != nil || rendered != document {
		t.Errorf("%s does not list its tests as they are: run make generate (%v)", guarantees.Document, err)
	}
}

const sample = `
- **S1 Atomic**: all or nothing.
- **S2 Order**: one after the other.

| A1 | a flood | dry land |

<!-- generated:tests -->
<!-- end:tests -->
`

func TestCheck(t *testing.T) {
	identifiers := guarantees.Identifiers(sample)
	if !slices.Equal(identifiers, []string{"S1", "S2", "A1"}) {
		t.Fatalf("identifiers %v", identifiers)
	}
	both := guarantees.Test{File: "a_test.go", Name: "TestA", Holds: []string{"S1", "S2"}}
	for name, c := range map[string]struct {
		tests []guarantees.Test
		want  string
	}{
		"a guarantee without a test": {[]guarantees.Test{both}, "A1: no test holds it"},
		"an unknown guarantee":       {[]guarantees.Test{both, {File: "b_test.go", Name: "TestB", Holds: []string{"A1", "S9"}}}, `b_test.go: TestB names "S9"`},
	} {
		if err := guarantees.Check(identifiers, c.tests); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMarks(t *testing.T) {
	dir := t.TempDir()
	for name, source := range map[string]string{
		"a_test.go":  "// Guarantees: S1, S2\nfunc TestA(t *testing.T) {}\n",
		"b.test.ts":  "describe('b', () => {\n  // Guarantees: A1\n  test.each([1, 2])(\n    'b (%d ms)',\n",
		"c.spec.ts":  "// Guarantees: A1\ntest(`c (${N} times)`, async () => {\n",
		"plain_x.go": "// Guarantees: S9\nfunc TestX() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests, err := guarantees.Tests(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := guarantees.Render(sample, tests)
	want := "| S1 | [`TestA`](../a_test.go) |\n| S2 | [`TestA`](../a_test.go) |\n| A1 | [`b`](../b.test.ts), [`c`](../c.spec.ts) |\n"
	if err != nil || !strings.Contains(got, want) {
		t.Errorf("%v: %s", err, got)
	}
	if err := os.WriteFile(filepath.Join(dir, "d_test.go"), []byte("// Guarantees: S1\nvar x = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := guarantees.Tests(dir); err == nil || !strings.Contains(err.Error(), "d_test.go: no test follows") {
		t.Errorf("a mark above no test: %v", err)
	}
}

var (
	// promise is the name of a promise: "S4 No silent gap".
	promise = regexp.MustCompile(`\*\*([SL]\d+ [^*]+)\*\*`)
	// violated is a promise as the model names it.
	violated = regexp.MustCompile(`violate\("([SL]\d+ [^:]+):`)
)

// The model calls the guarantees by their names.
func TestTheModelKnowsTheNames(t *testing.T) {
	var names []string
	for _, m := range promise.FindAllStringSubmatch(read(t, guarantees.Document), -1) {
		names = append(names, strings.ToLower(m[1]))
	}
	found := violated.FindAllStringSubmatch(read(t, "realtime/model_test.go"), -1)
	if len(found) == 0 {
		t.Error("the model names no guarantee")
	}
	for _, m := range found {
		if !slices.Contains(names, strings.ToLower(m[1])) {
			t.Errorf("the model names %q, which is no guarantee", m[1])
		}
	}
}
