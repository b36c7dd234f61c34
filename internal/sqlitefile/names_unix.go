//go:build unix

package sqlitefile

import (
	"os"
	"syscall"
)

// Names returns how many names (hard links) a file has; 1 where nobody knows.
func Names(file os.FileInfo) int {
	if s, ok := file.Sys().(*syscall.Stat_t); ok {
		return int(s.Nlink)
	}
	return 1
}
