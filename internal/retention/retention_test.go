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
		var ran []string
		left := 3
		tasks := []retention.Task{
			{"what fails", func(context.Context) (bool, error) {
				ran = append(ran, "fails")
				return true, errors.New("the disk is full")
			}},
			{"old events", func(context.Context) (bool, error) {
				ran = append(ran, "events")
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
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		if want := []string{"fails", "events", "events", "events"}; !slices.Equal(ran, want) {
			t.Errorf("in the first minute ran %v; want %v", ran, want)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := []string{"fails", "events"}; !slices.Equal(ran[4:], want) {
			t.Errorf("in the second minute ran %v; want %v", ran[4:], want)
		}
		cancel()
		<-ended
		if !strings.Contains(logged.String(), "could not remove what fails") || !strings.Contains(logged.String(), "the disk is full") {
			t.Errorf("logged: %s", &logged)
		}
	})
}
