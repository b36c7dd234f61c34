package realtime_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/familygifting/tidings/test/overlay"
)

// The model is worth what it catches. Each patch in testdata/planted makes a
// mistake that a realtime server somewhere has made, and says which invariant that
// breaks. The model must find out, and must find nothing without one.
func TestPlantedBugsAreCaught(t *testing.T) {
	patches, err := filepath.Glob("testdata/planted/*.patch")
	if err != nil || len(patches) == 0 {
		t.Fatalf("%d patches: %v", len(patches), err)
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		if out, err := playModel(t, build(t, nil), 1000); err != nil {
			t.Errorf("without a bug: %v\n%s", err, out)
		}
	})
	for _, patch := range patches {
		t.Run(strings.TrimSuffix(filepath.Base(patch), ".patch"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(patch)
			if err != nil {
				t.Fatal(err)
			}
			says := breaks.FindSubmatch(text)
			if says == nil {
				t.Fatalf("%s must begin with the invariant that it breaks: Breaks S1: …", patch)
			}
			// Most are found within a hundred histories, the rarest within tens of thousands.
			out, err := playModel(t, build(t, text), 400_000)
			if found := invariant.FindSubmatch(out); err == nil || found == nil {
				t.Errorf("not caught, though it breaks %s: %v\n%s", says[1], err, out)
			} else {
				t.Logf("broke %s", found[1])
			}
		})
	}
}

var (
	breaks    = regexp.MustCompile(`^Breaks ([SL]\d+): `)
	invariant = regexp.MustCompile(`([SL]\d+) [\w ]+: `)
)

// playModel has the program play histories, and returns what it says.
func playModel(t *testing.T, program string, histories int) ([]byte, error) {
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestModel$", fmt.Sprint("-rapid.checks=", histories), "-rapid.nofailfile", "-rapid.shrinktime=100ms")
	return cmd.CombinedOutput()
}

// build returns a program of the package's tests with the patch applied to it. The
// package itself stays as it is.
func build(t *testing.T, patch []byte) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "model.test")
	compile := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-overlay", overlay.File(t, ".", patch), "-o", program, ".")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", compile, err, out)
	}
	return program
}
