package main

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/internal/clientip"
)

// What bounds the requests that are no session is what docs/hub.md says.
// Guarantees: A5
func TestTheBoundsOfRequests(t *testing.T) {
	c, _, err := parse(t, "--read-timeout=7s", "--idle-timeout=8s")
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	server := c.newServer(http.NotFoundHandler(), clientip.Proxies{}, service.NewRefusals(logger, service.Advice{}), logger)
	for name, times := range map[string][2]time.Duration{
		"the headers": {server.ReadHeaderTimeout, 5 * time.Second}, "the whole request": {server.ReadTimeout, 7 * time.Second},
		"the next request": {server.IdleTimeout, 8 * time.Second}, "the answer": {server.WriteTimeout, time.Minute},
	} {
		if times[0] != times[1] {
			t.Errorf("%s may take %v; want %v", name, times[0], times[1])
		}
	}
	if server.MaxHeaderBytes != 16<<10 {
		t.Errorf("headers may have %d bytes", server.MaxHeaderBytes)
	}
}

// Headers within 16 KiB are taken, and those well beyond are not.
// Guarantees: A7
func TestTheSizeOfHeaders(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	for name, c := range map[string]struct {
		bytes, want int
	}{"within": {15 << 10, http.StatusOK}, "beyond": {24 << 10, http.StatusRequestHeaderFieldsTooLarge}} {
		t.Run(name, func(t *testing.T) {
			status, _ := get(t, url+"/readyz", "X-A", strings.Repeat("a", c.bytes))
			if status != c.want {
				t.Errorf("%d bytes: %d; want %d", c.bytes, status, c.want)
			}
		})
	}
}
