//go:build linux

// Command bodies measures how much memory the two servers take while a stranger sends
// a hundred bodies of 1 MiB at once: nested without an end, with a bad last byte, large
// and valid, without an announced length, unfinished; to paths that need a login, that
// need none, and that do not exist. To the hub they come with a wrong key.
//
//	go run ./bench/bodies
//
// It builds both, or takes those that -giftboard and -tidings name.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/familygifting/tidings/bench/internal/process"
)

// crowd is how many bodies come at once, each of so many bytes.
const (
	crowd = 100
	size  = 1 << 20
)

// patience is how long a sender waits for an answer.
const patience = time.Minute

func main() {
	giftboard := flag.String("giftboard", "", "the giftboard to measure (default: built from here)")
	tidings := flag.String("tidings", "", "the tidings to measure (default: built from here)")
	flag.Parse()
	if err := run(*giftboard, *tidings); err != nil {
		fmt.Fprintln(os.Stderr, "bodies:", err)
		os.Exit(1)
	}
}

func run(giftboard, tidings string) (err error) {
	temp, err := os.MkdirTemp("", "bodies-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	secret := filepath.Join(temp, "secret")
	if err := os.WriteFile(secret, []byte(strings.Repeat("s", 32)), 0o600); err != nil {
		return err
	}
	dashboardPaths := []string{
		"POST /api/v1/gifts", "PATCH /api/v1/gifts/zzzzzzzzzzzzzzzzzzzz", "POST /api/v1/auth/login", "POST /api/v1/setup",
		"POST /api/v1/auth/register", "POST /api/v1/nothing", "PUT /api/v1/gifts", "POST /nothing",
	}
	return errors.Join(
		measure(temp, "giftboard", giftboard, dashboardPaths, "serve", "--addr", "127.0.0.1:0", "--data", filepath.Join(temp, "data")),
		measure(temp, "tidings", tidings, []string{"POST /api/publish", "POST /api/revoke", "POST /api/nothing"},
			"serve", "--addr", "127.0.0.1:0", "--jwt-secret-file", secret, "--publish-key", "0123456789abcdef"),
	)
}

// measure runs a server, lets the crowd come, and says what it took.
func measure(temp, name, bin string, paths []string, args ...string) (err error) {
	if bin == "" {
		if bin, err = process.Build(temp, name); err != nil {
			return err
		}
	}
	addr, pid, stop, err := start(bin, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	before, err := memory(pid, "VmRSS")
	if err != nil {
		return err
	}
	largest := 0
	for _, kind := range kinds {
		answer, err := attack(addr, kind, paths)
		if err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
		peak, err := memory(pid, "VmHWM")
		if err != nil {
			return err
		}
		largest = max(largest, answer)
		fmt.Printf("%-10s %-16s peak %4d MiB\n", name, kind.name, peak>>10)
	}
	fmt.Printf("%-10s %d MiB before; the largest answer has %d bytes\n", name, before>>10, largest)
	return nil
}

// kind is a kind of body. Stuck ones stop half-way until all have got so far.
type kind struct {
	name           string
	body           string
	chunked, stuck bool
}

var kinds = []kind{
	{name: "nested", body: strings.Repeat("[", size)},
	{name: "bad last byte", body: `{"name":"` + strings.Repeat("x", size-12) + "\xff"},
	{name: "valid", body: `{"name":"` + strings.Repeat("x", size-11) + `"}`},
	{name: "many members", body: members()},
	{name: "no length", body: strings.Repeat("[", size), chunked: true},
	{name: "unfinished", body: strings.Repeat(" ", size), stuck: true},
}

func members() string {
	var b strings.Builder
	for i := 0; b.Len() < size-30; i++ {
		b.WriteString(`"m` + strconv.Itoa(i) + `":[],`)
	}
	return "{" + b.String() + `"z":1}`
}

// attack sends a crowd's bodies at once, and returns the length of the largest answer.
func attack(addr string, k kind, paths []string) (largest int, err error) {
	var mu sync.Mutex
	var senders, halfway sync.WaitGroup
	halfway.Add(crowd)
	for i := range crowd {
		senders.Go(func() {
			n, failed := send(addr, paths[i%len(paths)], k, &halfway)
			mu.Lock()
			defer mu.Unlock()
			largest, err = max(largest, n), errors.Join(err, failed)
		})
	}
	senders.Wait()
	return largest, err
}

// send sends a body, and returns the length of the answer. A server may close before it
// has read all: that is no failure.
func send(addr, path string, k kind, halfway *sync.WaitGroup) (int, error) {
	passed := sync.OnceFunc(halfway.Done)
	defer passed()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer func() { _ = nc.Close() }() // it has been of use
	if err := nc.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	length := "Content-Length: " + strconv.Itoa(len(k.body))
	if k.chunked {
		length = "Transfer-Encoding: chunked"
	}
	_, err = fmt.Fprintf(nc, "%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer wrong\r\n%s\r\n\r\n", path, length)
	if err != nil {
		return 0, err
	}
	half, rest := k.body[:len(k.body)/2], k.body[len(k.body)/2:]
	write(nc, k, half)
	passed()
	halfway.Wait()
	if !k.stuck {
		write(nc, k, rest)
		if k.chunked {
			_, _ = io.WriteString(nc, "0\r\n\r\n")
		}
	}
	answer, _ := io.ReadAll(io.LimitReader(nc, 64<<20)) // cut off where the server has closed
	return len(answer), nil
}

// write sends a part of a body, as far as the server takes it.
func write(nc net.Conn, k kind, part string) {
	if k.chunked {
		_, _ = fmt.Fprintf(nc, "%x\r\n%s\r\n", len(part), part)
		return
	}
	_, _ = io.WriteString(nc, part)
}

var address = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// start runs a server until stop is called.
func start(bin string, args []string) (addr string, pid int, stop func() error, err error) {
	cmd := exec.Command(bin, args...)
	r, w, err := os.Pipe()
	if err != nil {
		return "", 0, nil, err
	}
	cmd.Stdout, cmd.Stderr = w, w
	err = cmd.Start()
	_ = w.Close() // it is the server's now
	if err != nil {
		return "", 0, nil, err
	}
	stop = func() error {
		_ = cmd.Process.Signal(os.Interrupt)
		go func() { _ = cmd.Process.Signal(os.Interrupt) }() // the second one ends it at once
		_ = cmd.Wait()
		return r.Close()
	}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return found[1], cmd.Process.Pid, stop, waitReady(found[1])
		}
	}
	return "", 0, nil, errors.Join(fmt.Errorf("%s did not start", bin), stop())
}

// waitReady asks until the server answers.
func waitReady(addr string) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if res, err := http.Get("http://" + addr + "/healthz"); err == nil { //nolint:gosec // our own server
			return res.Body.Close()
		}
	}
	return errors.New("the server does not answer")
}

// memory returns a figure of a process in KiB.
func memory(pid int, name string) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), name+":")
	var kib int
	if _, err := fmt.Sscanf(rest, "%d", &kib); err != nil {
		return 0, fmt.Errorf("%s of process %d: %w", name, pid, err)
	}
	return kib, nil
}
