package imports_test

import (
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/familygifting/tidings/test/imports"
)

func TestImportsPointOneWay(t *testing.T) {
	packages, err := imports.Load("../..", "github.com/familygifting/tidings")
	if err != nil {
		t.Fatal(err)
	}
	for _, landmark := range []string{"gift", "realtime", "test/imports"} {
		if !slices.ContainsFunc(packages, func(p imports.Package) bool { return p.Path == landmark }) {
			t.Errorf("package %s was not found: is this the whole house?", landmark)
		}
	}
	violations, lawless := imports.Check(packages, imports.Rules)
	for _, v := range violations {
		t.Error(v)
	}
	for _, p := range lawless {
		t.Errorf("%s: no rule says what it may import: add one, with a reason, to test/imports/rules.go", p)
	}
}

func TestEveryRuleHasAReason(t *testing.T) {
	for _, r := range imports.Rules {
		if r.Why == "" {
			t.Errorf("the rule of %s has no reason", strings.Join(r.Of, ", "))
		}
	}
}

// A rule that matches nothing keeps nothing out: its package has moved, or was never there.
func TestEveryPatternMatchesSomething(t *testing.T) {
	packages, err := imports.Load("../..", "github.com/familygifting/tidings")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range imports.Rules {
		for _, pattern := range slices.Concat(r.Of, r.Except, r.Only) {
			if !isOurs(packages, pattern) {
				t.Errorf("%q of the rule %q matches no package", pattern, r.Why)
			}
		}
		for _, pattern := range r.MustNot {
			if !isOurs(packages, pattern) && !isOutside(t, pattern) {
				t.Errorf("%q of the rule %q is neither ours, nor in go.mod, nor in the standard library", pattern, r.Why)
			}
		}
	}
	if isOurs(packages, "sse/...") || isOutside(t, "github.com/jackc/...") || isOutside(t, "nothing/...") {
		t.Error("a pattern that matches nothing is not noticed")
	}
}

func isOurs(packages []imports.Package, pattern string) bool {
	return slices.ContainsFunc(packages, func(p imports.Package) bool { return imports.Covers(pattern, p.Path) })
}

// isOutside reports whether a pattern matches a module that go.mod requires, or a
// package of the standard library.
func isOutside(t *testing.T, pattern string) bool {
	t.Helper()
	root := strings.TrimSuffix(pattern, "/...")
	if !strings.Contains(root, ".") {
		info, err := os.Stat(filepath.Join(build.Default.GOROOT, "src", root))
		return err == nil && info.IsDir()
	}
	required, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^(require )?\s*` + regexp.QuoteMeta(root) + `[/ ]`).Match(required)
}

// The fixture is a small house of the same plan in which every kind of ban is
// broken once.
func TestPlantedViolationsAreFound(t *testing.T) {
	packages, err := imports.Load("testdata/house", "example.test/house")
	if err != nil {
		t.Fatal(err)
	}
	violations, lawless := imports.Check(packages, imports.Rules)

	var got []string
	for _, v := range violations {
		got = append(got, v.Import.File+" -> "+v.Import.Path)
		if v.Why == "" || !strings.Contains(v.String(), v.Why) {
			t.Errorf("%q does not tell why", v)
		}
	}
	want := []string{
		"gift/api/api.go -> gift/store",
		"gift/feed/feed.go -> realtime/ws",
		"gift/gift.go -> realtime",
		"gift/gift.go -> net/http",
		"gift/store/store.go -> pgregory.net/rapid",
		"newcomer/newcomer.go -> cmd/tidings",
		"realtime/hub.go -> gift",
		"realtime/hub.go -> database/sql",
		"realtime/wire/wire.go -> realtime",
		"realtime/ws/ws.go -> realtime/sqllog",
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := slices.Compare(got, want); diff != 0 {
		t.Errorf("violations:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !slices.Equal(lawless, []string{"newcomer"}) {
		t.Errorf("packages without a rule: %q, want newcomer alone", lawless)
	}
}
