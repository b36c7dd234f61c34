package main

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// A file with keys is read as editors write it; one that has no key, or whose bytes would
// be taken for another key, is refused by its flag and its name.
func TestReadKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	binary := "\xff\xfe" + strings.Repeat("\xfd", 40)
	for text, want := range map[string]string{"one\ntwo\n": "one\ntwo\n", "\ufeffone\r\n": "one\r\n", binary: binary} {
		write(t, file, text)
		if got, err := readKeyFile("--flag", file); err != nil || string(got) != want {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
	var little, big strings.Builder
	for _, unit := range utf16.Encode([]rune("\ufeff" + publishKey)) {
		little.Write([]byte{byte(unit), byte(unit >> 8)})
		big.Write([]byte{byte(unit >> 8), byte(unit)})
	}
	for text, want := range map[string]string{"": "has no key", " \n\n": "has no key", "\ufeff\n": "has no key", little.String(): "save it as UTF-8", big.String(): "save it as UTF-8"} {
		write(t, file, text)
		if _, err := readKeyFile("--flag", file); err == nil || !strings.Contains(err.Error(), "--flag "+file+" ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
	write(t, file, "")
	for _, args := range [][]string{
		{"--publish-key=" + publishKey, "--publish-key-file=" + file}, {"--publish-key=" + publishKey, "--jwt-secret-file=" + file},
		{"--publish-key=" + publishKey, "--jwt-public-key-file=" + file},
	} {
		if code, _, errs := runCommand(t, append([]string{"serve"}, args...)...); code != exitFailed || !strings.Contains(errs, file+" has no key") {
			t.Errorf("%q: %d, %s", args, code, errs)
		}
	}
}

// The first line of a PEM file is no secret, and its other lines are not meant to be keys.
func TestAKeyFileOfAnotherKind(t *testing.T) {
	dir := t.TempDir()
	pem, text := filepath.Join(dir, "key.pem"), filepath.Join(dir, "key.txt")
	write(t, pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"+strings.Repeat("A", 64)+"\n-----END ENCRYPTED PRIVATE KEY-----\n")
	write(t, text, publishKey+"\n")
	for _, c := range []struct{ flag, file, want string }{
		{"--publish-key-file", pem, "is a PEM file"},
		{"--jwt-secret-file", pem, "is a PEM file"},
		{"--authorize-secret-file", pem, "is a PEM file"},
		{"--jwt-public-key-file", text, "is no PEM file"},
	} {
		if _, err := readKeyFile(c.flag, c.file); err == nil || !strings.HasPrefix(err.Error(), c.flag+" "+c.file+" "+c.want) {
			t.Errorf("%s: %v; want that it %s", c.flag, err, c.want)
		}
	}
}
