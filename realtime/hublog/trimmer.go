package hublog

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/familygifting/tidings/internal/retention"
	"github.com/familygifting/tidings/realtime"
)

// trimInterval is how often what is kept no longer is removed.
const trimInterval = time.Minute

// trimmer removes in the background what a log keeps no longer.
type trimmer struct {
	// Static after begin.
	cancel context.CancelFunc // nil before
	ended  sync.WaitGroup

	inUse atomic.Pointer[func(realtime.Topic) bool] // nil until topics may be forgotten
}

func (t *trimmer) begin(logger *slog.Logger, tasks ...retention.Task) {
	ctx, cancel := context.WithCancel(context.Background())
	t.cancel = cancel
	t.ended.Go(func() { retention.Run(ctx, trimInterval, logger, tasks...) })
}

// end returns when nothing is removed any more.
func (t *trimmer) end() {
	if t.cancel != nil {
		t.cancel()
	}
	t.ended.Wait()
}

// ForgetUnused implements [Log].
func (t *trimmer) ForgetUnused(inUse func(realtime.Topic) bool) { t.inUse.Store(&inUse) }
