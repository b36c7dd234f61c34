package hublog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"github.com/familygifting/tidings/internal/sqlitefile"
)

// maxHolder is the most bytes of a lock file that an error repeats.
const maxHolder = 200

// lockFile takes the log's file for this process, or returns an error that names the
// process that has it. The lock is on a file beside it, since an app may share the
// database itself. It ends with the process, however that ends; its file stays.
func lockFile(path, holder string) (*flock.Flock, error) {
	real, err := filepath.EvalSymlinks(path) // one file has one lock, whatever it is called
	if err != nil {
		return nil, err
	}
	if err := checkLinks(real); err != nil {
		return nil, err
	}
	lock := flock.New(real+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	switch alone, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("locking it: %w", err)
	case !alone:
		return nil, errors.Join(fmt.Errorf("it is in use by %s: stop that first, or choose another file; a log has one hub", holderOf(lock.Path())), lock.Close())
	}
	// The lock holds also where its file cannot name the holder.
	_ = os.WriteFile(lock.Path(), fmt.Appendf(nil, "process %d (%s)\n", os.Getpid(), holder), 0o600)
	return lock, nil
}

// checkLinks refuses a file with several hard links: each would have a lock of its own,
// and a write-ahead log of its own.
func checkLinks(path string) error {
	file, err := os.Stat(path)
	if err != nil {
		return err
	}
	if n := sqlitefile.Links(file); n > 1 {
		return fmt.Errorf("it has %d names (hard links), and two hubs could ruin it: copy it (cp %s COPY), and open the copy", n, path)
	}
	return nil
}

// holderOf is what a lock file says of its holder.
func holderOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "another process"
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxHolder))
	if holder := strings.TrimSpace(string(text)); holder != "" && err == nil {
		return holder
	}
	return "another process"
}
