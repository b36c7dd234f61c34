package sampled_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/internal/sampled"
)

// Guarantees: A55
func TestAReasonIsSaidOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := sampled.New(slog.New(slog.NewTextHandler(&out, nil)))
		said := func() string { defer out.Reset(); return out.String() }
		log.Say("origin", "a page was refused", "origin", "https://a.example")
		if line := said(); !strings.Contains(line, "level=WARN") || !strings.Contains(line, "reason=origin origin=https://a.example\n") {
			t.Errorf("the first time: %q", line)
		}
		for range 3 {
			log.Say("origin", "a page was refused")
		}
		if line := said(); line != "" {
			t.Errorf("within the minute: %q", line)
		}
		log.Say("host", "a host was refused")
		if line := said(); !strings.Contains(line, "reason=host") {
			t.Errorf("another reason: %q", line)
		}
		time.Sleep(sampled.Interval)
		log.Say("origin", "a page was refused")
		if line := said(); !strings.Contains(line, "unsaid=3") {
			t.Errorf("a minute later: %q; want how many were left out", line)
		}
	})
}
