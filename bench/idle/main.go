//go:build linux

// Command idle measures what a hub takes while nothing happens: sessions that
// subscribe to many topics, and nobody who publishes.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/bench/internal/process"
)

// perFrame is how many topics one message subscribes to.
const perFrame = 500

func main() {
	sessions := flag.Int("sessions", 20, "sessions")
	topics := flag.Int("topics", 5000, "topics that each subscribes to")
	rest := flag.Duration("for", 30*time.Second, "how long to measure")
	flag.Parse()
	if err := run(context.Background(), *sessions, *topics, *rest); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, sessions, topics int, rest time.Duration) error {
	dir, err := os.MkdirTemp("", "bench-idle")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program, err := process.Build(dir, "tidings")
	if err != nil {
		return err
	}
	fmt.Printf("%d sessions with %d topics each, idle for %v\n", sessions, topics, rest)
	for _, logTo := range []string{"memory", filepath.Join(dir, "events.db")} {
		share, kb, err := measure(ctx, program, logTo, sessions, topics, rest)
		if err != nil {
			return err
		}
		fmt.Printf("--log %-7s %6.2f %% of a core, %.0f MiB resident\n", strings.TrimPrefix(logTo, dir+"/"), 100*share, kb/1024)
	}
	return nil
}

// measure starts a hub, lets the sessions subscribe, and returns the share of a core
// that it takes from then on, and its memory.
func measure(ctx context.Context, program, logTo string, sessions, topics int, rest time.Duration) (share, kb float64, err error) {
	hub, addr, err := process.Start(program, "serve", "--dev", "--addr=127.0.0.1:0", "--ping-interval=1h", "--log="+logTo,
		fmt.Sprint("--max-topics=", topics))
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = hub.Process.Kill(); _ = hub.Wait() }()
	for i := range sessions {
		if err := subscribe(ctx, addr, i, topics); err != nil {
			return 0, 0, fmt.Errorf("session %d: %w", i, err)
		}
	}
	time.Sleep(2 * time.Second) // what comes of subscribing is over
	before, err := process.CPU(hub.Process.Pid)
	if err != nil {
		return 0, 0, err
	}
	begun := time.Now()
	time.Sleep(rest)
	after, err := process.CPU(hub.Process.Pid)
	if err != nil {
		return 0, 0, err
	}
	share = float64(after-before) / float64(time.Since(begun))
	kb, err = process.RSS(hub.Process.Pid)
	return share, kb, err
}

// subscribe opens a session that subscribes to topics of its own and then only
// listens.
func subscribe(ctx context.Context, addr string, session, topics int) error {
	c, _, err := websocket.Dial(ctx, "ws://"+addr+"/ws", &websocket.DialOptions{Subprotocols: []string{"tidings.v1"}})
	if err != nil {
		return err
	}
	c.SetReadLimit(-1)
	for first := 0; first < topics; first += perFrame {
		names := make([]string, 0, perFrame)
		for n := first; n < min(first+perFrame, topics); n++ {
			names = append(names, fmt.Sprintf(`{"topic":"list-items:%d-%d"}`, session, n))
		}
		message := `{"action":"subscribe","topics":[` + strings.Join(names, ",") + `]}`
		if err := c.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			return err
		}
	}
	for answered := 0; answered < topics; {
		_, answer, err := c.Read(ctx)
		if err != nil {
			return err
		}
		if bytes.Contains(answer, []byte(`"error"`)) {
			return fmt.Errorf("the hub answers %s", answer)
		}
		answered += bytes.Count(answer, []byte(`"subscribed"`))
	}
	c.CloseRead(ctx)
	return nil
}
