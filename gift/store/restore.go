package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Restore puts a backup in the place of the database file, which nobody may
// have open. What was there is moved to aside, if there was anything: first
// brought into one file, since what SQLite keeps beside a database would be
// taken for a part of the next one.
func Restore(ctx context.Context, backup, path, aside string) error {
	if err := checkBackup(ctx, backup); err != nil {
		return err
	}
	draft := path + ".draft"
	if err := copyDurably(backup, draft); err != nil {
		return errors.Join(fmt.Errorf("copying the backup: %w", err), ignoreMissing(os.Remove(draft)))
	}
	err := putAside(ctx, path, aside)
	if err == nil {
		err = os.Rename(draft, path)
	}
	if err != nil {
		return errors.Join(err, ignoreMissing(os.Remove(draft)))
	}
	return syncFolder(filepath.Dir(path))
}

// checkBackup refuses what [Backup] has not made, or what was damaged since.
func checkBackup(ctx context.Context, path string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	db, err := openFile(path, "query_only(1)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkIntegrity(ctx, db); err != nil {
		return err
	}
	var mark int64
	if err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&mark); err != nil {
		return fmt.Errorf("checking the backup: %w", err)
	}
	if mark != restoreMark {
		return fmt.Errorf("%s is no backup, or was served since: make one with giftboard backup", path)
	}
	return nil
}

// putAside moves a database file, all of it, if there is one.
func putAside(ctx context.Context, path, aside string) error {
	if _, err := os.Stat(path); os.IsNotExist(err) {
		return nil
	}
	if _, err := os.Stat(aside); err == nil {
		return fmt.Errorf("%s exists already", aside)
	}
	db, err := openFile(path)
	if err != nil {
		return err
	}
	// It takes the file for itself, and leaves nothing beside it.
	var mode string
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	if err = errors.Join(err, db.Close()); err != nil || mode != "delete" {
		return fmt.Errorf("%s is in use: stop the server first (%w)", path, errors.Join(err, errInUse))
	}
	return os.Rename(path, aside)
}

var errInUse = errors.New("the database cannot be locked")

// copyDurably copies a file for its owner's eyes only.
func copyDurably(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// syncFolder makes renames in a folder survive a power loss.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
