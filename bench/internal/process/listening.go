//go:build linux

package process

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
)

var listening = regexp.MustCompile(`url=http://(\S+)`)

// Listening reads a program's log up to the line that says where it listens, and
// returns that address. What comes after it is thrown away.
func Listening(log io.Reader) (addr string, err error) {
	lines := bufio.NewReader(log)
	var last string
	for {
		line, err := lines.ReadString('\n')
		if found := listening.FindStringSubmatch(line); found != nil {
			go func() { _, _ = io.Copy(io.Discard, lines) }()
			return found[1], nil
		}
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("the program ended without listening; it last said %q", last+line)
		}
		if err != nil {
			return "", err
		}
		last = line
	}
}
