// Command write lists in docs/guarantees.md the tests that hold each guarantee. It runs
// in the root of the module.
package main

import (
	"fmt"
	"os"

	"github.com/familygifting/tidings/test/guarantees"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write() error {
	document, err := os.ReadFile(guarantees.Document)
	if err != nil {
		return err
	}
	tests, err := guarantees.Tests(".")
	if err != nil {
		return err
	}
	if err := guarantees.Check(guarantees.Identifiers(string(document)), tests); err != nil {
		return err
	}
	rendered, err := guarantees.Render(string(document), tests)
	if err != nil {
		return err
	}
	return os.WriteFile(guarantees.Document, []byte(rendered), 0o644)
}
