package realtime

import "math/bits"

// minForgottenFloor is the least floor of topics that are not known, once one was
// forgotten.
const minForgottenFloor = 1 << 10

// ForgottenFloor returns where a [Log] that has forgotten topics lets those stand
// that it does not know: at the highest position of any that it has forgotten, or
// beyond. It rises in strides, each twice as far as the last, since a client that
// waits for the first event of a topic must fetch afresh whenever it rises.
func ForgottenFloor(highest Seq) Seq {
	if highest <= minForgottenFloor {
		return minForgottenFloor
	}
	return 1 << bits.Len64(uint64(highest-1))
}
