package gift

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Link is a further address of a gift.
type Link struct {
	Label string `json:"label" maxLength:"200"`
	URL   string `json:"url" minLength:"1" maxLength:"2000"`
}

// Gift is a thing that can be given, on any number of lists. It never says
// which lists hold it, nor who added it. Everybody who sees one of its lists,
// the wisher included, sees all of it, except that PersonIDs leaves out the
// reader. Other secrets belong into an item's notes.
type Gift struct {
	ID              GiftID     `json:"id" readOnly:"true"`
	Name            string     `json:"name" minLength:"1" maxLength:"200"`
	URL             string     `json:"url" maxLength:"2000" doc:"http or https, or empty"`
	Price           *Money     `json:"price"`
	SalePrice       *Money     `json:"sale_price"`
	ImageURL        string     `json:"image_url" maxLength:"2000" doc:"http, https or a data:image address, or empty"`
	Source          string     `json:"source" maxLength:"200" doc:"Where the idea or the price is from"`
	Description     string     `json:"description" maxLength:"10000"`
	Notes           string     `json:"notes" maxLength:"10000"`
	Priority        string     `json:"priority" enum:"low,medium,high"`
	Quantity        int        `json:"quantity" minimum:"1" maximum:"1000"`
	AdditionalLinks []Link     `json:"additional_links" maxItems:"20"`
	PersonIDs       []PersonID `json:"person_ids,omitzero" required:"true" maxItems:"51" doc:"The people it would suit, without the reader. A change of this alone counts no version"`
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
	Name            Field[string]     `json:"name,omitzero" minLength:"1" maxLength:"200"`
	URL             Field[string]     `json:"url,omitzero" maxLength:"2000"`
	Price           Field[*Money]     `json:"price,omitzero"`
	SalePrice       Field[*Money]     `json:"sale_price,omitzero"`
	ImageURL        Field[string]     `json:"image_url,omitzero" maxLength:"2000"`
	Source          Field[string]     `json:"source,omitzero" maxLength:"200"`
	Description     Field[string]     `json:"description,omitzero" maxLength:"10000"`
	Notes           Field[string]     `json:"notes,omitzero" maxLength:"10000"`
	Priority        Field[string]     `json:"priority,omitzero" enum:"low,medium,high"`
	Quantity        Field[int]        `json:"quantity,omitzero" minimum:"1" maximum:"1000"`
	AdditionalLinks Field[[]Link]     `json:"additional_links,omitzero" maxItems:"20"`
	PersonIDs       Field[[]PersonID] `json:"person_ids,omitzero" maxItems:"51"`
	Version         Field[int64]      `json:"version,omitzero" minimum:"1"`
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
	// UpdateGift is for everyone who sees the gift. One that somebody with an
	// account wishes for is theirs to change (else EFORBIDDEN): what planners find
	// out belongs into the item. A change of PersonIDs alone is for everyone,
	// counts no version and makes nothing known: either would betray itself to
	// whom it is about.
	UpdateGift(ctx context.Context, call Call, id GiftID, patch GiftPatch) (Gift, error)
	// DeleteGift takes the gift off every list the actor plans and, as wishes,
	// off those the actor wishes on, and ends the actor's own claim on it as its
	// creator. Lists that the actor cannot see keep theirs; a gift that nobody
	// can see any more is gone.
	DeleteGift(ctx context.Context, call Call, id GiftID) error
}

// Priorities of a gift.
const (
	PriorityLow    = "low"
	PriorityMedium = "medium"
	PriorityHigh   = "high"
)

// Validate checks every field.
func (g Gift) Validate() error {
	return checks(
		checkRequired("name", g.Name, MaxName),
		checkURL("url", g.URL),
		checkMoney("price", g.Price),
		checkMoney("sale_price", g.SalePrice),
		checkPicture("image_url", g.ImageURL),
		checkLine("source", g.Source, MaxShortText),
		checkText("description", g.Description, MaxText),
		checkText("notes", g.Notes, MaxText),
		oneOf("priority", g.Priority, PriorityLow, PriorityMedium, PriorityHigh),
		checkQuantity(g.Quantity),
		checkLinks(g.AdditionalLinks),
	)
}

