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
	Color        string            `json:"color" pattern:"^(#[0-9a-f]{6})?$" patternDescription:"a colour as #rrggbb in lower case, or empty" doc:"Avatar colour"`
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
	Color        string            `json:"color,omitempty" pattern:"^(#[0-9a-f]{6})?$" patternDescription:"a colour as #rrggbb in lower case, or empty"`
}

// PersonPatch changes the fields that are set. A set Version must be the
// present one, or the answer is ECONFLICT; without it the last write wins. A
// patch that changes nothing counts no version and makes nothing known.
type PersonPatch struct {
	Name         Field[string]            `json:"name,omitzero" minLength:"1" maxLength:"200"`
	Relationship Field[string]            `json:"relationship,omitzero" maxLength:"100"`
	Birthdate    Field[*Date]             `json:"birthdate,omitzero" format:"date"`
	Anniversary  Field[*Date]             `json:"anniversary,omitzero" format:"date"`
	Notes        Field[string]            `json:"notes,omitzero" maxLength:"10000"`
	Interests    Field[[]string]          `json:"interests,omitzero" maxItems:"50"`
	Sizes        Field[map[string]string] `json:"sizes,omitzero"`
	Constraints  Field[[]string]          `json:"constraints,omitzero" maxItems:"50"`
	PhotoURL     Field[string]            `json:"photo_url,omitzero" maxLength:"2000"`
	Color        Field[string]            `json:"color,omitzero" pattern:"^(#[0-9a-f]{6})?$" patternDescription:"a colour as #rrggbb in lower case, or empty"`
	Version      Field[int64]             `json:"version,omitzero" minimum:"1"`
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
	// DeletePerson removes somebody without an account whom no list is about
	// (else EFORBIDDEN): a list would lose whom it is kept for.
	DeletePerson(ctx context.Context, call Call, id PersonID) error
}

// Validate checks every field.
func (p Person) Validate() error {
	return checks(
		checkRequired("name", p.Name, MaxName),
		checkLine("relationship", p.Relationship, MaxRelationship),
		checkOptionalDate("birthdate", p.Birthdate),
		checkOptionalDate("anniversary", p.Anniversary),
		checkText("notes", p.Notes, MaxText),
		checkTags("interests", p.Interests),
		checkSizes(p.Sizes),
		checkTags("constraints", p.Constraints),
		checkURL("photo_url", p.PhotoURL),
		checkColor(p.Color),
	)
}

// New returns the person that the input describes, not yet stored. Without a
// colour it gets one by its id.
func (in PersonInput) New(id PersonID, now time.Time) (Person, error) {
	p := Person{
		ID: id, Name: in.Name, Relationship: in.Relationship, Birthdate: in.Birthdate,
		Anniversary: in.Anniversary, Notes: in.Notes, Interests: orEmpty(in.Interests),
		Sizes: in.Sizes, Constraints: orEmpty(in.Constraints), PhotoURL: in.PhotoURL,
		Color: in.Color, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if p.Sizes == nil {
		p.Sizes = map[string]string{}
	}
	if p.Color == "" {
		p.Color = avatarColor(id)
	}
	return p, p.Validate()
}

// Apply returns the person with the patch applied, validated. Version and
// times are the store's to advance.
func (patch PersonPatch) Apply(p Person) (Person, error) {
	apply(patch.Name, &p.Name)
	apply(patch.Relationship, &p.Relationship)
	apply(patch.Birthdate, &p.Birthdate)
	apply(patch.Anniversary, &p.Anniversary)
	apply(patch.Notes, &p.Notes)
	apply(patch.Interests, &p.Interests)
	apply(patch.Sizes, &p.Sizes)
	apply(patch.Constraints, &p.Constraints)
	apply(patch.PhotoURL, &p.PhotoURL)
	apply(patch.Color, &p.Color)
	p.Interests, p.Constraints = orEmpty(p.Interests), orEmpty(p.Constraints)
	if p.Sizes == nil {
		p.Sizes = map[string]string{}
	}
	return p, p.Validate()
}

// SeenBy is the person as the account of viewer may read it: without the notes
// that others keep on them. viewer is nil for an account without a person.
func (p Person) SeenBy(viewer *PersonID) Person {
	if viewer != nil && *viewer == p.ID {
		p.Notes = ""
	}
	return p
}

// avatarColors are distinct, and dark enough for white text.
var avatarColors = []string{
	"#b4436c", "#c0562b", "#a06a00", "#4f7a28", "#1f7a68", "#1d6fa5", "#4a5fc1", "#8250b8",
}

// avatarColor picks a colour that stays the same for an id.
func avatarColor(id PersonID) string {
	sum := 0
	for _, c := range []byte(id) {
		sum += int(c)
	}
	return avatarColors[sum%len(avatarColors)]
}

// orEmpty makes an empty slice of a nil one, so that JSON says [] and not null.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
