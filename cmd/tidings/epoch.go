package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/familygifting/tidings/realtime/sqllog"
)

// newEpochCommand is "tidings new-epoch". A restored log gives out positions
// again that browsers have already seen with other events; in a new epoch they
// are told that theirs mean nothing.
type newEpochCommand struct {
	File string `arg:"" type:"existingfile" help:"The SQLite file with the events, which no hub may have open."`
}

// Run implements the command.
func (c *newEpochCommand) Run() error {
	if err := c.stamp(context.Background()); err != nil {
		return fmt.Errorf("starting an epoch in %s: %w", c.File, err)
	}
	return nil
}

// stamp starts the epoch, while no hub has the file: it would go on in the old one.
// Nor may anything else have it open, since not all that does so takes the lock.
func (c *newEpochCommand) stamp(ctx context.Context) (err error) {
	lock, err := lockLog(c.File, "tidings new-epoch")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	dsn, err := dataSource(c.File, "_pragma=locking_mode(EXCLUSIVE)&"+pragmas+"&_txlock=immediate")
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := sqllog.Open(ctx, db, sqllog.Options{}); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	if _, err := sqllog.NewEpoch(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}
