package hublog

import (
	"context"
	"errors"

	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// NewEpoch starts a new history in a file that no hub has open: one that has would go on
// in the old history. It fails as well where another program has the file open, since
// not every program takes the lock.
func NewEpoch(ctx context.Context, path, holder string) (err error) {
	lock, err := lockFile(path, holder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := checkForeign(ctx, path); err != nil {
		return err
	}
	db, err := sqlitefile.Open("", path, "locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)")
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
