package crawl_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// house is the root of the module.
const house = "../.."

// planting is the first line of a patch: the test that must fail, and where.
var (
	planting = regexp.MustCompile(`^Caught by (\S+) in (\./\S+): `)
	patched  = regexp.MustCompile(`(?m)^\+\+\+ b/(\S+\.go)$`)
)

// TestPlantedLeaksAreCaught: each patch in testdata/planted leaks something as a
// dashboard somewhere has, and names the test that must find out.
func TestPlantedLeaksAreCaught(t *testing.T) {
	patches, err := filepath.Glob("testdata/planted/*.patch")
	if err != nil || len(patches) == 0 {
		t.Fatalf("%d patches: %v", len(patches), err)
	}
	for _, patch := range patches {
		t.Run(strings.TrimSuffix(filepath.Base(patch), ".patch"), func(t *testing.T) {
			text, err := os.ReadFile(patch)
			if err != nil {
				t.Fatal(err)
			}
			says := planting.FindSubmatch(text)
			if says == nil {
				t.Fatalf("%s must begin with the test that catches it: Caught by TestX in ./pkg: …", patch)
			}
			test := "^" + strings.ReplaceAll(string(says[1]), "/", "$/^") + "$"
			cmd := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-timeout=2m", "-overlay", overlaid(t, text), "-run", test, string(says[2]))
			cmd.Dir = house
			out, err := cmd.CombinedOutput()
			if err == nil || !bytes.Contains(out, []byte("--- FAIL: ")) {
				t.Errorf("not caught by %s: %v\n%.2000s", says[1], err, out)
			}
		})
	}
}

// overlaid applies the patch to copies of what it changes, and returns the file
// that has the compiler read these instead.
func overlaid(t *testing.T, patch []byte) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs(house)
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
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	apply := exec.CommandContext(t.Context(), "git", "apply", "-")
	apply.Dir, apply.Stdin = dir, bytes.NewReader(patch)
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("the patch no longer applies: %v\n%s", err, out)
	}
	text, err := json.Marshal(map[string]any{"Replace": copies})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}
