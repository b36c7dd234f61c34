// Package imports checks that imports inside the module point one way. The
// rules, each with its reason, are in rules.go; the tests walk the whole
// module, and a fixture with planted violations.
package imports

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Package is a folder of Go files. Its path is relative to the module.
type Package struct {
	Path string
	// Imports are those of its files, in the order of the files, but for test
	// files: a test may look wherever it needs to.
	Imports []Import
}

// An Import is one import of one file.
type Import struct {
	// Path is relative to the module if the package is Ours.
	Path string
	Ours bool
	File string
}

// A Rule bans imports, for one reason. Its lists hold packages of the module,
// or, in MustNot, of any other; "a/..." stands for a and all packages under
// it, "..." for every package of the module.
type Rule struct {
	// Of lists the packages that the rule binds.
	Of []string
	// Except lists those that it does not bind all the same.
	Except []string
	// Only lists the packages of the module they may import, all others being
	// banned. Nil bans none of them, empty bans them all.
	Only []string
	// MustNot lists further bans.
	MustNot []string
	// Why is the reason, which a violation names.
	Why string
}

// A Violation is an import that a rule bans.
type Violation struct {
	Importer string
	Import   Import
	Why      string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: %s must not import %s: %s", v.Import.File, v.Importer, v.Import.Path, v.Why)
}

// Load reads the imports of all packages under dir, the root of module.
func Load(dir, module string) ([]Package, error) {
	var found []Package
	err := filepath.WalkDir(dir, func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if folder != dir && passedOver(folder, entry.Name()) {
			return filepath.SkipDir
		}
		p, err := loadPackage(dir, module, folder)
		if len(p.Imports) > 0 {
			found = append(found, p)
		}
		return err
	})
	return found, err
}

// passedOver reports whether a folder is no part of the module.
func passedOver(folder, name string) bool {
	if name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

func loadPackage(dir, module, folder string) (Package, error) {
	name, err := filepath.Rel(dir, folder)
	if err != nil {
		return Package{}, err
	}
	p := Package{Path: filepath.ToSlash(name)}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return Package{}, err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		imports, err := fileImports(module, file)
		if err != nil {
			return Package{}, err
		}
		for i := range imports {
			imports[i].File = path.Join(p.Path, filepath.Base(file))
		}
		p.Imports = append(p.Imports, imports...)
	}
	return p, nil
}

func fileImports(module, file string) ([]Import, error) {
	syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var imports []Import
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		inside, ours := strings.CutPrefix(imported, module+"/")
		imports = append(imports, Import{Path: inside, Ours: ours})
	}
	return imports, nil
}

// Check returns the imports that a rule bans, and the packages whose own
// imports no rule limits, so that a new package cannot slip by.
func Check(packages []Package, rules []Rule) (violations []Violation, lawless []string) {
	for _, p := range packages {
		ruled := false
		for _, r := range rules {
			if !r.binds(p.Path) {
				continue
			}
			ruled = ruled || r.Only != nil
			violations = append(violations, r.violations(p)...)
		}
		if !ruled {
			lawless = append(lawless, p.Path)
		}
	}
	return violations, lawless
}

func (r Rule) binds(name string) bool {
	return covers(r.Of, name) && !covers(r.Except, name)
}

func (r Rule) violations(p Package) []Violation {
	var found []Violation
	for _, i := range p.Imports {
		unlisted := i.Ours && r.Only != nil && !covers(r.Only, i.Path)
		if unlisted || covers(r.MustNot, i.Path) {
			found = append(found, Violation{Importer: p.Path, Import: i, Why: r.Why})
		}
	}
	return found
}

func covers(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return Covers(pattern, name) })
}

// Covers reports whether a pattern of a [Rule] covers a package.
func Covers(pattern, name string) bool {
	tree, isTree := strings.CutSuffix(pattern, "...")
	return name == strings.TrimSuffix(tree, "/") || isTree && strings.HasPrefix(name, tree)
}
