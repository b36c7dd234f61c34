package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"unicode/utf8"
)

// byteOrderMark is what editors on Windows put before a text in UTF-8.
var byteOrderMark = []byte("\ufeff")

// pemBegin begins each block of a PEM file.
var pemBegin = []byte("-----BEGIN ")

var (
	errNoKey  = errors.New("has no key: is it written whole?")
	errUTF16  = errors.New("is a text in UTF-16: save it as UTF-8")
	errPEM    = errors.New("is a PEM file, and each of its lines would be a key, the first one known to everybody: write a random text in its place")
	errNotPEM = errors.New("is no PEM file: a public key begins with -----BEGIN PUBLIC KEY-----")
)

// publicKeyFlag names files in PEM, as no other flag for keys does.
const publicKeyFlag = "--jwt-public-key-file"

// readKeyFile returns what a file with keys holds, without a byte order mark, and
// refuses one that is empty, since it may be half written, and one of another kind. The
// flag names the file.
func readKeyFile(flag, file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	if utf8.Valid(text) {
		text = bytes.TrimPrefix(text, byteOrderMark)
	}
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, fmt.Errorf("%s %s %w", flag, file, errNoKey)
	case isUTF16(text):
		return nil, fmt.Errorf("%s %s %w", flag, file, errUTF16)
	}
	switch isPEM := bytes.Contains(text, pemBegin); {
	case isPEM && flag != publicKeyFlag:
		return nil, fmt.Errorf("%s %s %w", flag, file, errPEM)
	case !isPEM && flag == publicKeyFlag:
		return nil, fmt.Errorf("%s %s %w", flag, file, errNotPEM)
	}
	return text, nil
}

// isUTF16 reports whether the bytes are a text in UTF-16, as PowerShell writes it.
func isUTF16(b []byte) bool {
	return len(b) >= 4 && (b[0] == 0xff && b[1] == 0xfe && b[3] == 0 || b[0] == 0xfe && b[1] == 0xff && b[2] == 0)
}
