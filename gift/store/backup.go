package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/familygifting/tidings/internal/sqlitefile"
)

// restoreMark is the user_version of a file that is a backup. The first program that
// opens it starts a new history: the file may be older than what was served.
const restoreMark = 0x6261636b // "back"

// Backup copies the database file, which may be in use, to a new file. The copy
// is checked, and marked for [Restored].
func Backup(ctx context.Context, path, to string) (err error) {
	if _, err := os.Stat(to); err == nil {
		return fmt.Errorf("%s exists already", to)
	}
	draft := to + ".draft"
	if err := os.Remove(draft); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("replacing an unfinished backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(draft)))
		}
	}()
	if err := copyFile(ctx, path, draft); err != nil {
		return err
	}
	if err := finishBackup(ctx, draft); err != nil {
		return err
	}
	return os.Rename(draft, to)
}

func ignoreMissing(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

func copyFile(ctx context.Context, path, to string) error {
	if err := sqlitefile.Create(to); err != nil {
		return err
	}
	db, err := sqlitefile.Open("", path)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, to)
	if err != nil {
		err = fmt.Errorf("copying the database: %w", err)
	}
	return errors.Join(err, db.Close())
}

// finishBackup checks a copy and marks it.
func finishBackup(ctx context.Context, path string) (err error) {
	db, err := sqlitefile.Open("", path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := sqlitefile.Check(ctx, db); err != nil {
		return fmt.Errorf("checking the backup: %w", err)
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, restoreMark)); err != nil {
		return fmt.Errorf("marking the backup: %w", err)
	}
	return nil
}

// Check reads the whole file, and returns an error if it is damaged. It delays nobody.
func (s *Store) Check(ctx context.Context) error {
	if err := sqlitefile.Check(ctx, s.ReadDB()); err != nil {
		return fmt.Errorf("checking the database: %w", err)
	}
	return nil
}

// Restored reports whether the file is a backup that is opened for the first
// time, and takes its mark away, when tx commits.
func Restored(ctx context.Context, tx Tx) (bool, error) {
	var mark int64
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&mark); err != nil {
		return false, fmt.Errorf("looking for a backup's mark: %w", err)
	}
	if mark != restoreMark {
		return false, nil
	}
	if _, err := tx.ExecContext(ctx, `PRAGMA user_version = 0`); err != nil {
		return false, fmt.Errorf("removing a backup's mark: %w", err)
	}
	return true, nil
}
