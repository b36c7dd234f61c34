package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The derived files in the tree are the ones codes.json gives.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	files, err := Generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range files {
		got, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go run ./protocol/gen", path)
		}
	}
}

func TestCheckRefusesACodeWhoseRangeContradictsIt(t *testing.T) {
	for _, c := range []CloseCode{
		{Code: 3500, Reconnect: "now"},
		{Code: 3000, Reconnect: "never"},
		{Code: 4500, Reconnect: "backoff"},
		{Code: 3001, Reconnect: "perhaps"},
	} {
		if check(c) == nil {
			t.Errorf("check(%+v) = nil", c)
		}
	}
}
