// Command moves measures how many durable moves a second one giftboard takes,
// over HTTP on loopback: on a list about one person and on one that is about
// nobody in particular, of which each of six accounts reads a topic of its own;
// with one request in flight, and with sixteen.
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

	"github.com/familygifting/tidings/bench/internal/process"
	"github.com/familygifting/tidings/bench/internal/stats"
)

const (
	// cards is how many cards a board has.
	cards = 64
	// accounts is how many share a board.
	accounts = 6
	// password is everybody's.
	password = "correct horse battery"
)

func main() {
	dir := flag.String("dir", "", "directory for the database, on the disk to measure (default: a temporary one)")
	lasts := flag.Duration("for", 3*time.Second, "how long each round lasts")
	rounds := flag.Int("rounds", 3, "how many rounds; of each figure the median counts")
	bin := flag.String("giftboard", "", "the giftboard to measure (default: built from here)")
	flag.Parse()
	if err := run(*dir, *bin, *lasts, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "moves:", err)
		os.Exit(1)
	}
}

func run(dir, bin string, lasts time.Duration, rounds int) (err error) {
	temp, err := os.MkdirTemp(dir, "moves-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	if bin == "" {
		if bin, err = process.Build(temp, "giftboard"); err != nil {
			return err
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
	return b.compare(lasts, rounds)
}

// board is a list with its cards, and how many moves a second it took, round by
// round, by how many were in flight.
type board struct {
	name  string
	items []item
	moves map[int][]float64
}

// compare measures both boards in turn, so that what else the machine does
// concerns both alike.
func (b *bench) compare(lasts time.Duration, rounds int) error {
	if err := b.invite(accounts - 1); err != nil {
		return err
	}
	one, err := b.seed("about one person", b.about)
	if err != nil {
		return err
	}
	shared, err := b.seed(fmt.Sprintf("shared by %d", accounts), "")
	if err != nil {
		return err
	}
	inFlight := []int{1, 16}
	for range rounds {
		for _, n := range inFlight {
			for _, board := range []*board{one, shared} {
				if err := b.measure(board, n, lasts); err != nil {
					return err
				}
			}
		}
	}
	for _, n := range inFlight {
		was, is := stats.Median(one.moves[n]), stats.Median(shared.moves[n])
		fmt.Printf("%2d in flight: %.0f moves/s %s, %.0f %s: %.2f ×\n", n, was, one.name, is, shared.name, is/was)
	}
	return nil
}

// bench talks to one giftboard.
type bench struct {
	base, token string
	client      *http.Client
	// about is a person whom a list may be about.
	about string
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
		"email": "ada@example.org", "password": password}, &login)
	b.token = login.AccessToken
	return b, wait, err
}

// invite lets further accounts join.
func (b *bench) invite(n int) error {
	var person struct {
		ID string `json:"id"`
	}
	if err := b.post("/persons", map[string]string{"name": "Dora"}, &person); err != nil {
		return err
	}
	b.about = person.ID
	for i := range n {
		var invite struct {
			Token string `json:"token"`
		}
		if err := b.post("/invites", map[string]any{}, &invite); err != nil {
			return err
		}
		newcomer := map[string]string{"invite": invite.Token, "name": fmt.Sprint("Member ", i),
			"email": fmt.Sprintf("member%d@example.org", i), "password": password}
		if err := b.post("/auth/register", newcomer, &struct{}{}); err != nil {
			return err
		}
	}
	return nil
}

// seed makes a board full of cards, on a list about a person, or about nobody.
func (b *bench) seed(name, about string) (*board, error) {
	var list struct {
		ID string `json:"id"`
	}
	input := map[string]string{"name": name, "type": "ideas"}
	if about != "" {
		input["person_id"] = about
	}
	if err := b.post("/lists", input, &list); err != nil {
		return nil, err
	}
	board := &board{name: name, items: make([]item, cards), moves: map[int][]float64{}}
	for i := range board.items {
		body := map[string]any{"list_id": list.ID, "gift": map[string]string{"name": fmt.Sprint("Gift ", i)}}
		if err := b.post("/list-items", body, &board.items[i]); err != nil {
			return nil, err
		}
	}
	return board, nil
}

// measure moves cards with some requests in flight and prints how it went.
func (b *bench) measure(board *board, inFlight int, lasts time.Duration) error {
	took := make([][]time.Duration, inFlight)
	failed := make([]error, inFlight)
	start := time.Now()
	var workers sync.WaitGroup
	for w := range inFlight {
		workers.Go(func() {
			// Each worker has cards of its own, so that no version is stale.
			own := board.items[w*cards/inFlight : (w+1)*cards/inFlight]
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
	speed := float64(len(all)) / elapsed.Seconds()
	board.moves[inFlight] = append(board.moves[inFlight], speed)
	fmt.Printf("%2d in flight, %s: %6.0f moves/s, p50 %v, p95 %v\n", inFlight, board.name, speed,
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
