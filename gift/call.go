package gift

import "context"

// Call says on whose behalf a mutation runs.
type Call struct {
	// Actor is the user who does it.
	Actor UserID
	// MutationID makes the call idempotent: scoped to the actor, kept for 30
	// days. Empty means every call counts.
	MutationID string
	// RequestHash tells two different requests apart that carry the same
	// MutationID; the second fails with EMUTATION.
	RequestHash string
	// TraceID ties the changes to the request that made them.
	TraceID string
}

// Page asks for a part of a collection.
type Page struct {
	// Cursor is the opaque NextCursor of the part before, or "" for the first.
	Cursor string
	// Limit is the most elements to return: 1 to MaxPageSize; 0 means DefaultPageSize.
	Limit int
}

// Sizes of a page.
const (
	DefaultPageSize = 50
	MaxPageSize     = 200
)

// PageOf is a part of a collection.
type PageOf[T any] struct {
	Items []T `json:"items"`
	// NextCursor asks for the next part; "" behind the last.
	NextCursor string `json:"next_cursor"`
}

// Positioned is a value together with the place in the event log at which it
// was read, in the same transaction, as an opaque header value.
type Positioned[T any] struct {
	Value    T
	Position string
}

// Service is the whole domain as the edges use it. The interfaces state the
// contract; gift/store implements them.
type Service interface {
	PersonService
	OccasionService
	ListService
	GiftService
	ListItemService
	WishService
	AccountService
	// Ready reports whether storage answers.
	Ready(ctx context.Context) error
}
