//go:build !linux

package service

// SessionRoom returns what reports whether a session may have a descriptor. How many
// there are is not known here.
func SessionRoom() func() bool { return func() bool { return true } }

// ConnRoom is how many connections that are no session may have a descriptor.
func ConnRoom(most int) int { return most }

var outOfDescriptors []error
