// Package diskfault finds out whether a disk is to blame for what a database could not
// write. Such an error is no fault of the program, and passes when somebody makes room.
package diskfault

import "errors"

// Result codes of SQLite: see its documentation. The low byte of an extended code is
// the code that it extends.
const (
	codeReadOnly     = 8
	codeFull         = 13
	codeCantOpen     = 14
	codeWrite        = 778
	codeSync         = 1034
	codeFolderSync   = 1290
	codeTruncate     = 1546
	codeOpenShared   = 4618
	codeResizeShared = 4874
	codeMapShared    = 5386
)

// Reason returns what is wrong with the disk, as part of a sentence, if that is why err
// came of a write.
func Reason(err error) (string, bool) {
	var found interface{ Code() int }
	if !errors.As(err, &found) {
		return "", false
	}
	switch found.Code() & 0xff {
	case codeFull:
		return "the server's disk is full", true
	case codeReadOnly:
		return "the server's disk, or its database file, is read-only", true
	case codeCantOpen:
		return "the server cannot create the files that it needs to write", true
	}
	switch found.Code() {
	case codeWrite, codeSync, codeFolderSync, codeTruncate, codeOpenShared, codeResizeShared, codeMapShared:
		return "the server's disk takes no writes", true
	}
	return "", false
}
