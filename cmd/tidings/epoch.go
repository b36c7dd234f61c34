package main

import (
	"context"
	"fmt"

	"github.com/familygifting/tidings/realtime/hublog"
)

// newEpochCommand is "tidings new-epoch". A restored log gives out positions again that
// browsers have already seen with other events; in a new epoch they learn that theirs
// mean nothing.
type newEpochCommand struct {
	File string `arg:"" type:"existingfile" help:"The SQLite file with the events, which no hub may have open."`
}

// Run implements the command.
func (c *newEpochCommand) Run() error {
	if err := hublog.NewEpoch(context.Background(), c.File, "tidings new-epoch"); err != nil {
		return fmt.Errorf("starting an epoch in %s: %w", c.File, err)
	}
	return nil
}
