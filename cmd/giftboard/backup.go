package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/familygifting/tidings/gift/store"
)

// backupCmd copies the database. The copy can be put in the database's place
// while no server runs; its first start begins a new history of events, so that
// no browser mistakes the older state for the one it knew.
type backupCmd struct {
	dataFlags
	To string `arg:"" optional:"" help:"The new file. Default: giftboard-DATE-TIME.db in the data directory." type:"path"`
}

func (c backupCmd) Run(ctx context.Context, s streams) error {
	if err := c.mustExist(); err != nil {
		return err
	}
	to := c.To
	if to == "" {
		to = filepath.Join(c.Data, "giftboard-"+time.Now().Format("20060102-150405")+".db")
	}
	if err := store.Backup(ctx, c.database(), to); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out, "the database is copied to", to)
	return err
}
