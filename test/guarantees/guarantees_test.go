// Package guarantees holds docs/guarantees.md to the tests that it names.
package guarantees

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const document = "../../docs/guarantees.md"

var (
	// named is a test by its name, and the file that it is in.
	named = regexp.MustCompile("\\[`([^`]+)`\\]\\(([^)]+)\\)")
	// promise is the heading of a promise: "S4 No silent gap".
	promise = regexp.MustCompile(`\*\*([SL]\d+ [^*]+)\*\*`)
	// cried is a promise as the model cries it out.
	cried = regexp.MustCompile(`violate\("([SL]\d+ [^:]+):`)
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEveryNamedTestExists(t *testing.T) {
	found := named.FindAllStringSubmatch(read(t, document), -1)
	if len(found) < 80 {
		t.Fatalf("only %d tests are named: the document reads otherwise than this test", len(found))
	}
	for _, link := range found {
		name, path := link[1], filepath.Join(filepath.Dir(document), link[2])
		text, want := read(t, path), name
		switch {
		case strings.HasPrefix(name, "go doc"):
			continue
		case strings.HasSuffix(path, "_test.go"):
			want = "\nfunc " + name + "("
		case !strings.Contains(path, ".test.") && !strings.HasSuffix(path, ".spec.ts"):
			t.Errorf("%s: %s is no file of tests", name, path)
		}
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", name, path)
		}
	}
}

// Every promise and every attack names a test.
func TestEverySentenceIsHeld(t *testing.T) {
	text := read(t, document)
	for _, sentence := range regexp.MustCompile(`(?m)^- \*\*`).Split(text, -1)[1:] {
		sentence, _, _ = strings.Cut(sentence, "\n\n")
		if !named.MatchString(sentence) {
			t.Errorf("no test holds: %.60s", sentence)
		}
	}
	rows := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| Bad input") && !strings.HasPrefix(line, "| ---") {
			if rows++; !named.MatchString(line) {
				t.Errorf("no test holds: %.60s", line)
			}
		}
	}
	if rows < 20 {
		t.Errorf("%d attacks; the table reads otherwise than this test", rows)
	}
}

// The model speaks of the promises by their names.
func TestTheModelKnowsTheNames(t *testing.T) {
	var names []string
	for _, m := range promise.FindAllStringSubmatch(read(t, document), -1) {
		names = append(names, strings.ToLower(m[1]))
	}
	crying := cried.FindAllStringSubmatch(read(t, "../../realtime/model_test.go"), -1)
	if len(crying) == 0 {
		t.Error("the model cries nothing out")
	}
	for _, m := range crying {
		if !slices.Contains(names, strings.ToLower(m[1])) {
			t.Errorf("the model speaks of %q, which is no promise", m[1])
		}
	}
}
