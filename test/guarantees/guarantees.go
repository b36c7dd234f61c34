// Package guarantees joins docs/guarantees.md to the tests that hold what it promises.
//
// A test says which guarantees it holds, in the line above it:
//
//	// Guarantees: S4, A12
//
// The command beside this package, write, lists them in a table of the document. It
// fails if a guarantee has no test, and if a test names one that does not exist.
package guarantees

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Document is where the guarantees are, from the root of the module.
const Document = "docs/guarantees.md"

// A Test holds guarantees.
type Test struct {
	// File is its path from the root of the module.
	File string
	// Name is the name of a Go function, or the title of a test in TypeScript.
	Name string
	// Holds are the identifiers of the guarantees.
	Holds []string
}

var (
	// guarantee begins a sentence, or a row of a table: "**S4 No silent gap**", "| A12 |".
	guarantee = regexp.MustCompile(`(?m)^(?:- \*\*([SL]\d+) |\| ([APBDF]\d+) \|)`)
	// mark is a mark, and what stands between it and the test.
	mark = regexp.MustCompile(`(?m)^[ \t]*// Guarantees: ([^\n]*)\n`)
	// goTest and title begin a test in each language.
	goTest = regexp.MustCompile(`\Afunc ((?:Test|Fuzz)\w+)\(`)
	title  = regexp.MustCompile("\\A\\s*test(?:\\.each\\([^)]*\\))?\\(\\s*(?:'([^']*)'|`([^`$]*))")

	testFile = regexp.MustCompile(`(_test\.go|\.test\.(tsx?|cjs)|\.spec\.ts)$`)
)

// Identifiers returns the identifiers of the guarantees, in the document's order.
func Identifiers(document string) []string {
	var found []string
	for _, m := range guarantee.FindAllStringSubmatch(document, -1) {
		found = append(found, m[1]+m[2])
	}
	return found
}

// Tests returns the tests under root that hold a guarantee, by file and place.
func Tests(root string) ([]Test, error) {
	var found []Test
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && isForeign(entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || !testFile.MatchString(file):
			return nil
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		tests, err := testsOf(filepath.ToSlash(name), string(source))
		found = append(found, tests...)
		return err
	})
	return found, err
}

// isForeign reports whether a folder has no tests of ours.
func isForeign(folder string) bool {
	return folder == "node_modules" || folder == "dist" || folder == "tmp" || folder == "testdata" ||
		len(folder) > 1 && folder[0] == '.' && folder != ".."
}

// testsOf returns the tests of a file that hold a guarantee.
func testsOf(file, source string) ([]Test, error) {
	var found []Test
	for _, m := range mark.FindAllStringSubmatchIndex(source, -1) {
		name := nameOf(file, source[m[1]:])
		if name == "" {
			return nil, fmt.Errorf("%s: no test follows the line %q", file, source[m[0]:m[1]-1])
		}
		found = append(found, Test{File: file, Name: name, Holds: strings.Split(source[m[2]:m[3]], ", ")})
	}
	return found, nil
}

// nameOf returns the name of the test that a source begins with.
func nameOf(file, source string) string {
	pattern := title
	if strings.HasSuffix(file, ".go") {
		pattern = goTest
	}
	m := pattern.FindStringSubmatch(source)
	if m == nil {
		return ""
	}
	name, _, _ := strings.Cut(strings.Join(m[1:], ""), " (")
	return name
}

// Check returns an error that names each guarantee without a test, and each test
// that names a guarantee which does not exist.
func Check(identifiers []string, tests []Test) error {
	var problems []error
	for _, id := range identifiers {
		if !slices.ContainsFunc(tests, func(t Test) bool { return slices.Contains(t.Holds, id) }) {
			problems = append(problems, fmt.Errorf("%s: no test holds it: write \"// Guarantees: %s\" above one that does", id, id))
		}
	}
	for _, t := range tests {
		for _, id := range t.Holds {
			if !slices.Contains(identifiers, id) {
				problems = append(problems, fmt.Errorf("%s: %s names %q, which %s does not have", t.File, t.Name, id, Document))
			}
		}
	}
	return errors.Join(problems...)
}

// The table stands between these lines.
const (
	begin = "<!-- generated:tests -->\n"
	end   = "<!-- end:tests -->\n"
)

// Render returns the document with the table of the tests.
func Render(document string, tests []Test) (string, error) {
	before, rest, hasBegin := strings.Cut(document, begin)
	_, after, hasEnd := strings.Cut(rest, end)
	if !hasBegin || !hasEnd {
		return "", fmt.Errorf("%s has no lines %q and %q for the table", Document, begin, end)
	}
	var table strings.Builder
	table.WriteString("\n| Guarantee | Tests |\n| --- | --- |\n")
	for _, id := range Identifiers(before) {
		var links []string
		for _, t := range tests {
			if slices.Contains(t.Holds, id) {
				links = append(links, fmt.Sprintf("[`%s`](%s)", t.Name, path.Join("..", t.File)))
			}
		}
		fmt.Fprintf(&table, "| %s | %s |\n", id, strings.Join(links, ", "))
	}
	return before + begin + table.String() + "\n" + end + after, nil
}
