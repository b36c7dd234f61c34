package gift

import (
	"context"
	"time"
)

// ListType says what a list is for.
type ListType string

// The types of lists.
const (
	ListWishlist ListType = "wishlist"
	ListIdeas    ListType = "ideas"
	ListAssigned ListType = "assigned"
)

// Visibility says who may see a list at all.
type Visibility string

// The visibilities. Public is, among members, the same as family.
const (
	VisibilityPrivate Visibility = "private"
	VisibilityFamily  Visibility = "family"
	VisibilityPublic  Visibility = "public"
)

// Access is what a user may do with a list.
type Access string

// The levels of access.
const (
	// AccessNone: the list does not exist for this user.
	AccessNone Access = "none"
	// AccessWisher is the person the list is about: sees the wishes, may add
	// and withdraw some; no status, no buyer, no surprise.
	AccessWisher Access = "wisher"
	// AccessPlanner sees and works the board.
	AccessPlanner Access = "planner"
)

// List is a collection of gifts, shown to planners as a board.
type List struct {
	ID               ListID      `json:"id" readOnly:"true"`
	Name             string      `json:"name" minLength:"1" maxLength:"200"`
	Type             ListType    `json:"type" enum:"wishlist,ideas,assigned"`
	Visibility       Visibility  `json:"visibility" enum:"private,family,public"`
	HiddenFromPerson bool        `json:"hidden_from_person" doc:"The person it is about does not learn that it exists"`
	OwnerID          UserID      `json:"owner_id" readOnly:"true"`
	PersonID         *PersonID   `json:"person_id" doc:"The person it is about"`
	OccasionID       *OccasionID `json:"occasion_id"`
	Description      string      `json:"description" maxLength:"10000"`
	Access           Access      `json:"access" readOnly:"true" enum:"wisher,planner" doc:"What the reader may do with it"`
	ItemCount        int         `json:"item_count" readOnly:"true" doc:"Items the reader may see"`
	Version          int64       `json:"version" readOnly:"true"`
	CreatedAt        time.Time   `json:"created_at" readOnly:"true"`
	UpdatedAt        time.Time   `json:"updated_at" readOnly:"true"`
}

// AccessFor decides what a user, who may be linked to a person, may do with
// the list. Everything that is shown, sent or counted goes through it.
func (l List) AccessFor(user UserID, person *PersonID) Access {
	owner := l.OwnerID == user
	if l.Visibility == VisibilityPrivate && !owner {
		return AccessNone
	}
	if l.PersonID != nil && person != nil && *l.PersonID == *person {
		if l.HiddenFromPerson {
			return AccessNone
		}
		return AccessWisher
	}
	return AccessPlanner
}

// ListInput creates a list. A wishlist without a person is about its owner.
// HiddenFromPerson defaults to true for a list of another type that is about
// somebody, else to false. A list cannot be hidden from its own owner (EINVALID).
type ListInput struct {
	Name             string      `json:"name" minLength:"1" maxLength:"200"`
	Type             ListType    `json:"type" enum:"wishlist,ideas,assigned"`
	Visibility       Visibility  `json:"visibility,omitempty" enum:"private,family,public" doc:"Default family"`
	HiddenFromPerson *bool       `json:"hidden_from_person,omitempty"`
	PersonID         *PersonID   `json:"person_id,omitempty"`
	OccasionID       *OccasionID `json:"occasion_id,omitempty"`
	Description      string      `json:"description,omitempty" maxLength:"10000"`
}

// ListPatch changes the fields that are set; see [PersonPatch] for Version.
type ListPatch struct {
	Name             Field[string]      `json:"name,omitzero" minLength:"1" maxLength:"200"`
	Type             Field[ListType]    `json:"type,omitzero" enum:"wishlist,ideas,assigned"`
	Visibility       Field[Visibility]  `json:"visibility,omitzero" enum:"private,family,public"`
	HiddenFromPerson Field[bool]        `json:"hidden_from_person,omitzero"`
	PersonID         Field[*PersonID]   `json:"person_id,omitzero"`
	OccasionID       Field[*OccasionID] `json:"occasion_id,omitzero"`
	Description      Field[string]      `json:"description,omitzero" maxLength:"10000"`
	Version          Field[int64]       `json:"version,omitzero" minimum:"1"`
}

