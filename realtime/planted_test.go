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
//
// Most are found within a hundred histories. A patch whose mistake takes thousands
// names a seed that finds it at once. When the model has changed, that seed may
// find it later: the test then logs another.
func TestPlantedBugsAreCaught(t *testing.T) {
	patches, err := filepath.Glob("testdata/planted/*.patch")
	if err != nil || len(patches) == 0 {
		t.Fatalf("%d patches: %v", len(patches), err)
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		if out, err := playModel(t, build(t, nil), "0", 1000); err != nil {
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
			first := "0" // any
			if named := seed.FindSubmatch(text); named != nil {
				first = string(named[1])
			}
			out, err := playModel(t, build(t, text), first, 400_000)
			if found := invariant.FindSubmatch(out); err == nil || found == nil {
				t.Errorf("not caught, though it breaks %s: %v\n%s", says[1], err, out)
			} else {
				t.Logf("broke %s with %s", found[1], playedFrom.Find(out))
			}
		})
	}
}

var (
	breaks     = regexp.MustCompile(`^Breaks ([SL]\d+): `)
	seed       = regexp.MustCompile(`(?m)^Seed (\d+)$`)
	invariant  = regexp.MustCompile(`([SL]\d+) [\w ]+: `)
	playedFrom = regexp.MustCompile(`-rapid\.seed=\d+`)
)

// playModel has the program play histories from a seed, and returns what it says.
func playModel(t *testing.T, program, seed string, histories int) ([]byte, error) {
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestModel$", fmt.Sprint("-rapid.checks=", histories), "-rapid.seed="+seed, "-rapid.nofailfile", "-rapid.shrinktime=100ms")
	return cmd.CombinedOutput()
}

// build returns a program of the model with the patch applied to the package, which
// itself stays as it is. The package's other tests are left out, since each patch
// would compile them again.
func build(t *testing.T, patch []byte) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "model.test")
	model, err := filepath.Glob("model*_test.go")
	if err != nil || len(model) == 0 {
		t.Fatalf("%d files of the model: %v", len(model), err)
	}
	compile := exec.CommandContext(t.Context(), "go", append([]string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay.File(t, ".", patch), "-o", program, "main_test.go"}, model...)...)
	compile.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", compile, err, out)
	}
	return program
}
