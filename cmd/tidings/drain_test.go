package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// crowdPatience is how long may take what takes a crowd seconds.
const crowdPatience = time.Minute

// A restart under 5,000 sessions loses nothing, and brings them back evenly. The
// hub is the program itself, so that it has its own descriptors, ends as it ends
// in earnest, and is not slowed down by the race detector.
// Guarantees: S6, L4
func TestARestartUnderACrowd(t *testing.T) {
	const count, window = 5000, 6
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < count+500 {
		t.Fatalf("this test needs %d file descriptors; ulimit -n allows %d (%v)", count+500, limit.Cur, err)
	}
	files := t.TempDir()
	program := filepath.Join(files, "tidings")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, said)
	}
	args := []string{
		"serve", "--dev", "--max-per-address=0", "--ping-interval=10m", fmt.Sprintf("--drain-window=%ds", window),
		"--log=" + filepath.Join(files, "tidings.db"),
	}
	url, end := run(t, program, append(args, "--addr=127.0.0.1:0")...)
	addr := strings.TrimPrefix(url, "http://")
	report := gather(t, crowdOrder{Addr: addr, Count: count})
	awaitSessions(t, url, count)

	publish := func(event string) {
		t.Helper()
		if status, answer := post(t, url, fmt.Sprintf(`{"topic":"list:a","event":%q,"data":{"entity_id":"1"}}`, event)); status != http.StatusOK {
			t.Fatalf("publishing: %d %s", status, answer)
		}
	}
	publish("ADDED")
	publish("UPDATED")
	end()
	run(t, program, append(args, "--addr="+addr)...)
	pace := time.NewTicker(time.Second)
	defer pace.Stop()
	for range window { // while they come back
		publish("UPDATED")
		<-pace.C
	}
	awaitSessions(t, url, count)
	publish("DELETED")
	checkCrowd(t, report(), count, count/window)
}

// checkCrowd holds a crowd to having seen everything, and come back evenly.
func checkCrowd(t *testing.T, report crowdReport, count, share int) {
	t.Helper()
	if report.Wrong != "" {
		t.Error(report.Wrong)
	}
	t.Logf("told to come back by the second %v, did %v", report.Told, report.Returns)
	for name, bins := range map[string][]int{"told": report.Told, "returns": report.Returns} {
		sum := 0
		for second, n := range bins {
			if sum += n; n > 2*share {
				t.Errorf("second %d saw %d (%s); want at most twice the even share of %d", second, n, name, share)
			}
		}
		if sum != count {
			t.Errorf("%s: %d in all; want %d", name, sum, count)
		}
	}
}

var listeningAt = regexp.MustCompile(`url=(http://\S+)`)

// run starts the program and returns where it listens. End sends it SIGTERM, and
// expects it to end well, within its limit.
func run(t *testing.T, program string, args ...string) (url string, end func()) {
	t.Helper()
	cmd := exec.Command(program, args...)
	logs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(logs)
	for url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("it ended: %v %s", err, line)
		}
		if found := listeningAt.FindStringSubmatch(line); found != nil {
			url = found[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // until it ends
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		_ = cmd.Process.Signal(syscall.SIGTERM) // Wait tells how that went
		kill := time.AfterFunc(crowdPatience, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("SIGTERM ended it with %v", err)
		}
	}
	t.Cleanup(end)
	return url, end
}

// gather sends a crowd on its way. Report waits for its end.
func gather(t *testing.T, order crowdOrder) (report func() crowdReport) {
	t.Helper()
	text, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	visit := exec.CommandContext(t.Context(), os.Args[0])
	visit.Env = append(os.Environ(), crowdVariable+"="+string(text))
	var out bytes.Buffer
	visit.Stdout, visit.Stderr = &out, os.Stderr
	if err := visit.Start(); err != nil {
		t.Fatal(err)
	}
	waited := false
	t.Cleanup(func() {
		if !waited {
			_ = visit.Process.Kill() // the test has failed: nobody needs it
			_ = visit.Wait()
		}
	})
	return func() (r crowdReport) {
		waited = true
		if err := visit.Wait(); err != nil {
			t.Fatalf("the crowd: %v", err)
		}
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatalf("the crowd said %s: %v", &out, err)
		}
		return r
	}
}

// awaitSessions waits until the hub has so many.
func awaitSessions(t *testing.T, url string, count int) {
	t.Helper()
	deadline := time.Now().Add(crowdPatience)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	want := fmt.Sprintf("\ntidings_sessions %d\n", count)
	for {
		_, body := get(t, url+"/metrics")
		if strings.Contains(body, want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for%s%s", want, body)
		}
		<-tick.C
	}
}
