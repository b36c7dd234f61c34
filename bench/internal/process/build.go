package process

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build builds a program of this module into a directory, as it is shipped, and returns
// its path.
func Build(dir, name string) (path string, err error) {
	path = filepath.Join(dir, name)
	build := exec.Command("go", "build", "-o", path, "./cmd/"+name) //nolint:gosec // our own programs
	build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("building %s: %w", name, err)
	}
	return path, nil
}
