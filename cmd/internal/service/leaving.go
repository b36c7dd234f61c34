package service

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// Leaving is whether a server is about to stop, which load balancers learn by
// asking /readyz. The zero value says that it is not.
type Leaving struct{ begun atomic.Bool }

// Begin says from now on that the server stops, and returns when the balancers
// have had the time to notice: until then they send newcomers, who are to be
// served like all others. It returns early with ctx.
func (l *Leaving) Begin(ctx context.Context, notice time.Duration) {
	l.begun.Store(true)
	select {
	case <-time.After(notice):
	case <-ctx.Done():
	}
}

// Refuse answers 503 if the server is about to stop, and reports whether it did.
func (l *Leaving) Refuse(w http.ResponseWriter) bool {
	if !l.begun.Load() {
		return false
	}
	w.Header().Set("Cache-Control", "no-store")
	Problem(w, http.StatusServiceUnavailable, "stopping", "", "the server is about to stop")
	return true
}
