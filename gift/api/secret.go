package api

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// secretBytes is the size of the server's secret: 256 bits.
const secretBytes = 32

// SecretFile is the name of the server's secret in the data directory.
const SecretFile = "secret"

// LoadSecret returns the server's secret, which it makes at the first start.
// A reader of the file could log in as any user, so only its owner may read it.
func LoadSecret(dir string) ([]byte, error) {
	path := filepath.Join(dir, SecretFile)
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createSecret(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the server's secret: %w", err)
	}
	if len(secret) != secretBytes {
		return nil, fmt.Errorf("the server's secret %s has %d bytes instead of %d; remove it to log everybody out and make a new one", path, len(secret), secretBytes)
	}
	return secret, nil
}

// createSecret writes a new secret in one step: under another name first, then
// linked, which fails where another process was faster.
func createSecret(path string) ([]byte, error) {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails: crypto/rand crashes the program instead
	draft, err := os.CreateTemp(filepath.Dir(path), SecretFile+"-*")
	if err != nil {
		return nil, fmt.Errorf("create the server's secret: %w", err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(secret)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return nil, fmt.Errorf("write the server's secret: %w", err)
	}
	if err := os.Link(draft.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return os.ReadFile(path)
		}
		return nil, fmt.Errorf("keep the server's secret: %w", err)
	}
	return secret, nil
}

// deriveKey returns the key for one purpose, so that no two share one.
func deriveKey(secret []byte, purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, "giftboard "+purpose, secretBytes)
}
