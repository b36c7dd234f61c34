//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/familygifting/tidings/bench/internal/process"
)

// hub is a running hub, and how to publish to it.
type hub struct {
	cmd  *exec.Cmd
	addr string
	// header authorizes a request.
	header string
	// body publishes the payload to a topic.
	body func(topic, payload string) string
}

// payload is the state of an entity, as an app would send it.
var payload = `{"id":"456","status":"purchased","name":"` + strings.Repeat("x", 100) + `"}`

// tidings starts a build of tidings.
func tidings(bin, log string) func(dir string) (*hub, error) {
	return func(dir string) (*hub, error) {
		events := "memory"
		if log != "memory" {
			events = filepath.Join(dir, "tidings.db")
		}
		cmd, addr, err := process.Start(bin, "serve", "--dev", "--addr=127.0.0.1:0", "--max-per-address=0", "--log="+events)
		if err != nil {
			return nil, err
		}
		return &hub{
			cmd: cmd, addr: addr, header: "Authorization: Bearer dev",
			body: func(topic, payload string) string {
				return `{"topic":"` + topic + `","event":"UPDATED","data":{"entity_id":"456","payload":` + payload + `}}`
			},
		}, nil
	}
}

// startCentrifugo starts centrifugo, which keeps as much history as tidings, or none.
func startCentrifugo(bin, dir string, history bool) (*hub, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	namespace := map[string]any{"name": "list-items"} // of the topics
	if history {
		namespace["history_size"], namespace["history_ttl"] = 1000, "72h"
	}
	config, err := json.Marshal(map[string]any{
		"http_server": map[string]any{"address": "127.0.0.1", "port": fmt.Sprint(port)},
		"http_api":    map[string]any{"key": "dev"},
		"log":         map[string]any{"level": "error"},
		"channel":     map[string]any{"namespaces": []any{namespace}},
	})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "config.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		return nil, err
	}
	h := &hub{
		cmd:    exec.Command(bin, "-c", file), //nolint:gosec // the flag names it
		addr:   fmt.Sprint("127.0.0.1:", port),
		header: "X-API-Key: dev",
		body: func(topic, payload string) string {
			return `{"channel":"` + topic + `","data":` + payload + `}`
		},
	}
	h.cmd.Stdout, h.cmd.Stderr = io.Discard, os.Stderr
	if err := h.cmd.Start(); err != nil {
		return nil, err
	}
	return h, h.awaitPort()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// awaitPort returns when the hub takes connections.
func (h *hub) awaitPort() error {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", h.addr)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("it does not listen: %w", err)
		}
	}
}

func (h *hub) pid() int { return h.cmd.Process.Pid }

func (h *hub) stop() {
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	_ = h.cmd.Wait() // its figures are taken
}
