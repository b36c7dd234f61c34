//go:build unix

package sqlitefile

import (
	"os"
	"syscall"
)

// Links returns how many hard links a file has; 1 where that is unknown.
func Links(file os.FileInfo) int {
	if s, ok := file.Sys().(*syscall.Stat_t); ok {
		return int(s.Nlink)
	}
	return 1
}
