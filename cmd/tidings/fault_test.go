package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// diskFault is an error of SQLite's, by its code.
type diskFault int

func (diskFault) Error() string { return "a fault of the disk" }
func (d diskFault) Code() int   { return int(d) }

// faulty is a journal whose disk takes nothing for a while.
type faulty struct {
	journal
	fault error
}

func (f *faulty) commit(ctx context.Context, once once, steps []step, render func([]realtime.Entry) []byte) ([]byte, []realtime.Entry, error) {
	if f.fault != nil {
		return nil, nil, f.fault
	}
	return f.journal.commit(ctx, once, steps, render)
}

// A disk that takes nothing is answered with 507 and words, and nothing needs to be
// done but to make room.
// Guarantees: F7
func TestAFullDisk(t *testing.T) {
	j := &faulty{journal: newMemoryJournal(memlog.Options{}, 1<<20)}
	defer func() { _ = j.close() }() // it is in memory
	hub := realtime.NewHub(j, anyone{}, realtime.Options{Logger: slog.New(slog.DiscardHandler)})
	defer hub.Close()
	handler := newPublishHandler(j, hub, defaultMaxPayload, nil, slog.New(slog.DiscardHandler))
	publish := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/publish", strings.NewReader(one)))
		return w
	}
	for code, want := range map[diskFault]string{13: "disk is full", 8: "read-only", 778: "takes no writes"} {
		j.fault = code
		if w := publish(); w.Code != http.StatusInsufficientStorage || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), `"code":"storage_full"`) {
			t.Errorf("code %d: %d %s", code, w.Code, w.Body)
		}
	}
	j.fault = diskFault(11) // damage is something else
	if w := publish(); w.Code != http.StatusInternalServerError {
		t.Errorf("damage: %d %s", w.Code, w.Body)
	}
	j.fault = nil
	if w := publish(); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"seq":1`) {
		t.Errorf("after it: %d %s", w.Code, w.Body)
	}
}
