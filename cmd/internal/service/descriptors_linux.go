package service

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// reservedDescriptors is how many of the process's descriptors no session gets: they
// are for publishers and operators, for files, and for calls to others. Of few
// descriptors it is a quarter.
const reservedDescriptors = 128

// SessionRoom returns what reports whether a session may have a descriptor.
func SessionRoom() func() bool {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return func() bool { return true } // nobody knows, so nothing is reserved
	}
	first := int(min(limit.Cur, 1<<30))
	first -= min(reservedDescriptors, first/4)
	return func() bool { return roomBelow(first) }
}

// ConnRoom is how many connections that are no session may have a descriptor: so many,
// but no more than half of all.
func ConnRoom(most int) int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return most
	}
	return min(most, int(min(limit.Cur, 1<<30))/2)
}

// roomBelow reports whether a descriptor below this number is free. The kernel
// always gives the lowest one that is. While the number itself is not in use, those
// below have not run out yet, which is quick to see; else one is opened to see.
func roomBelow(number int) bool {
	if _, err := unix.FcntlInt(uintptr(number), unix.F_GETFD, 0); err == unix.EBADF {
		return true
	}
	fd, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	_ = unix.Close(fd)
	return fd < number
}

// outOfDescriptors are the errors that say so, of the process and of the machine.
var outOfDescriptors = []error{syscall.EMFILE, syscall.ENFILE}
