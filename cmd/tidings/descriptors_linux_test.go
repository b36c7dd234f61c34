package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// startShort runs "tidings serve" in a process that may have few descriptors, and
// returns its URL and its log.
func startShort(t *testing.T, descriptors string, args ...string) (url string, logs *lines) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	script := append([]string{"-c", `ulimit -n "$0" && exec "$@"`, descriptors, binary, "serve", "--addr=127.0.0.1:0"}, args...)
	hub := exec.CommandContext(ctx, "sh", script...)
	hub.Env = append(os.Environ(), serveVariable+"=1")
	out, err := hub.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := hub.Start(); err != nil {
		t.Fatal(err)
	}
	logs = new(lines)
	read := make(chan struct{})
	listening := make(chan string, 1)
	go func() {
		defer close(read)
		address := regexp.MustCompile(`tidings is listening.* url=(\S+)`)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			_, _ = logs.Write(append(scanner.Bytes(), '\n'))
			if found := address.FindStringSubmatch(scanner.Text()); found != nil {
				listening <- found[1]
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-read
		_ = hub.Wait() // it was killed
	})
	select {
	case url = <-listening:
	case <-read:
		t.Fatalf("it ended: %s", logs.text.String())
	}
	return url, logs
}

// open begins a session, or returns the status that it was refused with.
func open(t *testing.T, url string) (*websocket.Conn, int) {
	t.Helper()
	conn, response, err := websocket.Dial(t.Context(), url+"/ws", nil)
	if err != nil && response == nil {
		t.Fatal(err)
	}
	if err == nil {
		t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return conn, response.StatusCode
}

// When sessions have taken the descriptors that they may have, newcomers are told
// so, the log says so, and everything else goes on.
// Guarantees: A53
func TestDescriptorsAreKeptForOthers(t *testing.T) {
	url, logs := startShort(t, "64", "--dev", "--drain-window=100ms", "--log="+filepath.Join(t.TempDir(), "events.db"))
	first, status := open(t, url)
	sessions := 0
	for ; status == http.StatusSwitchingProtocols && sessions < 64; sessions++ {
		_, status = open(t, url)
	}
	if status != http.StatusServiceUnavailable || sessions < 10 {
		t.Fatalf("after %d sessions: %d; want 503", sessions, status)
	}
	if !logs.await("no_descriptors") || !logs.has("ulimit -n") {
		t.Error("the log does not say so")
	}
	answersAll := func() {
		t.Helper()
		if status, answer := post(t, url, one); status != http.StatusOK {
			t.Errorf("publishing: %d %s", status, answer)
		}
		if status, answer := get(t, url+"/healthz"); status != http.StatusOK {
			t.Errorf("/healthz: %d %s", status, answer)
		}
		if _, figures := get(t, url+"/metrics"); !strings.Contains(figures, `tidings_refusals_total{reason="no_descriptors"}`) || strings.Contains(figures, `{reason="no_descriptors"} 0`) {
			t.Error("/metrics do not count it")
		}
	}
	answersAll()
	for range 100 { // more than there are descriptors, and none says a word
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.Write([]byte("G")); err != nil {
			t.Fatal(err)
		}
	}
	answersAll()
	_ = first.CloseNow()
	for status = 0; status != http.StatusSwitchingProtocols; { // as soon as it is gone
		_, status = open(t, url)
	}
}
