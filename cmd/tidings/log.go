package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/realtime/hublog"
)

// openLog opens the log that the flags name.
func (c *serveCommand) openLog(ctx context.Context, logger *slog.Logger) (hublog.Log, error) {
	opts := hublog.Options{KeepCount: c.KeepCount, KeepAge: c.KeepAge, AnswerBytes: c.AnswerBytes, Logger: logger}
	if opts.AnswerBytes == 0 {
		opts.AnswerBytes = -1
	}
	if c.Log == "memory" {
		return hublog.NewMemory(opts), nil
	}
	log, err := hublog.OpenFile(ctx, c.Log, c.Addr, opts)
	if sqlitefile.Damaged(err) {
		return nil, fmt.Errorf("%w: if it is a log, %s; otherwise choose another file", err, cure)
	}
	return log, err
}

// cure is what to do about a file with damage.
const cure = "keep a copy of the file, put the latest good backup in its place, and run tidings new-epoch on that"

// checkLog looks for damage once, while requests are served, and closes the channel when
// it has ended: damage is known before the last good backup is gone.
func checkLog(ctx context.Context, log hublog.Log, logger *slog.Logger) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := log.Check(ctx); err != nil && ctx.Err() == nil {
			logger.Error("the log has damage: stop the hub, "+cure, "error", err)
		}
	}()
	return ended
}
