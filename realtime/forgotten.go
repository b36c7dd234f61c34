package realtime

import "math/bits"

// minForgottenFloor is the least floor of unknown topics once one was forgotten.
const minForgottenFloor = 1 << 10

// ForgottenFloor returns the head and floor of unknown topics in a [Log] that has forgotten
// some: the highest position of those, rounded up to a power of two. A client that waits for
// the first event of a topic must fetch afresh whenever it rises, so it rises rarely.
func ForgottenFloor(highest Seq) Seq {
	if highest <= minForgottenFloor {
		return minForgottenFloor
	}
	return 1 << bits.Len64(uint64(highest-1))
}
