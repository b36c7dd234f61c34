package imports_test

import (
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
