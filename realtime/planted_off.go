//go:build !planted

package realtime

// planted tells whether a bug was planted, to see that the model catches it:
// see planted_on.go. It never was in a program that anyone runs, and the
// compiler takes the branches out.
func planted(bug) bool { return false }
