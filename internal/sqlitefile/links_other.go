//go:build !unix

package sqlitefile

import "os"

// Links returns how many hard links a file has; 1 where that is unknown.
func Links(os.FileInfo) int { return 1 }
