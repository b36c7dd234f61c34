package main

import (
	"context"
	"time"

	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/internal/retention"
)

// trimInterval is how often old events are removed from the log.
const trimInterval = time.Hour

// removeOld removes what is kept no longer until ctx ends.
func (s *server) removeOld(ctx context.Context) {
	retention.Run(ctx, trimInterval, s.log, retention.Task{Name: "old events", Run: s.trimLog})
}

// trimLog removes some old events, in a short transaction.
func (s *server) trimLog(ctx context.Context) (more bool, err error) {
	err = s.store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		n, err := s.events.Trim(ctx, tx)
		more = n > 0
		return err
	})
	return more, err
}

// checkDatabase looks for damage once, while requests are served: damage is known before
// the last good backup is gone.
func (s *server) checkDatabase(ctx context.Context) {
	if err := s.store.Check(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("the database has damage: stop the server, keep a copy of the data directory, and put the latest good backup back with giftboard restore", "error", err)
	}
}
