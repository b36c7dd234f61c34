package gift

import (
	"context"
	"time"
)

// Wish is an item of a list as the person it is about may see it: no status,
// no buyer, no rank, nothing that moves when planners move. Surprises are not
// among the wishes.
type Wish struct {
	ID        ItemID    `json:"id" readOnly:"true"`
	ListID    ListID    `json:"list_id" readOnly:"true"`
	GiftID    GiftID    `json:"gift_id" readOnly:"true"`
	Gift      Gift      `json:"gift" readOnly:"true"`
	CreatedAt time.Time `json:"created_at" readOnly:"true"`
}

// WishInput adds a wish: a gift that exists, or a new one; exactly one of the two.
type WishInput struct {
	ListID ListID     `json:"list_id"`
	GiftID *GiftID    `json:"gift_id,omitempty"`
	Gift   *GiftInput `json:"gift,omitempty"`
}

// WishService is a list as wishes: for the person it is about and for its planners.
// What that person wishes for, nobody else takes back (EFORBIDDEN); what a planner
// made a wish of, the planners may.
type WishService interface {
	// Wishes returns all wishes of a list, oldest first, with the position of
	// the topic wishes:{list}.
	Wishes(ctx context.Context, actor UserID, list ListID) (Positioned[[]Wish], error)
	// CreateWish adds a wish. A gift that planners already hold as a surprise
	// becomes a wish, and nothing in the answer tells that it was there.
	CreateWish(ctx context.Context, call Call, in WishInput) (Wish, error)
	// DeleteWish withdraws a wish. If planners already acted on it (another
	// status than idea, an assignee, notes or a price), it stays on their board
	// as a surprise; the answer is the same.
	DeleteWish(ctx context.Context, call Call, id ItemID) error
}

// SeenBy is the wish with its gift as the account of viewer may read it.
func (w Wish) SeenBy(viewer *PersonID) Wish {
	w.Gift = w.Gift.SeenBy(viewer)
	return w
}

// SeenByAll is the wish with its gift as every reader of it may read it.
func (w Wish) SeenByAll() Wish {
	w.Gift = w.Gift.SeenByAll()
	return w
}

// New returns the item behind a new wish, without its gift and place, not yet
// stored.
func (in WishInput) New(id ItemID, now time.Time) (ListItem, error) {
	open := false
	return ListItemInput{ListID: in.ListID, GiftID: in.GiftID, Gift: in.Gift, Surprise: &open}.New(id, now)
}