func checkLinks(links []Link) error {
	if err := checkCount("additional_links", len(links), MaxLinks); err != nil {
		return err
	}
	for i, link := range links {
		field := fmt.Sprintf("additional_links[%d]", i)
		if err := checks(
			checkLine(field+".label", link.Label, MaxShortText),
			checkRequired(field+".url", link.URL, MaxURL),
			checkURL(field+".url", link.URL),
		); err != nil {
			return err
		}
	}
	return nil
}

// New returns the gift that the input describes, not yet stored.
func (in GiftInput) New(id GiftID, now time.Time) (Gift, error) {
	g := Gift{
		ID: id, Name: in.Name, URL: in.URL, Price: in.Price, SalePrice: in.SalePrice,
		ImageURL: in.ImageURL, Source: in.Source, Description: in.Description, Notes: in.Notes,
		Priority: in.Priority, Quantity: in.Quantity, AdditionalLinks: orEmpty(in.AdditionalLinks),
		PersonIDs: orEmpty(in.PersonIDs), Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if g.Priority == "" {
		g.Priority = PriorityMedium
	}
	if g.Quantity == 0 {
		g.Quantity = 1
	}
	return g, checks(g.Validate(), checkPeople("person_ids", g.PersonIDs, MaxGiftPeople))
}

// Apply returns the gift with the patch applied, validated. Version and times
// are the store's to advance.
func (patch GiftPatch) Apply(g Gift) (Gift, error) {
	apply(patch.Name, &g.Name)
	apply(patch.URL, &g.URL)
	apply(patch.Price, &g.Price)
	apply(patch.SalePrice, &g.SalePrice)
	apply(patch.ImageURL, &g.ImageURL)
	apply(patch.Source, &g.Source)
	apply(patch.Description, &g.Description)
	apply(patch.Notes, &g.Notes)
	apply(patch.Priority, &g.Priority)
	apply(patch.Quantity, &g.Quantity)
	apply(patch.AdditionalLinks, &g.AdditionalLinks)
	// Where a writer is one of the most people that there may be, unseen, those
	// whom the writer names are one more. Others may send that back.
	limit := max(MaxGiftPeople, len(g.PersonIDs))
	apply(patch.PersonIDs, &g.PersonIDs)
	g.AdditionalLinks, g.PersonIDs = orEmpty(g.AdditionalLinks), orEmpty(g.PersonIDs)
	return g, checks(g.Validate(), checkPeople("person_ids", g.PersonIDs, limit))
}

// SeenBy is the gift as the account of viewer may read it: without that it
// would suit them. viewer is nil for an account without a person.
func (g Gift) SeenBy(viewer *PersonID) Gift {
	if own := g.suits(viewer); own >= 0 {
		g.PersonIDs = slices.Delete(slices.Clone(g.PersonIDs), own, own+1)
	}
	return g
}

// SeenByAll is the gift as every reader of it may read it: without PersonIDs, which
// are absent from its JSON.
func (g Gift) SeenByAll() Gift {
	g.PersonIDs = nil
	return g
}

// WrittenBy restores in a changed gift what its writer could not see in the one
// before, so that sending back what was read loses nothing. It refuses
// (EFORBIDDEN) to let anybody name themselves: they would not see it again.
func (g Gift) WrittenBy(writer *PersonID, before Gift) (Gift, error) {
	if own := g.suits(writer); own >= 0 {
		return g, &Error{Code: EFORBIDDEN, Field: fmt.Sprintf("person_ids[%d]", own),
			Message: "what would suit you is for others to say: wish for it instead"}
	}
	if was := before.suits(writer); was >= 0 {
		g.PersonIDs = slices.Insert(slices.Clone(g.PersonIDs), min(was, len(g.PersonIDs)), *writer)
	}
	return g, nil
}

// suits is the index of a person among those whom the gift would suit, or -1.
func (g Gift) suits(person *PersonID) int {
	if person == nil {
		return -1
	}
	return slices.Index(g.PersonIDs, *person)
}

// newOrExisting checks that an input that takes a gift names exactly one.
func newOrExisting(id *GiftID, in *GiftInput) error {
	switch {
	case id == nil && in == nil:
		return Invalid("gift_id", "is missing: give gift_id or gift")
	case id != nil && in != nil:
		return Invalid("gift", "give gift_id or gift, not both")
	}
	return nil
}
