package gift

import (
	"crypto/rand"
	"encoding/base32"
)

// Ids are opaque random strings, so that nothing about a family can be counted
// or guessed from them. Each kind has a type of its own.
type (
	UserID     string
	PersonID   string
	OccasionID string
	ListID     string
	GiftID     string
	ItemID     string
	LoginID    string
)

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID returns 100 random bits as 20 characters of [0-9a-z].
func NewID[T ~string]() T {
	var b [13]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the program instead
	return T(idEncoding.EncodeToString(b[:])[:20])
}
