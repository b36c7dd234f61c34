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
	ID     ItemID `json:"id" readOnly:"true"`
	ListID ListID `json:"list_id" readOnly:"true"`
	GiftID GiftID `json:"gift_id" readOnly:"true"`
	Gift   Gift   `json:"gift" readOnly:"true"`
	// RecipientIDs are sorted. To their accounts the item does not exist.
	RecipientIDs  []PersonID `json:"recipient_ids" maxItems:"50" doc:"The people it is for, sorted; their accounts do not see it. On a list about a person it is that person; else it may be empty"`
	Status        Status     `json:"status" readOnly:"true" enum:"idea,selected,purchased,received"`
	Position      string     `json:"position" readOnly:"true" doc:"Rank within the column: sort by it bytewise, ties by id"`
	AssigneeID    *UserID    `json:"assignee_id" doc:"The planner who will buy it"`
	Notes         string     `json:"notes" maxLength:"10000" doc:"For planners only"`
	Price         *Money     `json:"price" doc:"What was paid"`
	DiscountPrice *Money     `json:"discount_price"`
	Link          string     `json:"link" maxLength:"2000" doc:"Where to buy it, for planners only: http or https, or empty"`
	Quantity      int        `json:"quantity" minimum:"1" maximum:"1000"`
	Surprise      bool       `json:"surprise" doc:"Kept from the person the list is about"`
	Version       int64      `json:"version" readOnly:"true"`
	CreatedAt     time.Time  `json:"created_at" readOnly:"true"`
	UpdatedAt     time.Time  `json:"updated_at" readOnly:"true"`
}

// ListItemInput puts a gift on a list: one that exists (GiftID), or a new one
// (Gift); exactly one of the two. It lands at the end of its column.
type ListItemInput struct {
	ListID        ListID     `json:"list_id"`
	GiftID        *GiftID    `json:"gift_id,omitempty"`
	Gift          *GiftInput `json:"gift,omitempty"`
	Status        Status     `json:"status,omitempty" enum:"idea,selected,purchased,received" doc:"Default idea"`
	RecipientIDs  []PersonID `json:"recipient_ids,omitempty" maxItems:"50" doc:"The people it is for; on a list about a person always that person, named or not"`
	AssigneeID    *UserID    `json:"assignee_id,omitempty"`
	Notes         string     `json:"notes,omitempty" maxLength:"10000"`
	Price         *Money     `json:"price,omitempty"`
	DiscountPrice *Money     `json:"discount_price,omitempty"`
	Link          string     `json:"link,omitempty" maxLength:"2000"`
	Quantity      int        `json:"quantity,omitempty" minimum:"1" maximum:"1000" doc:"Default 1"`
	Surprise      *bool      `json:"surprise,omitempty" doc:"Default true: an item of a planner is a surprise"`
}

// ListItemPatch changes the fields that are set; see [PersonPatch] for
// Version. A Status other than the present one sends the item to the end of
// that column.
type ListItemPatch struct {
	Status        Field[Status]     `json:"status,omitzero" enum:"idea,selected,purchased,received"`
	RecipientIDs  Field[[]PersonID] `json:"recipient_ids,omitzero" maxItems:"50"`
	AssigneeID    Field[*UserID]    `json:"assignee_id,omitzero"`
	Notes         Field[string]     `json:"notes,omitzero" maxLength:"10000"`
	Price         Field[*Money]     `json:"price,omitzero"`
	DiscountPrice Field[*Money]     `json:"discount_price,omitzero"`
	Link          Field[string]     `json:"link,omitzero" maxLength:"2000"`
	Quantity      Field[int]        `json:"quantity,omitzero" minimum:"1" maximum:"1000"`
	Surprise      Field[bool]       `json:"surprise,omitzero"`
	Version       Field[int64]      `json:"version,omitzero" minimum:"1"`

	// Where the caller takes the item to be. A patch does not move it, so what
	// is set must be so (else EINVALID).
	ListID   Field[ListID] `json:"list_id,omitzero"`
	GiftID   Field[GiftID] `json:"gift_id,omitzero"`
	Position Field[string] `json:"position,omitzero"`
}

// Move puts an item between two neighbours of a column. Before is the item
// that will stand directly before it, After the one directly behind it. A
// neighbour that vanished or left the column falls back to the other one, then
// to the column's end. Version is the version that the mover read.
type Move struct {
	Status  Status  `json:"status" enum:"idea,selected,purchased,received"`
	Before  *ItemID `json:"before,omitempty" pattern:"^[0-9a-z]{20}$" patternDescription:"the id of an item: 20 characters of 0-9 a-z" doc:"The item directly before the new place"`
	After   *ItemID `json:"after,omitempty" pattern:"^[0-9a-z]{20}$" patternDescription:"the id of an item: 20 characters of 0-9 a-z" doc:"The item directly behind the new place"`
	Version int64   `json:"version" minimum:"1"`
}

