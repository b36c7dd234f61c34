package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// When sessions have taken all descriptors that they may have, new ones are refused, and
// the dashboard itself goes on.
// Guarantees: A53
func TestDescriptorsAreKeptForOthers(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, "sh", "-c", `ulimit -n 96 && exec giftboard serve --addr 127.0.0.1:0 --data "$0"`, t.TempDir())
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var logs strings.Builder
	server.Stderr = &logs
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() {
		cancel()
		_ = server.Wait() // it was killed
	}
	defer stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	if url == "" {
		t.Fatalf("%q, %v", line, err)
	}
	get := func(path string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Close = true
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	sessions, status := 0, http.StatusSwitchingProtocols
	for ; status == http.StatusSwitchingProtocols && sessions < 96; sessions++ {
		conn, response, err := websocket.Dial(t.Context(), url+"/ws", nil)
		if response == nil {
			t.Fatal(err)
		}
		if status = response.StatusCode; err == nil {
			defer func() { _ = conn.CloseNow() }()
		}
	}
	if status != http.StatusServiceUnavailable || sessions < 10 {
		t.Fatalf("after %d sessions: %d; want 503", sessions, status)
	}
	for path, want := range map[string]string{"/healthz": "", "/readyz": "", "/metrics": `tidings_refusals_total{reason="no_descriptors"} [1-9]`} {
		if status, text := get(path); status != http.StatusOK || !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("%s: %d %.200s; want %s", path, status, text, want)
		}
	}
	stop()
	if !strings.Contains(logs.String(), "no_descriptors") || !strings.Contains(logs.String(), "ulimit -n") {
		t.Errorf("the log does not say so: %s", logs.String())
	}
}
