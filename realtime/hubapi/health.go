package hubapi

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/familygifting/tidings/internal/diskfault"
	"github.com/familygifting/tidings/internal/problem"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hublog"
)

// canaryTimeout is how long an event may take through log, hub and session before the
// hub counts as ill.
const canaryTimeout = 3 * time.Second

// Health returns a handler that answers whether events still come through. A disk that
// takes nothing is no illness: a restart, which is what an ill hub gets, makes no room,
// and readers would lose what goes on.
func (a *API) Health() http.Handler {
	canary := realtime.NewCanary(a.hub, func(ctx context.Context, e realtime.Event) ([]realtime.Entry, error) {
		r, err := a.log.Commit(ctx, hublog.Publication{Steps: []hublog.Step{{Events: []realtime.Event{e}}}})
		return r.Entries, err
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), canaryTimeout) // others share the answer
		defer cancel()
		err := canary.Check(ctx)
		if _, noRoom := diskfault.Reason(err); err != nil && !noRoom {
			a.opts.Logger.Error("the health check failed", "error", err)
			problem.Answer(w, http.StatusServiceUnavailable, "unhealthy", "", "events do not come through")
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
}
