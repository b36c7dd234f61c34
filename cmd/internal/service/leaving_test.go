package service_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/cmd/internal/service"
)

func TestLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l service.Leaving
		if answer := httptest.NewRecorder(); l.Refuse(answer) {
			t.Error("it leaves before it was told")
		}
		begun := time.Now()
		go func() {
			time.Sleep(time.Second)
			if answer := httptest.NewRecorder(); !l.Refuse(answer) || answer.Code != http.StatusServiceUnavailable {
				t.Errorf("while it leaves: %d", answer.Code)
			}
		}()
		l.Begin(t.Context(), 5*time.Second)
		if took := time.Since(begun); took != 5*time.Second {
			t.Errorf("it gave notice for %v; want 5 s", took)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		l.Begin(ended, time.Hour) // returns
		if took := time.Since(begun); took != 5*time.Second {
			t.Errorf("it did not stop when its time was over, but after %v", took)
		}
	})
}
