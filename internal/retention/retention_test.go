package retention_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/internal/retention"
)

// Tasks run in their order, each until nothing is left, every time; one that fails holds
// up no other, and is tried again.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		ran := make(chan string, 100)
		left := 3
		tasks := []retention.Task{
			{"what fails", func(context.Context) (bool, error) {
				ran <- "fails"
				return true, errors.New("the disk is full")
			}},
			{"old events", func(context.Context) (bool, error) {
				ran <- "events"
				left--
				return left > 0, nil
			}},
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			retention.Run(ctx, time.Minute, slog.New(slog.NewTextHandler(&logged, nil)), tasks...)
		}()
		expect := func(minute string, want ...string) {
			t.Helper()
			synctest.Wait()
			got := make([]string, len(ran))
			for i := range got {
				got[i] = <-ran
			}
			if !slices.Equal(got, want) {
				t.Errorf("in the %s minute ran %v; want %v", minute, got, want)
			}
		}
		time.Sleep(time.Minute + time.Second)
		expect("first", "fails", "events", "events", "events")
		time.Sleep(time.Minute)
		expect("second", "fails", "events")
		cancel()
		<-ended
		if !strings.Contains(logged.String(), "could not remove what fails") || !strings.Contains(logged.String(), "the disk is full") {
			t.Errorf("logged: %s", &logged)
		}
	})
}
