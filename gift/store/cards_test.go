package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// readsCards finds that a statement reads cards.
var readsCards = regexp.MustCompile(`(FROM|JOIN)\s+list_items`)

// unasked are the functions and variables whose statements read cards without
// asking who may see them, and why.
var unasked = map[string]string{
	"itemSQL":      "is completed by who uses it: itemsSeenSQL, or those below",
	"itemsSeenSQL": "is completed by who uses it, with cardAccessSQL",
	"itemsWhere":   "is for what a mutation has to know of all cards; it never goes out",
	"dropGift":     "keeps a gift that any card holds",
	"removeItem":   "deletes a card that its caller was allowed to",
}

// TestEveryQueryAsksWhoSeesACard: what reads cards for somebody asks the one
// predicate, or a test says why it need not.
// Guarantees: P1
func TestEveryQueryAsksWhoSeesACard(t *testing.T) {
	asked, known := 0, map[string]bool{}
	for _, s := range cardStatements(t) {
		switch {
		case strings.Contains(s.text, "{cardAccessSQL}"), strings.Contains(s.text, "{notForSQL}"), strings.Contains(s.text, "{inSlotSQL}"), strings.Contains(s.text, "{openSQL}"):
			asked++
		case unasked[s.in] != "":
			known[s.in] = true
		default:
			t.Errorf("%s reads list_items and does not ask who sees them:\n%s", s.in, s.text)
		}
	}
	if asked < 8 {
		t.Errorf("only %d statements ask: is this test looking?", asked)
	}
	for name := range unasked {
		if !known[name] {
			t.Errorf("%s reads no cards without asking: take it from the list", name)
		}
	}
}

// statement is a text in this package's source that reads cards, and the
// function or variable that it stands in.
type statement struct{ in, text string }

func cardStatements(t *testing.T) (found []statement) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			eachStatement(d, func(name, text string) { found = append(found, statement{name, text}) })
		}
	}
	return found
}

// eachStatement calls found for every expression of a declaration that makes a
// statement that reads cards.
func eachStatement(d ast.Decl, found func(name, text string)) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		inspect(d.Name.Name, d.Body, found)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for i, value := range v.Values {
					inspect(v.Names[i].Name, value, found)
				}
			}
		}
	}
}

func inspect(name string, in ast.Node, found func(name, text string)) {
	ast.Inspect(in, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		text, isText := textOf(e)
		if isText && (readsCards.MatchString(text) || strings.Contains(text, "{itemSQL}") || strings.Contains(text, "{itemsSeenSQL}")) {
			found(name, text)
		}
		return !isText
	})
}

// textOf is an expression that is text, with the names in it in braces.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Value, e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, _ := textOf(e.X)
		right, _ := textOf(e.Y)
		return left + right, e.Op == token.ADD
	case *ast.Ident:
		return "{" + e.Name + "}", false
	case *ast.CallExpr:
		called, _ := textOf(e.Fun)
		return called, false
	}
	return "", false
}
