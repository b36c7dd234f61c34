// Package retention removes what is kept no longer: the one loop in which every log, in
// memory and in a file, does so.
package retention

import (
	"context"
	"log/slog"
	"time"
)

// Task removes one kind of what is old.
type Task struct {
	// Name says what it removes, for the log: "old events".
	Name string
	// Run removes some of it, few enough that no writer waits for long, and reports
	// whether there may be more.
	Run func(ctx context.Context) (more bool, err error)
}

// Run runs the tasks in their order, each until there is no more to remove, again and
// again until ctx ends. One that fails is logged, and tried again the next time.
func Run(ctx context.Context, every time.Duration, logger *slog.Logger, tasks ...Task) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, task := range tasks {
			if err := task.finish(ctx); err != nil && ctx.Err() == nil {
				logger.Error("could not remove "+task.Name, "error", err)
			}
		}
	}
}

func (t Task) finish(ctx context.Context) error {
	for {
		if more, err := t.Run(ctx); err != nil || !more {
			return err
		}
	}
}
