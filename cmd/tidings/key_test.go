package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/familygifting/tidings/realtime/hubapi"
)

// A key is taken as it is given, commas and all: by flag, by environment, and by
// the line of a file.
// Guarantees: A44
func TestPublishKeysAreTakenWhole(t *testing.T) {
	const flag, other, environment, line = "flag,0123456789abcdef", "other-0123456789abcdef", "environment,0123456789", "a line, 0123456789abcdef"
	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, []byte("\n  "+line+"\t\r\nlast-0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		environment string
		args        []string
		open, shut  []string
	}{
		"flags":       {"", []string{"--publish-key=" + flag, "--publish-key=" + other}, []string{flag, other}, []string{"flag", "0123456789abcdef"}},
		"environment": {environment, nil, []string{environment}, []string{"environment", "0123456789"}},
		"a file":      {"", []string{"--publish-key-file=" + file}, []string{line, "last-0123456789abcdef"}, []string{"a", "0123456789abcdef", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.environment != "" {
				t.Setenv("TIDINGS_PUBLISH_KEY", c.environment)
			}
			command, _, err := parse(t, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			keys := new(hubapi.Keys)
			if err := command.readKeys(keys); err != nil {
				t.Fatal(err)
			}
			for want, texts := range map[bool][]string{true: c.open, false: c.shut} {
				for _, key := range texts {
					r := &http.Request{Header: http.Header{"Authorization": {"Bearer " + key}}}
					if keys.Admit(r) != want {
						t.Errorf("the key %q opens: %v", key, !want)
					}
				}
			}
		})
	}
}