// ListItemService keeps the board. All of it is for planners; to others the
// list and its items are ENOTFOUND, and so is an item to the accounts of its
// recipients.
type ListItemService interface {
	// ListItems returns the whole board, by column, position and id, with the
	// position of the topic list-items:{list}.
	ListItems(ctx context.Context, actor UserID, list ListID) (Positioned[[]ListItem], error)
	ListItem(ctx context.Context, actor UserID, id ItemID) (ListItem, error)
	// CreateListItem answers EEXISTS when the list holds the gift already, in an
	// item that the actor sees.
	CreateListItem(ctx context.Context, call Call, in ListItemInput) (ListItem, error)
	// UpdateListItem answers EFORBIDDEN where it would make a surprise of what the
	// wisher wishes for: see [WishService].
	UpdateListItem(ctx context.Context, call Call, id ItemID, patch ListItemPatch) (ListItem, error)
	// MoveListItem answers ECONFLICT when Version is stale.
	MoveListItem(ctx context.Context, call Call, id ItemID, move Move) (ListItem, error)
	// DeleteListItem answers EFORBIDDEN about what the wisher wishes for.
	DeleteListItem(ctx context.Context, call Call, id ItemID) error
}

// Validate checks every field of the item itself, not of its gift.
func (i ListItem) Validate() error {
	return checks(
		oneOf("status", i.Status, Statuses...),
		checkText("notes", i.Notes, MaxText),
		checkMoney("price", i.Price),
		checkMoney("discount_price", i.DiscountPrice),
		checkURL("link", i.Link),
		checkQuantity(i.Quantity),
	)
}

// New returns the item that the input describes, without its gift, place and
// recipients, not yet stored.
func (in ListItemInput) New(id ItemID, now time.Time) (ListItem, error) {
	i := ListItem{
		ID: id, ListID: in.ListID, Status: in.Status, AssigneeID: in.AssigneeID, Notes: in.Notes,
		Price: in.Price, DiscountPrice: in.DiscountPrice, Link: in.Link, Quantity: in.Quantity, Surprise: true,
		Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if i.Status == "" {
		i.Status = StatusIdea
	}
	if i.Quantity == 0 {
		i.Quantity = 1
	}
	if in.Surprise != nil {
		i.Surprise = *in.Surprise
	}
	return i, checks(i.Validate(), newOrExisting(in.GiftID, in.Gift))
}

// Apply returns the item with the patch applied, validated, but for whom it is
// for: see [List.Recipients]. Place, version and times are the store's to
// advance.
func (patch ListItemPatch) Apply(i ListItem) (ListItem, error) {
	if err := checks(
		checkSame("list_id", patch.ListID, i.ListID, "an item stays on its list"),
		checkSame("gift_id", patch.GiftID, i.GiftID, "an item keeps its gift"),
		checkSame("position", patch.Position, i.Position, "the server assigns positions: move the item instead"),
	); err != nil {
		return i, err
	}
	apply(patch.Status, &i.Status)
	apply(patch.AssigneeID, &i.AssigneeID)
	apply(patch.Notes, &i.Notes)
	apply(patch.Price, &i.Price)
	apply(patch.DiscountPrice, &i.DiscountPrice)
	apply(patch.Link, &i.Link)
	apply(patch.Quantity, &i.Quantity)
	apply(patch.Surprise, &i.Surprise)
	return i, i.Validate()
}

// Validate checks the move itself.
func (m Move) Validate() error {
	if m.Version < 1 {
		return Invalid("version", "must be the version of the item that you read last")
	}
	return oneOf("status", m.Status, Statuses...)
}

// SeenBy is the item with its gift as the account of viewer may read it.
func (i ListItem) SeenBy(viewer *PersonID) ListItem {
	i.Gift = i.Gift.SeenBy(viewer)
	return i
}

// SeenByAll is the item with its gift as every planner may read it.
func (i ListItem) SeenByAll() ListItem {
	i.Gift = i.Gift.SeenByAll()
	return i
}

// ActedOn reports whether planners did something about an item that its wisher
// may not undo, or notice.
func (i ListItem) ActedOn() bool {
	return i.Status != StatusIdea || i.AssigneeID != nil || i.Notes != "" ||
		i.Price != nil || i.DiscountPrice != nil || i.Link != ""
}
