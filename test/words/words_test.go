package words_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/familygifting/tidings/test/words"
)

const root = "../.."

func TestTheRepositoryAvoidsTheWords(t *testing.T) {
	used := map[string]bool{}
	for _, file := range tracked(t) {
		for _, f := range words.Find(file, read(t, file)) {
			i := slices.IndexFunc(words.Exceptions, func(e words.Exception) bool { return strings.HasPrefix(file, e.Prefix) })
			if i < 0 {
				t.Error(f)
				continue
			}
			used[words.Exceptions[i].Prefix] = true
		}
	}
	for _, e := range words.Exceptions {
		if !used[e.Prefix] {
			t.Errorf("the exception for %s (%s) is used no more: remove it from test/words/words.go", e.Prefix, e.Why)
		}
	}
}

func TestFind(t *testing.T) {
	for text, want := range map[string]int{
		"a fine line\n":                                     0,
		"Whoever reads this\n":                              1,
		"// isOpen tells whether it is.\n":                  1,
		"figures are for who has the token":                 1,
		"it decides who may read":                           0,
		"one line\nnobody is told, and is there twice\nend": 2,
	} {
		if found := words.Find("file", text); len(found) != want {
			t.Errorf("%q: %v; want %d", text, found, want)
		}
	}
	found := words.Find("a.md", "one\nand whoever\n")
	if len(found) != 1 || !strings.HasPrefix(found[0].String(), `a.md:2: "whoever": write a noun`) {
		t.Errorf("found %v", found)
	}
}

// tracked are the files of the repository that have text.
func tracked(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	if len(files) < 1000 {
		t.Fatalf("%d files: is this the whole repository?", len(files))
	}
	return files
}

// read returns the text of a file; of one that is deleted, or no text, nothing.
func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, file))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return ""
	}
	return string(b)
}
