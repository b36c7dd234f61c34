package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/familygifting/tidings/gift/store"
)

// restoreCmd puts a backup in the database's place, while no server runs. What
// was there stays beside it.
type restoreCmd struct {
	dataFlags
	From string `arg:"" help:"The backup." type:"existingfile"`
}

func (c restoreCmd) Run(ctx context.Context, s streams) (err error) {
	if err := c.prepare(); err != nil {
		return err
	}
	lock, err := c.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	aside := filepath.Join(c.Data, "giftboard-before-restore-"+time.Now().Format("20060102-150405")+".db")
	if err := store.Restore(ctx, c.From, c.database(), aside); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "the database is restored from", c.From)
	if _, gone := os.Stat(aside); err != nil || gone != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "what was there before is in", aside)
	return err
}
