// Package overlay plants a mistake in what the compiler reads: the code itself
// stays as it is.
package overlay

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

var patched = regexp.MustCompile(`(?m)^\+\+\+ b/(\S+\.go)$`)

// File applies the patch to copies of the files below root that it names, and
// returns the file for go's -overlay that has the compiler read these instead. The
// test fails where the patch no longer applies. A nil patch changes nothing.
func File(t *testing.T, root string, patch []byte) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	copies := map[string]string{}
	for _, found := range patched.FindAllSubmatch(patch, -1) {
		name := string(found[1])
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		copies[filepath.Join(root, name)] = filepath.Join(dir, name)
		write(t, filepath.Join(dir, name), text)
	}
	if patch != nil {
		apply := exec.CommandContext(t.Context(), "git", "apply", "-")
		apply.Dir, apply.Stdin = dir, bytes.NewReader(patch)
		if out, err := apply.CombinedOutput(); err != nil {
			t.Fatalf("the patch no longer applies: %v\n%s", err, out)
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": copies})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	write(t, file, text)
	return file
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
