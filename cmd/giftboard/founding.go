package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/familygifting/tidings/gift/api"
)

// checkFounding refuses to start without accounts in the directory of a family whose
// database is gone: the first visitor would found another family, and hide the need for
// the backup.
func (f dataFlags) checkFounding() error {
	what := "is empty"
	switch info, err := os.Stat(f.database()); {
	case errors.Is(err, os.ErrNotExist):
		what = "is missing"
	case err != nil:
		return err
	case info.Size() > 0:
		return nil
	}
	traces, err := f.traces()
	if err != nil || len(traces) == 0 {
		return err
	}
	return fmt.Errorf("the database %s %s, but %s shows that a family has been here: put a backup back with giftboard restore, "+
		"or, to begin with nobody, move the files of the old family away", f.database(), what, traces[0])
}

// traces are the files that a family leaves in the directory besides its database.
func (f dataFlags) traces() ([]string, error) {
	var found []string
	for _, pattern := range []string{api.SecretFile, databaseFile + "-wal", databaseFile + ".schema-*", "giftboard-*.db"} {
		files, err := filepath.Glob(filepath.Join(globEscape(f.Data), pattern))
		if err != nil {
			return nil, err
		}
		found = append(found, files...)
	}
	return slices.DeleteFunc(found, func(file string) bool {
		info, err := os.Stat(file)
		return err != nil || info.Size() == 0
	}), nil
}

// globEscape takes a path as it is written.
func globEscape(path string) string {
	var b []byte
	for i := range len(path) {
		if c := path[i]; c == '*' || c == '?' || c == '[' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, path[i])
	}
	return string(b)
}
