package gift

import (
	"context"
	"time"
)

// Status is the column of the board an item stands in.
type Status string

// The columns, in order. Any status may follow any other.
const (
	StatusIdea      Status = "idea"
	StatusSelected  Status = "selected"
	StatusPurchased Status = "purchased"
	StatusReceived  Status = "received"
)

// Statuses are the columns from left to right.
var Statuses = []Status{StatusIdea, StatusSelected, StatusPurchased, StatusReceived}

// ListItem is one gift on one list, as planners see it.
type ListItem struct {
	ID            ItemID    `json:"id" readOnly:"true"`
	ListID        ListID    `json:"list_id" readOnly:"true"`
	GiftID        GiftID    `json:"gift_id" readOnly:"true"`
	Gift          Gift      `json:"gift" readOnly:"true"`
	Status        Status    `json:"status" readOnly:"true" enum:"idea,selected,purchased,received"`
	Position      string    `json:"position" readOnly:"true" doc:"Rank within the column: sort by it bytewise, ties by id"`
	AssigneeID    *UserID   `json:"assignee_id" doc:"The planner who sees to it"`
	Notes         string    `json:"notes" maxLength:"10000" doc:"For planners only"`
	Price         *Money    `json:"price" doc:"What was paid"`
	DiscountPrice *Money    `json:"discount_price"`
	Quantity      int       `json:"quantity" minimum:"1" maximum:"1000"`
	Surprise      bool      `json:"surprise" doc:"Kept from the person the list is about"`
	Version       int64     `json:"version" readOnly:"true"`
	CreatedAt     time.Time `json:"created_at" readOnly:"true"`
	UpdatedAt     time.Time `json:"updated_at" readOnly:"true"`
}

// ListItemInput puts a gift on a list: one that exists (GiftID), or a new one
// (Gift); exactly one of the two. It lands at the end of its column.
type ListItemInput struct {
	ListID        ListID     `json:"list_id"`
	GiftID        *GiftID    `json:"gift_id,omitempty"`
	Gift          *GiftInput `json:"gift,omitempty"`
	Status        Status     `json:"status,omitempty" enum:"idea,selected,purchased,received" doc:"Default idea"`
	AssigneeID    *UserID    `json:"assignee_id,omitempty"`
	Notes         string     `json:"notes,omitempty" maxLength:"10000"`
	Price         *Money     `json:"price,omitempty"`
	DiscountPrice *Money     `json:"discount_price,omitempty"`
	Quantity      int        `json:"quantity,omitempty" minimum:"1" maximum:"1000" doc:"Default 1"`
	Surprise      *bool      `json:"surprise,omitempty" doc:"Default true: what a planner adds is a surprise"`
}

// ListItemPatch changes the fields that are set; see [PersonPatch] for
// Version. A set Status sends the item to the end of that column.
type ListItemPatch struct {
	Status        Field[Status]  `json:"status" enum:"idea,selected,purchased,received"`
	AssigneeID    Field[*UserID] `json:"assignee_id"`
	Notes         Field[string]  `json:"notes" maxLength:"10000"`
	Price         Field[*Money]  `json:"price"`
	DiscountPrice Field[*Money]  `json:"discount_price"`
	Quantity      Field[int]     `json:"quantity" minimum:"1" maximum:"1000"`
	Surprise      Field[bool]    `json:"surprise"`
	Version       Field[int64]   `json:"version" minimum:"1"`
}

// Move puts an item between two neighbours of a column. Before is the item
// that will stand directly before it, After the one directly behind it. A
// neighbour that vanished or left the column falls back to the other one, then
// to the column's end. Version is the item's version that the mover saw.
type Move struct {
	Status  Status  `json:"status" enum:"idea,selected,purchased,received"`
	Before  *ItemID `json:"before,omitempty" doc:"The item directly before the new place"`
	After   *ItemID `json:"after,omitempty" doc:"The item directly behind the new place"`
	Version int64   `json:"version" minimum:"1"`
}

// ListItemService keeps the board. All of it is for planners; to others the
// list and its items are ENOTFOUND.
type ListItemService interface {
	// ListItems returns the whole board, by column, position and id, with the
	// position of the topic list-items:{list}.
	ListItems(ctx context.Context, actor UserID, list ListID) (Positioned[[]ListItem], error)
	ListItem(ctx context.Context, actor UserID, id ItemID) (ListItem, error)
	// CreateListItem answers EEXISTS when the list holds the gift already.
	CreateListItem(ctx context.Context, call Call, in ListItemInput) (ListItem, error)
	UpdateListItem(ctx context.Context, call Call, id ItemID, patch ListItemPatch) (ListItem, error)
	// MoveListItem answers ECONFLICT when Version is stale.
	MoveListItem(ctx context.Context, call Call, id ItemID, move Move) (ListItem, error)
	DeleteListItem(ctx context.Context, call Call, id ItemID) error
}
