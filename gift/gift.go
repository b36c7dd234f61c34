package gift

import (
	"context"
	"time"
)

// Link is a further address of a gift.
type Link struct {
	Label string `json:"label" maxLength:"200"`
	URL   string `json:"url" minLength:"1" maxLength:"2000"`
}

// Gift is a thing that can be given, on any number of lists. It never says
// which lists hold it, nor who added it. Everybody who sees one of its lists,
// the wisher included, sees all of it: secrets belong into an item's notes.
type Gift struct {
	ID              GiftID     `json:"id" readOnly:"true"`
	Name            string     `json:"name" minLength:"1" maxLength:"200"`
	URL             string     `json:"url" maxLength:"2000" doc:"http or https, or empty"`
	Price           *Money     `json:"price"`
	SalePrice       *Money     `json:"sale_price"`
	ImageURL        string     `json:"image_url" maxLength:"2000" doc:"http or https, or empty"`
	Source          string     `json:"source" maxLength:"200" doc:"Where the idea or the price is from"`
	Description     string     `json:"description" maxLength:"10000"`
	Notes           string     `json:"notes" maxLength:"10000"`
	Priority        string     `json:"priority" enum:"low,medium,high"`
	Quantity        int        `json:"quantity" minimum:"1" maximum:"1000"`
	AdditionalLinks []Link     `json:"additional_links" maxItems:"20"`
	PersonIDs       []PersonID `json:"person_ids" maxItems:"50" doc:"Whom it would suit"`
	Version         int64      `json:"version" readOnly:"true"`
	CreatedAt       time.Time  `json:"created_at" readOnly:"true"`
	UpdatedAt       time.Time  `json:"updated_at" readOnly:"true"`
}

// ListGift is a gift as an element of one list's gifts.
type ListGift struct {
	Gift
	ListID ListID `json:"list_id" readOnly:"true"`
}

// GiftInput creates a gift. Priority defaults to medium, Quantity to 1.
type GiftInput struct {
	Name            string     `json:"name" minLength:"1" maxLength:"200"`
	URL             string     `json:"url,omitempty" maxLength:"2000"`
	Price           *Money     `json:"price,omitempty"`
	SalePrice       *Money     `json:"sale_price,omitempty"`
	ImageURL        string     `json:"image_url,omitempty" maxLength:"2000"`
	Source          string     `json:"source,omitempty" maxLength:"200"`
	Description     string     `json:"description,omitempty" maxLength:"10000"`
	Notes           string     `json:"notes,omitempty" maxLength:"10000"`
	Priority        string     `json:"priority,omitempty" enum:"low,medium,high"`
	Quantity        int        `json:"quantity,omitempty" minimum:"1" maximum:"1000"`
	AdditionalLinks []Link     `json:"additional_links,omitempty" maxItems:"20"`
	PersonIDs       []PersonID `json:"person_ids,omitempty" maxItems:"50"`
}

// GiftPatch changes the fields that are set; see [PersonPatch] for Version.
type GiftPatch struct {
	Name            Field[string]     `json:"name" minLength:"1" maxLength:"200"`
	URL             Field[string]     `json:"url" maxLength:"2000"`
	Price           Field[*Money]     `json:"price"`
	SalePrice       Field[*Money]     `json:"sale_price"`
	ImageURL        Field[string]     `json:"image_url" maxLength:"2000"`
	Source          Field[string]     `json:"source" maxLength:"200"`
	Description     Field[string]     `json:"description" maxLength:"10000"`
	Notes           Field[string]     `json:"notes" maxLength:"10000"`
	Priority        Field[string]     `json:"priority" enum:"low,medium,high"`
	Quantity        Field[int]        `json:"quantity" minimum:"1" maximum:"1000"`
	AdditionalLinks Field[[]Link]     `json:"additional_links" maxItems:"20"`
	PersonIDs       Field[[]PersonID] `json:"person_ids" maxItems:"50"`
	Version         Field[int64]      `json:"version" minimum:"1"`
}

// GiftService keeps the gifts. A gift is visible to who created it, to the
// planners of a list that holds it, and to the wisher of a list that holds it
// as a wish; to others it is ENOTFOUND.
type GiftService interface {
	// Gifts returns the gifts the actor may see, newest first.
	Gifts(ctx context.Context, actor UserID, page Page) (PageOf[Gift], error)
	// GiftsOfList returns all gifts of a list, for its planners (else
	// ENOTFOUND), with the position of the topic gift-list:{list}.
	GiftsOfList(ctx context.Context, actor UserID, list ListID) (Positioned[[]ListGift], error)
	// Gift returns one gift with the position of gift:{id}.
	Gift(ctx context.Context, actor UserID, id GiftID) (Positioned[Gift], error)
	CreateGift(ctx context.Context, call Call, in GiftInput) (Gift, error)
	// UpdateGift is for everyone who sees the gift.
	UpdateGift(ctx context.Context, call Call, id GiftID, patch GiftPatch) (Gift, error)
	// DeleteGift takes the gift off every list the actor plans and, as wishes,
	// off those the actor wishes on, and ends the actor's own claim on it as its
	// creator. Lists that the actor cannot see keep theirs; a gift that nobody
	// can see any more is gone.
	DeleteGift(ctx context.Context, call Call, id GiftID) error
}
