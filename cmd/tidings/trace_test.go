package main

import (
	"net/http"
	"strings"
	"testing"
)

const (
	tracedBy    = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceparent = "00-" + tracedBy + "-00f067aa0ba902b7-01"
)

// What a browser gets says which request it came of: by the trace of the request,
// or by the id that the publisher gave.
// Guarantees: L3
func TestTheTraceReachesTheFrame(t *testing.T) {
	logs(t, func(t *testing.T, args []string) {
		url, _ := start(t, args...)
		next := subscribe(t, url, "list-items:1", "")
		expect(t, next, `"hello"`, `"subscribed"`)
		own := `{"trace_id":"own",` + one[1:]
		for name, c := range map[string]struct{ body, traceparent, want string }{
			"a traceparent":      {one, traceparent, `"trace_id":"` + tracedBy + `"`},
			"the publisher's id": {own, traceparent, `"trace_id":"own"`},
			"neither":            {one, "", ""},
			"a broken one":       {one, "00-nonsense", ""},
		} {
			if status, answer := post(t, url, c.body, "Traceparent", c.traceparent); status != http.StatusOK {
				t.Fatalf("%s: %d %s", name, status, answer)
			}
			if got := next(); !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "trace_id") {
				t.Errorf("%s: got %s; want %s", name, got, c.want)
			}
		}
	})
}
