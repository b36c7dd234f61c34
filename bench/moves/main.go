// Command moves measures how many durable moves a second one giftboard takes,
// over HTTP on loopback: with one request in flight, and with sixteen.
//
//	go run ./bench/moves
//
// It builds giftboard, starts it on a fresh directory, and moves cards between
// columns. Server and client share this machine's cores, and with whatever else
// runs there: where that is much, compare the server's CPU time per move, which
// depends on it least.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// cards is how many cards the board has.
const cards = 64

func main() {
	dir := flag.String("dir", "", "directory for the database, on the disk to measure (default: a temporary one)")
	lasts := flag.Duration("for", 3*time.Second, "how long each round lasts")
	bin := flag.String("giftboard", "", "the giftboard to measure (default: built from here)")
	flag.Parse()
	if err := run(*dir, *bin, *lasts); err != nil {
		fmt.Fprintln(os.Stderr, "moves:", err)
		os.Exit(1)
	}
}

func run(dir, bin string, lasts time.Duration) (err error) {
	temp, err := os.MkdirTemp(dir, "moves-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	if bin == "" {
		bin = filepath.Join(temp, "giftboard")
		build := exec.Command("go", "build", "-o", bin, "./cmd/giftboard")
		build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("build giftboard: %w", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b, wait, err := start(ctx, bin, filepath.Join(temp, "data"))
	if err != nil {
		return err
	}
	defer func() {
		cancel()
		used, ended := wait()
		if err = errors.Join(err, ended); err == nil {
			fmt.Printf("the server took %v of CPU per move\n", (used / time.Duration(b.moves)).Round(time.Microsecond))
		}
	}()
	items, err := b.seed()
	if err != nil {
		return err
	}
	for _, inFlight := range []int{1, 16} {
		if err := b.measure(items, inFlight, lasts); err != nil {
			return err
		}
	}
	return nil
}

// bench talks to one giftboard.
type bench struct {
	base, token string
	client      *http.Client
	// moves is how many were measured.
	moves int
}

// item is a card as far as a move needs it.
type item struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Version int64  `json:"version"`
}

// start runs giftboard and goes through its setup. wait returns when it ended,
// with the CPU time it took.
func start(ctx context.Context, bin, data string) (_ *bench, wait func() (time.Duration, error), err error) {
	server := exec.CommandContext(ctx, bin, "serve", "--addr", "127.0.0.1:0", "--data", data)
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) }
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := server.Start(); err != nil {
		return nil, nil, err
	}
	wait = func() (time.Duration, error) {
		err := server.Wait()
		if ctx.Err() != nil {
			err = nil // it was told to end
		}
		return server.ProcessState.UserTime() + server.ProcessState.SystemTime(), err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_, ended := wait()
		return nil, nil, errors.Join(fmt.Errorf("giftboard did not start: %w", err), ended)
	}
	link := regexp.MustCompile(`(http://\S+)/setup#(\S+)`).FindStringSubmatch(line)
	if link == nil {
		return nil, nil, fmt.Errorf("no setup link in %q", line)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, nil, err
	}
	b := &bench{base: link[1] + "/api/v1", client: &http.Client{
		Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 10 * time.Second,
	}}
	var login struct {
		AccessToken string `json:"access_token"`
	}
	err = b.post("/setup", map[string]string{"token": link[2], "family_name": "Bench", "name": "Ada",
		"email": "ada@example.org", "password": "correct horse battery"}, &login)
	b.token = login.AccessToken
	return b, wait, err
}

// seed makes a board full of cards.
func (b *bench) seed() ([]item, error) {
	var list struct {
		ID string `json:"id"`
	}
	if err := b.post("/lists", map[string]string{"name": "Bench", "type": "ideas"}, &list); err != nil {
		return nil, err
	}
	items := make([]item, cards)
	for i := range items {
		body := map[string]any{"list_id": list.ID, "gift": map[string]string{"name": fmt.Sprint("Gift ", i)}}
		if err := b.post("/list-items", body, &items[i]); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// measure moves cards with some requests in flight and prints how it went.
func (b *bench) measure(items []item, inFlight int, lasts time.Duration) error {
	took := make([][]time.Duration, inFlight)
	failed := make([]error, inFlight)
	start := time.Now()
	var workers sync.WaitGroup
	for w := range inFlight {
		workers.Go(func() {
			// Each worker has cards of its own, so that no version is stale.
			own := items[w*cards/inFlight : (w+1)*cards/inFlight]
			for i := 0; time.Since(start) < lasts; i = (i + 1) % len(own) {
				began := time.Now()
				if failed[w] = b.move(&own[i]); failed[w] != nil {
					return
				}
				took[w] = append(took[w], time.Since(began))
			}
		})
	}
	workers.Wait()
	elapsed := time.Since(start)
	if err := errors.Join(failed...); err != nil {
		return err
	}
	all := slices.Concat(took...)
	b.moves += len(all)
	slices.Sort(all)
	fmt.Printf("%2d in flight: %6.0f moves/s, p50 %v, p95 %v\n", inFlight, float64(len(all))/elapsed.Seconds(),
		all[len(all)/2].Round(10*time.Microsecond), all[len(all)*95/100].Round(10*time.Microsecond))
	return nil
}

// move sends a card to the end of the other column.
func (b *bench) move(i *item) error {
	to := "selected"
	if i.Status == to {
		to = "idea"
	}
	return b.post("/list-items/"+i.ID+"/move", map[string]any{"status": to, "version": i.Version}, i)
}

func (b *bench) post(path string, body, into any) (err error) {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequest(http.MethodPost, b.base+path, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Mutation-Id", rand.Text())
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	res, err := b.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("POST %s: %s: %s", path, res.Status, answer)
	}
	return json.Unmarshal(answer, into)
}
