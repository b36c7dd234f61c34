package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

const newSecret, newPublishKey = "a-newer-secret-that-is-long-enough", "a-newer-publish-key"

// hangup has the hub read its files again, and waits for the lines that say how
// that went.
func hangup(t *testing.T, logs *lines, said ...string) {
	t.Helper()
	logs.forget()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for _, line := range said {
		if !logs.await(line) {
			t.Fatalf("the log does not say %q", line)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// signedWith signs a token for an hour with a secret.
func signedWith(t *testing.T, secret string) string {
	t.Helper()
	parsed, _, err := jwt.NewParser().ParseUnverified(token(t), jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, parsed.Claims).SignedString([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Secrets and publish keys change on SIGHUP while sessions go on: old and new ones are
// taken until the old ones go. A file that is wrong changes nothing, and the log says so.
func TestKeysAreReadAgainOnSIGHUP(t *testing.T) {
	const again, failed = "read again: the keys of tokens", "not read again: the keys of tokens"
	folder := t.TempDir()
	secrets, keys := filepath.Join(folder, "secrets"), filepath.Join(folder, "publish-keys")
	write(t, secrets, secret+"\n")
	write(t, keys, publishKey+"\n")
	var logs lines
	url, _ := startLogging(t, &logs, "--drain-window=100ms", "--drain-delay=0", "--jwt-secret-file="+secrets, "--publish-key-file="+keys)
	publishes := func(key string) int {
		status, _ := post(t, url, one, "Authorization", "Bearer "+key)
		return status
	}
	older, newer := signedWith(t, secret), signedWith(t, newSecret)
	enter(t, url, older)
	expectRefusal(t, url, newer, "token_invalid")
	if got := publishes(newPublishKey); got != 401 {
		t.Errorf("a key that is yet to come: %d", got)
	}

	write(t, secrets, newSecret+"\n"+secret+"\n")
	write(t, keys, publishKey+"\n"+newPublishKey+"\n")
	hangup(t, &logs, again, "read again: the publish keys")
	enter(t, url, older)
	enter(t, url, newer)
	if was, is := publishes(publishKey), publishes(newPublishKey); was != 200 || is != 200 {
		t.Errorf("old and new publish key: %d, %d", was, is)
	}

	write(t, secrets, newSecret+"\nshort\n")
	write(t, keys, "\n")
	hangup(t, &logs, failed, "line 2 has 5 bytes", "not read again: the publish keys")
	enter(t, url, older)
	if got := publishes(publishKey); got != 200 {
		t.Errorf("after a file that is wrong: %d", got)
	}

	write(t, secrets, newSecret)
	write(t, keys, newPublishKey)
	hangup(t, &logs, again, "read again: the publish keys")
	expectRefusal(t, url, older, "token_invalid")
	enter(t, url, newer)
	if was, is := publishes(publishKey), publishes(newPublishKey); was != 401 || is != 200 {
		t.Errorf("old and new publish key: %d, %d", was, is)
	}
}

// The flag can be there several times, and each file has a secret on each line; one
// that is no text is a secret as a whole.
func TestSecretsOfSeveralFiles(t *testing.T) {
	folder := t.TempDir()
	first, second := filepath.Join(folder, "1"), filepath.Join(folder, "2")
	binary := "\xff\n" + strings.Repeat("\xfe", 40)
	write(t, first, "\n  "+secret+"\r\n")
	write(t, second, binary)
	var logs lines
	url, _ := startLogging(t, &logs, "--drain-window=100ms", "--drain-delay=0", "--publish-key="+publishKey, "--jwt-secret-file="+first, "--jwt-secret-file="+second)
	enter(t, url, signedWith(t, secret))
	enter(t, url, signedWith(t, binary))
	if !logs.has("bytes=42") {
		t.Error("the log does not say how many bytes a secret has")
	}
	if _, err := secretLines([]byte(secret + "\nshort")); err == nil || !strings.Contains(err.Error(), "line 2 has 5 bytes") {
		t.Errorf("a short one: %v", err)
	}
}

// At the start the log says what a secret looks like, since many who sign decode it;
// and when a token proves that, it says so.
func TestASecretThatLooksEncoded(t *testing.T) {
	raw := bytes.Repeat([]byte{0xa7}, 32)
	file := filepath.Join(t.TempDir(), "secret")
	write(t, file, hex.EncodeToString(raw)+"\n")
	var logs lines
	url, _ := startLogging(t, &logs, "--drain-window=100ms", "--drain-delay=0", "--publish-key="+publishKey, "--jwt-secret-file="+file)
	if !logs.has("looks_like=hex") || logs.has(hex.EncodeToString(raw)) {
		t.Error("the log does not say that the secret looks like hex")
	}
	expectRefusal(t, url, signedWith(t, string(raw)), "token_invalid")
	if !logs.await("it was signed with what the secret's hex stands for") {
		t.Error("the log does not say what was wrong")
	}
}
