package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shellBlocks returns the shell blocks of a document that say something of the text.
func shellBlocks(t *testing.T, path, about string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile("(?ms)^```sh[^\n]*\n(.*?)^```$").FindAllSubmatch(text, -1) {
		if strings.Contains(string(found[1]), about) {
			blocks = append(blocks, string(found[1]))
		}
	}
	return blocks
}

// The README's commands for the hub work in a fresh clone: make builds what they start,
// its flags are flags, and the publication is taken.
func TestTheReadmeRuns(t *testing.T) {
	const readme, address = "../../README.md", "127.0.0.1:9000"
	serving := shellBlocks(t, readme, "tidings serve")
	publish := shellBlocks(t, readme, "/api/publish")
	if len(serving) != 1 || len(publish) != 1 {
		t.Fatalf("the README starts the hub by %q, and publishes by %q", serving, publish)
	}
	build, serve, found := strings.Cut(strings.TrimSpace(serving[0]), "\n")
	args := strings.Fields(serve)
	if !found || args[0] != "bin/tidings" || !strings.Contains(serve, address) {
		t.Fatalf("the block is %q", serving[0])
	}
	plan := exec.Command("make", append([]string{"-n"}, strings.Fields(build)[1:]...)...)
	plan.Dir = filepath.Dir(readme)
	if steps, err := plan.CombinedOutput(); err != nil || !strings.HasPrefix(build, "make ") || !bytes.Contains(steps, []byte("-o bin/tidings ./cmd/tidings")) {
		t.Errorf("%s: %v: %s; want bin/tidings built", build, err, steps)
	}
	if args[1] != "serve" {
		t.Fatalf("the command is %s", serve)
	}
	rest := strings.Fields(strings.ReplaceAll(strings.Join(args[2:], " "), address, "127.0.0.1:0"))
	url, _ := start(t, append(rest, "--drain-window=100ms")...)
	script := strings.ReplaceAll(publish[0], "http://"+address, url)
	answer, err := exec.Command("sh", "-euc", script).Output()
	if err != nil || !bytes.Contains(answer, []byte(`"seq":1`)) {
		t.Errorf("%s: %v: %s; want a position", script, err, answer)
	}
}
