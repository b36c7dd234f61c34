//go:build linux

package process

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
)

var listening = regexp.MustCompile(`url=http://(\S+)`)

// Start starts a program that logs to standard error, and returns where it listens.
func Start(path string, args ...string) (*exec.Cmd, string, error) {
	cmd := exec.Command(path, args...) //nolint:gosec // our own program
	logs, err := cmd.StderrPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	addr, err := listeningAt(logs)
	if err != nil {
		return nil, "", errors.Join(err, cmd.Wait())
	}
	return cmd, addr, nil
}

// listeningAt reads a program's log up to the line that says where it listens, and
// returns that address. What comes after it is thrown away.
func listeningAt(log io.Reader) (addr string, err error) {
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
