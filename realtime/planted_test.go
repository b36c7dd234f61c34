package realtime_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// invariant finds which promise the model saw broken.
var invariant = regexp.MustCompile(`[SL]\d \w+`)

// The model is worth what it catches: each of these mistakes is made on purpose
// (build tag "planted"), and each must break one of its invariants.
func TestPlantedBugsAreCaught(t *testing.T) {
	program := filepath.Join(t.TempDir(), "planted")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-tags", "planted", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	run := func(bug, checks string) (string, error) {
		// Most are found within a hundred histories, the rarest within thousands.
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestModel$", "-rapid.checks="+checks, "-rapid.nofailfile", "-rapid.shrinktime=100ms")
		cmd.Env = append(os.Environ(), "TIDINGS_PLANTED="+bug)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("", "1000"); err != nil {
		t.Fatalf("without a bug: %v\n%s", err, out)
	}
	for bug, breaks := range map[string]string{
		"seam": "S4", "repeat": "S3", "no-order": "S4", "double": "S3", "lost-wake-up": "L1", "stale-epoch": "S5",
		"silent-trim": "S4", "stale-access": "S8", "replay-access": "S8", "queued": "S8",
		"ended-login": "S8", "stale-grant": "S8", "ghost": "L2", "company": "S8",
	} {
		t.Run(bug, func(t *testing.T) {
			out, err := run(bug, "50000")
			if found := invariant.FindString(out); err == nil || found == "" {
				t.Errorf("not caught, though it breaks %s: %v\n%s", breaks, err, out)
			} else {
				t.Logf("broke %s", found)
			}
		})
	}
}
