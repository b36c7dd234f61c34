package crawl_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/familygifting/tidings/test/overlay"
)

// house is the root of the module.
const house = "../.."

// planting is the first line of a patch: the test that must fail, and where.
var planting = regexp.MustCompile(`^Caught by (\S+) in (\./\S+): `)

// TestPlantedLeaksAreCaught: each patch in testdata/planted leaks something as a
// dashboard somewhere has, and names the test that must find out.
func TestPlantedLeaksAreCaught(t *testing.T) {
	patches, err := filepath.Glob("testdata/planted/*.patch")
	if err != nil || len(patches) == 0 {
		t.Fatalf("%d patches: %v", len(patches), err)
	}
	for _, patch := range patches {
		t.Run(strings.TrimSuffix(filepath.Base(patch), ".patch"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(patch)
			if err != nil {
				t.Fatal(err)
			}
			says := planting.FindSubmatch(text)
			if says == nil {
				t.Fatalf("%s must begin with the test that catches it: Caught by TestX in ./pkg: …", patch)
			}
			test := "^" + strings.ReplaceAll(string(says[1]), "/", "$/^") + "$"
			cmd := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-timeout=10m", "-overlay", overlay.File(t, house, text), "-run", test, string(says[2]))
			cmd.Dir = house
			out, err := cmd.CombinedOutput()
			if err == nil || !bytes.Contains(out, []byte("--- FAIL: ")) {
				t.Errorf("not caught by %s: %v\n%.2000s", says[1], err, out)
			}
		})
	}
}