// ListService keeps the lists. A list that the actor has no access to is
// ENOTFOUND, exactly like one that does not exist.
type ListService interface {
	// Lists returns the lists the actor may see, newest first, optionally of
	// one occasion or about one person ("" for any).
	Lists(ctx context.Context, actor UserID, filter ListFilter, page Page) (PageOf[List], error)
	List(ctx context.Context, actor UserID, id ListID) (List, error)
	CreateList(ctx context.Context, call Call, in ListInput) (List, error)
	// UpdateList is for the owner, or an admin who plans it (else EFORBIDDEN).
	// Whether the list is about its owner is for the owner alone to say. A list
	// about nobody in particular stays so (EINVALID): it may hold cards that the
	// actor does not see, for people who would see them then. The cards of a list
	// that comes to be about somebody else are for that person; those of one that
	// comes to be about nobody stay for whom it was.
	UpdateList(ctx context.Context, call Call, id ListID, patch ListPatch) (List, error)
	// DeleteList is for the owner, or an admin who plans it. Its items go too, those
	// that the actor does not see among them.
	DeleteList(ctx context.Context, call Call, id ListID) error
}

// ListFilter narrows a listing; zero fields do not.
type ListFilter struct {
	Occasion OccasionID
	Person   PersonID
}

// Validate checks every field, and that the list is not hidden from its owner,
// who may be linked to a person.
func (l List) Validate(owner *PersonID) error {
	err := checks(
		checkRequired("name", l.Name, MaxName),
		oneOf("type", l.Type, ListWishlist, ListIdeas, ListAssigned),
		oneOf("visibility", l.Visibility, VisibilityPrivate, VisibilityFamily, VisibilityPublic),
		checkText("description", l.Description, MaxText),
	)
	if err == nil && l.AccessFor(l.OwnerID, owner) == AccessNone {
		err = Invalid("hidden_from_person", "a list cannot be hidden from its own owner")
	}
	return err
}

// New returns the list that the input describes, not yet stored. owner is the
// person of the owner's account, if it has one.
func (in ListInput) New(id ListID, by UserID, owner *PersonID, now time.Time) (List, error) {
	l := List{
		ID: id, Name: in.Name, Type: in.Type, Visibility: in.Visibility, OwnerID: by,
		PersonID: in.PersonID, OccasionID: in.OccasionID, Description: in.Description,
		Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if l.Visibility == "" {
		l.Visibility = VisibilityFamily
	}
	if l.Type == ListWishlist && l.PersonID == nil {
		l.PersonID = owner
	}
	l.HiddenFromPerson = l.hiddenByDefault(owner)
	if in.HiddenFromPerson != nil {
		l.HiddenFromPerson = *in.HiddenFromPerson
	}
	return l, l.Validate(owner)
}

// Apply returns the list with the patch applied, validated. Version and times
// are the store's to advance. A list that comes to be about somebody else is
// hidden from them by the same default as a new one.
func (patch ListPatch) Apply(l List, owner *PersonID) (List, error) {
	was := l.PersonID
	apply(patch.Name, &l.Name)
	apply(patch.Type, &l.Type)
	apply(patch.Visibility, &l.Visibility)
	apply(patch.PersonID, &l.PersonID)
	apply(patch.OccasionID, &l.OccasionID)
	apply(patch.Description, &l.Description)
	if was == nil && l.PersonID != nil {
		return l, Invalid("person_id",
			"a list about nobody in particular stays so: its cards say whom each is for. Make a list about this person instead")
	}
	if l.PersonID != nil && *was != *l.PersonID && !l.HiddenFromPerson {
		l.HiddenFromPerson = l.hiddenByDefault(owner)
	}
	apply(patch.HiddenFromPerson, &l.HiddenFromPerson)
	return l, l.Validate(owner)
}

// hiddenByDefault: what is planned for somebody is kept from them, unless it
// is their own wishlist or their own list.
func (l List) hiddenByDefault(owner *PersonID) bool {
	return l.Type != ListWishlist && l.PersonID != nil && (owner == nil || *owner != *l.PersonID)
}
