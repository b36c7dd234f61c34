package gift

import (
	"context"
	"time"
)

// Date is a day as YYYY-MM-DD.
type Date string

// Person is somebody gifts are planned for. A person is not a user: children
// have no account.
type Person struct {
	ID           PersonID          `json:"id" readOnly:"true"`
	Name         string            `json:"name" minLength:"1" maxLength:"200"`
	Relationship string            `json:"relationship" maxLength:"100" doc:"To the family, e.g. daughter"`
	Birthdate    *Date             `json:"birthdate" format:"date"`
	Anniversary  *Date             `json:"anniversary" format:"date"`
	Notes        string            `json:"notes" maxLength:"10000" doc:"Kept from the person they are about"`
	Interests    []string          `json:"interests" maxItems:"50"`
	Sizes        map[string]string `json:"sizes" doc:"For example shoe: 38"`
	Constraints  []string          `json:"constraints" maxItems:"50" doc:"Allergies and the like"`
	PhotoURL     string            `json:"photo_url" maxLength:"2000"`
	Color        string            `json:"color" pattern:"^(#[0-9a-f]{6})?$" doc:"Avatar colour"`
	UserID       *UserID           `json:"user_id" readOnly:"true" doc:"The account of this person, if they have one"`
	Version      int64             `json:"version" readOnly:"true"`
	CreatedAt    time.Time         `json:"created_at" readOnly:"true"`
	UpdatedAt    time.Time         `json:"updated_at" readOnly:"true"`
}

// PersonInput creates a person.
type PersonInput struct {
	Name         string            `json:"name" minLength:"1" maxLength:"200"`
	Relationship string            `json:"relationship,omitempty" maxLength:"100"`
	Birthdate    *Date             `json:"birthdate,omitempty" format:"date"`
	Anniversary  *Date             `json:"anniversary,omitempty" format:"date"`
	Notes        string            `json:"notes,omitempty" maxLength:"10000"`
	Interests    []string          `json:"interests,omitempty" maxItems:"50"`
	Sizes        map[string]string `json:"sizes,omitempty"`
	Constraints  []string          `json:"constraints,omitempty" maxItems:"50"`
	PhotoURL     string            `json:"photo_url,omitempty" maxLength:"2000"`
	Color        string            `json:"color,omitempty" pattern:"^(#[0-9a-f]{6})?$"`
}

// PersonPatch changes the fields that are set. A set Version must be the
// present one, or the answer is ECONFLICT; without it the last write wins.
type PersonPatch struct {
	Name         Field[string]            `json:"name" minLength:"1" maxLength:"200"`
	Relationship Field[string]            `json:"relationship" maxLength:"100"`
	Birthdate    Field[*Date]             `json:"birthdate" format:"date"`
	Anniversary  Field[*Date]             `json:"anniversary" format:"date"`
	Notes        Field[string]            `json:"notes" maxLength:"10000"`
	Interests    Field[[]string]          `json:"interests" maxItems:"50"`
	Sizes        Field[map[string]string] `json:"sizes"`
	Constraints  Field[[]string]          `json:"constraints" maxItems:"50"`
	PhotoURL     Field[string]            `json:"photo_url" maxLength:"2000"`
	Color        Field[string]            `json:"color" pattern:"^(#[0-9a-f]{6})?$"`
	Version      Field[int64]             `json:"version" minimum:"1"`
}

// PersonService keeps the people. Every member may read and write them, but a
// person's notes are empty when that person's own account reads them, and it
// cannot write them (EFORBIDDEN).
type PersonService interface {
	// Persons returns people by name.
	Persons(ctx context.Context, actor UserID, page Page) (PageOf[Person], error)
	// Person returns one person, or ENOTFOUND.
	Person(ctx context.Context, actor UserID, id PersonID) (Person, error)
	CreatePerson(ctx context.Context, call Call, in PersonInput) (Person, error)
	UpdatePerson(ctx context.Context, call Call, id PersonID, patch PersonPatch) (Person, error)
	// DeletePerson removes somebody without an account (else EFORBIDDEN); lists
	// about them stay, about nobody.
	DeletePerson(ctx context.Context, call Call, id PersonID) error
}
