package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The first signal waits for requests under way, the second does not.
func TestTheSecondSignalEndsItAtOnce(t *testing.T) {
	path, err := exec.LookPath("giftboard")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0", "--drain-timeout", "10m")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	// What a shell runs in the background ignores SIGINT, and so would the server. A
	// program that is begun while the signal is caught here does not.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt)
	defer signal.Stop(caught)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n') // an end without a line fails below
		addr := strings.TrimPrefix(urlPattern.FindString(line), "http://")
		ended <- interruptTwice(t, cmd.Process, addr)
		_, _ = new(bytes.Buffer).ReadFrom(out) // until the program ends
	}()
	select {
	case err := <-ended:
		if err != nil {
			_ = cmd.Process.Kill() // it may be over already
			t.Error(err)
		}
	case <-time.After(patience):
		_ = cmd.Process.Kill() // it did not stop
		t.Error("giftboard did not stop")
	}
	_ = cmd.Wait() // how it ended tells
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v", cmd.ProcessState)
	}
}

// interruptTwice stops a server while a request is under way, waits until it
// takes no new ones, and stops it again. The request is under way until the test ends.
func interruptTwice(t *testing.T, server *os.Process, addr string) error {
	slow, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	t.Cleanup(func() { _ = slow.Close() }) // nothing is read from it
	_, err = fmt.Fprintf(slow, "POST /api/v1/setup HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n")
	if err != nil {
		return err
	}
	// The server asks for the body: the request is under way.
	if line, err := bufio.NewReader(slow).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		return fmt.Errorf("answer %q: %w", line, err)
	}
	if err := server.Signal(os.Interrupt); err != nil {
		return err
	}
	tick := time.NewTicker(10 * time.Millisecond) // a flood would hold the server up
	defer tick.Stop()
	for ; ; <-tick.C {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return server.Signal(os.Interrupt)
		}
		_ = c.Close() // it was only to see whether it opens
	}
}

// What people write cannot forge a line in the log.
// Guarantees: A43
func TestTheLogKeepsToItsLines(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := serverFlags{LogFormat: format}.logger(streams{err: &out})
		log.Info("a name", slog.String("name", "Eve\r\nlevel=ERROR msg=\x1b[31mforged"))
		if got := out.String(); strings.Count(got, "\n") != 1 || strings.ContainsAny(strings.TrimSuffix(got, "\n"), "\r\n\x1b") {
			t.Errorf("%s: %q", format, got)
		}
	}
}
