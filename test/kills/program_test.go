package kills

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long anything may take before a test gives up.
const patience = 2 * time.Minute

// builds is the directory of the programs, for all tests.
var builds string

func TestMain(m *testing.M) {
	var err error
	if builds, err = os.MkdirTemp("", "kills-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(builds) // nothing depends on it any more
	os.Exit(code)
}

// build compiles a program of the house, as people get it, once.
func build(t *testing.T, name string) (file string) {
	t.Helper()
	file = filepath.Join(builds, name)
	if _, err := os.Stat(file); err == nil {
		return file
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", file, "../../cmd/"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", name, err, said)
	}
	return file
}

// program is one run of a program, from its start to its end.
type program struct {
	url string
	// line is the one that says the URL.
	line string
	// ended is closed when the program has ended.
	ended chan struct{}

	process *os.Process
	bomb    bomb
}

// listening is what both programs say when they take connections.
var listening = regexp.MustCompile(`(?:running at |url=)(http://[0-9.:]+)`)

// start runs a program until it takes connections. The bomb kills it.
func start(t *testing.T, b bomb, file string, args ...string) *program {
	t.Helper()
	cmd := exec.Command(file, args...)
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = in.Close() // the program has its own
	p := &program{ended: make(chan struct{}), process: cmd.Process, bomb: b}
	t.Cleanup(p.end)
	lines := bufio.NewReader(out)
	var said strings.Builder
	for p.url == "" {
		line, err := lines.ReadString('\n')
		said.WriteString(line)
		if err != nil {
			t.Fatalf("it did not start: %v\n%s", cmd.Wait(), &said)
		}
		if found := listening.FindStringSubmatch(line); found != nil {
			p.url, p.line = found[1], line
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, lines) // until it ends
		_ = out.Close()
		_ = cmd.Wait() // killed, which is what is wanted
		close(p.ended)
	}()
	p.on("start")
	return p
}

// kill ends the program at once.
func (p *program) kill() { _ = p.process.Kill() } // it may be over already

// over reports whether the program has ended.
func (p *program) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// end kills the program and waits until it has ended.
func (p *program) end() {
	p.kill()
	<-p.ended
}

// bomb kills a program at a moment: when something has happened so many times.
type bomb struct {
	when string
	left *atomic.Int64
}

// moments are when a program is killed: when it takes connections, when a request
// has reached it whole, when an answer or a frame of it has come.
var moments = []string{"start", "request", "answer", "request", "frame", "request", "answer", "frame"}

// never is a bomb that does not go off.
func never() bomb { return bomb{left: new(atomic.Int64)} }

func newBomb(when string, count int) bomb {
	b := bomb{when, new(atomic.Int64)}
	b.left.Store(int64(count))
	return b
}

// on has the bomb know that something has happened.
func (p *program) on(what string) {
	if what == p.bomb.when && p.bomb.left.Add(-1) == 0 {
		p.kill()
	}
}

// request is one over HTTP.
type request struct {
	method, path, body string
	header             []string // names and values
}

// answer is what came back.
type answer struct {
	status  int
	header  http.Header
	body    string
	cookies []*http.Cookie
}

// ask sends a request. An error says that no whole answer came: nobody knows
// whether what was asked for was done.
func (p *program) ask(r request) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { p.on("request") }})
	req, err := http.NewRequestWithContext(ctx, r.method, p.url+r.path, strings.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(r.header); i += 2 {
		req.Header.Set(r.header[i], r.header[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // each run has a port of its own
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }() // it is read to its end
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	p.on("answer")
	return answer{res.StatusCode, res.Header, string(body), res.Cookies()}, nil
}

// must sends a request that has to succeed.
func (p *program) must(t *testing.T, r request) answer {
	t.Helper()
	a, err := p.ask(r)
	if err == nil && a.status >= 300 {
		err = fmt.Errorf("%d %s", a.status, a.body)
	}
	if err != nil {
		t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	return a
}
