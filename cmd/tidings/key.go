package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/familygifting/tidings/realtime/hubapi"
)

// minPublishKey is the fewest bytes of a publish key outside of development.
const minPublishKey = 16

// readKeys replaces the keys by those that the flags and their files name now. On an
// error the keys of before stay.
func (c *serveCommand) readKeys(keys *hubapi.Keys) error {
	texts, err := c.publishKeys()
	if err == nil {
		keys.Set(texts)
	}
	return err
}

// publishKeys returns the publish keys, and refuses settings that would let anyone in.
func (c *serveCommand) publishKeys() ([]string, error) {
	keys := slices.Clone(c.PublishKey)
	for _, file := range c.PublishKeyFile {
		text, err := readKeyFile("--publish-key-file", file)
		if err != nil {
			return nil, err
		}
		keys = append(keys, keyLines(string(text))...)
	}
	if c.Dev {
		return append(keys, "dev"), c.checkLoopback()
	}
	if len(keys) == 0 {
		return nil, errors.New("nobody could publish: set --publish-key or --publish-key-file, or --dev for development")
	}
	for _, key := range keys {
		if len(key) < minPublishKey {
			return nil, fmt.Errorf("a publish key has %d bytes; it needs at least %d", len(key), minPublishKey)
		}
	}
	return keys, nil
}

// keyLines returns the lines of a file with keys, without the space around them,
// and without those that are empty.
func keyLines(text string) (keys []string) {
	for line := range strings.Lines(text) {
		if key := strings.TrimSpace(line); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}
