package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/familygifting/tidings/gift/store"
)

// trimInterval is how often old events are removed from the log.
const trimInterval = time.Hour

// chore is something a server does every now and then.
type chore struct {
	name  string
	every time.Duration
	do    func(context.Context) error
}

func (s *server) chores() []chore {
	return []chore{
		{"remove old events", trimInterval, s.trimLog},
	}
}

// repeat does a chore until ctx ends. What fails is tried again next time.
func (c chore) repeat(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(c.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := c.do(ctx); err != nil && ctx.Err() == nil {
				log.Error("could not "+c.name, "error", err)
			}
		}
	}
}

// checkDatabase looks for damage once, while requests are served: who runs the server
// learns of it before the last good backup is gone.
func (s *server) checkDatabase(ctx context.Context) {
	if err := s.store.Check(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("the database has damage: stop the server, keep a copy of the data directory, and put the latest good backup back with giftboard restore", "error", err)
	}
}

// trimLog removes old events, in short transactions.
func (s *server) trimLog(ctx context.Context) error {
	for n := 1; n > 0; {
		err := s.store.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			n, err = s.events.Trim(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
