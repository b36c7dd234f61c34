package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	testscript.Main(leakFree{m}, map[string]func(){
		"giftboard": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// leakFree fails tests that pass but leave goroutines behind.
type leakFree struct{ *testing.M }

func (m leakFree) Run() int {
	code := m.M.Run()
	if code != 0 {
		return code
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// The command line, as scripts in testdata. Beside what testscript brings:
//
//	start ARGS…          run giftboard until it prints its line; sets $URL, $ADDR and $SETUP
//	stop [SIGNAL]        send it INT, or another signal, and wait; sets $EXIT
//	request METHOD PATH [BODY]   ask it; the status and the body are the output
//
// Guarantees: F4
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Values[serverKey{}] = &background{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": startServer, "stop": stopServer, "request": sendRequest,
		},
	})
}

type serverKey struct{}

// background is the giftboard of a script.
type background struct {
	cmd  *exec.Cmd
	out  io.ReadCloser
	errs *bytes.Buffer
	line string
}

var urlPattern = regexp.MustCompile(`http://([0-9.]+:\d+)`)

func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("a start that fails: use ! exec giftboard")
	}
	b := ts.Value(serverKey{}).(*background)
	path, err := exec.LookPath("giftboard")
	ts.Check(err)
	b.errs = &bytes.Buffer{}
	b.cmd = exec.Command(path, args...)
	b.cmd.Dir, b.cmd.Stderr = ts.Getenv("WORK"), b.errs
	b.cmd.Env = append(os.Environ(), "GIFTBOARD_ADDR=127.0.0.1:0")
	for _, name := range []string{"GIFTBOARD_DATA", "GIFTBOARD_METRICS_TOKEN_FILE", "GIFTBOARD_PUBLIC_URL"} {
		if value := ts.Getenv(name); value != "" {
			b.cmd.Env = append(b.cmd.Env, name+"="+value)
		}
	}
	b.out, err = b.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(b.cmd.Start())
	ts.Defer(func() {
		if b.cmd.ProcessState == nil {
			_ = b.cmd.Process.Kill() // the script failed
			_ = b.cmd.Wait()
		}
	})
	b.line, err = bufio.NewReader(b.out).ReadString('\n')
	if err != nil {
		ts.Fatalf("giftboard did not start: %v: %s", err, b.errs)
	}
	found := urlPattern.FindStringSubmatch(b.line)
	if found == nil {
		ts.Fatalf("no address in %q", b.line)
	}
	ts.Setenv("URL", found[0])
	ts.Setenv("ADDR", found[1])
	_, link, _ := strings.Cut(b.line, "/setup#")
	ts.Setenv("SETUP", strings.TrimSpace(link))
	_, err = io.WriteString(ts.Stdout(), b.line)
	ts.Check(err)
}

func stopServer(ts *testscript.TestScript, _ bool, args []string) {
	b := ts.Value(serverKey{}).(*background)
	signal := syscall.SIGINT
	if len(args) == 1 && args[0] == "TERM" {
		signal = syscall.SIGTERM
	}
	ts.Check(b.cmd.Process.Signal(signal))
	rest, err := io.ReadAll(b.out)
	ts.Check(err)
	_ = b.cmd.Wait() // its exit code tells
	ts.Setenv("EXIT", fmt.Sprint(b.cmd.ProcessState.ExitCode()))
	_, err = ts.Stdout().Write(rest)
	ts.Check(err)
	_, err = ts.Stderr().Write(b.errs.Bytes())
	ts.Check(err)
}

func sendRequest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: request METHOD PATH [BODY]")
	}
	body := strings.Join(args[2:], " ")
	r, err := http.NewRequest(args[0], ts.Getenv("URL")+args[1], strings.NewReader(body))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	if token := ts.Getenv("BEARER"); token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	ts.Check(err)
	defer func() { _ = res.Body.Close() }() // it is read to its end
	answer, err := io.ReadAll(res.Body)
	ts.Check(err)
	_, err = fmt.Fprintf(ts.Stdout(), "%d %s\n", res.StatusCode, answer)
	ts.Check(err)
}
