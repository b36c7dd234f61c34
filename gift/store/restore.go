package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/familygifting/tidings/internal/sqlitefile"
)

// Restore puts a backup in the place of the database file, which nobody may
// have open. What was there stays as aside, if there was anything: first
// brought into one file, since what SQLite keeps beside a database would be
// taken for a part of the next one. Whenever it is killed, there is a database:
// the old one, or the backup.
func Restore(ctx context.Context, backup, path, aside string) error {
	for _, step := range restoreSteps(ctx, backup, path, aside) {
		if err := step(); err != nil {
			return errors.Join(err, ignoreMissing(os.Remove(path+".draft")))
		}
	}
	return nil
}

// restoreSteps are what [Restore] does. It may be killed between any two of them.
func restoreSteps(ctx context.Context, backup, path, aside string) []func() error {
	draft, folder := path+".draft", filepath.Dir(path)
	return []func() error{
		func() error { return checkBackup(ctx, backup) },
		func() error {
			if err := copyDurably(backup, draft); err != nil {
				return fmt.Errorf("copying the backup: %w", err)
			}
			return nil
		},
		func() error { return intoOneFile(ctx, path, aside) },
		func() error { return ignoreMissing(link(path, aside)) },
		func() error { return syncFolder(folder) }, // the old one has its second name
		func() error { return os.Rename(draft, path) },
		func() error { return syncFolder(folder) },
	}
}

// checkBackup refuses what [Backup] has not made, or what was damaged since.
func checkBackup(ctx context.Context, path string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	db, err := sqlitefile.Open("", path, "query_only(1)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := sqlitefile.Check(ctx, db); err != nil {
		return fmt.Errorf("checking the backup: %w", err)
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

// intoOneFile brings a database into one file, if there is one.
func intoOneFile(ctx context.Context, path, aside string) error {
	if _, err := os.Stat(path); os.IsNotExist(err) {
		return nil
	}
	if _, err := os.Stat(aside); err == nil {
		return fmt.Errorf("%s exists already", aside)
	}
	db, err := sqlitefile.Open("", path)
	if err != nil {
		return err
	}
	// It takes the file for itself, and leaves nothing beside it.
	var mode string
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	if err = errors.Join(err, db.Close()); err != nil || mode != "delete" {
		return fmt.Errorf("%s is in use: stop the server first (%w)", path, errors.Join(err, errInUse))
	}
	return nil
}

// link gives a file a second name; where the file system has no such thing, the name
// of a copy.
func link(path, aside string) error {
	err := os.Link(path, aside)
	if err == nil || os.IsNotExist(err) {
		return err
	}
	return copyDurably(path, aside)
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
