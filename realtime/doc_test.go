package realtime_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The diagrams in doc.go have the states of the code, and no others.
func TestTheDocumentedStatesAreThoseOfTheCode(t *testing.T) {
	doc := parseFile(t, "doc.go").Doc.Text()
	for section, want := range map[string][]string{
		"A session":      sessionStates(t),
		"A subscription": append(subscriptionMaps(t), "live"), // the live ones are a slice
	} {
		_, text, _ := strings.Cut(doc, "# "+section+"\n")
		text, _, _ = strings.Cut(text, "\n# ")
		var got []string
		for _, at := range listed.FindAllStringSubmatchIndex(text, -1) {
			state := text[at[2]:at[3]]
			if got = append(got, state); strings.Count(text[:at[0]], state) == 0 {
				t.Errorf("%s: the diagram lacks the state %s", section, state)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: doc.go has the states %q; the code has %q", section, got, want)
		}
	}
}

// listed matches a line of a list of states: its name, and what it means.
var listed = regexp.MustCompile(`(?m)^\t([a-z]+) +[A-Z]`)

func parseFile(t *testing.T, name string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// sessionStates are the constants stateX of session.go.
func sessionStates(t *testing.T) (states []string) {
	ast.Inspect(parseFile(t, "session.go"), func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if state, ok := strings.CutPrefix(spec.Names[0].Name, "state"); ok {
				states = append(states, strings.ToLower(state))
			}
		}
		return true
	})
	return states
}

// subscriptionMaps are the maps of a stream: each holds those in one state.
func subscriptionMaps(t *testing.T) (states []string) {
	ast.Inspect(parseFile(t, "stream.go"), func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "stream" {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			if _, isMap := field.Type.(*ast.MapType); isMap {
				states = append(states, field.Names[0].Name)
			}
		}
		return false
	})
	return states
}
