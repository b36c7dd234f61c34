package gift

import (
	"context"
	"time"
)

// OccasionType says what kind of day an occasion is.
type OccasionType string

// The types of occasions.
const (
	OccasionHoliday   OccasionType = "holiday"
	OccasionRecurring OccasionType = "recurring"
	OccasionOther     OccasionType = "other"
)

// Occasion is a day to give on.
type Occasion struct {
	ID             OccasionID       `json:"id" readOnly:"true"`
	Name           string           `json:"name" minLength:"1" maxLength:"200"`
	Type           OccasionType     `json:"type" enum:"holiday,recurring,other"`
	Date           Date             `json:"date" format:"date"`
	Description    string           `json:"description" maxLength:"10000"`
	BudgetTotal    *Money           `json:"budget_total"`
	RecurrenceRule string           `json:"recurrence_rule" enum:",yearly" doc:"Empty, or yearly"`
	NextOccurrence *Date            `json:"next_occurrence" readOnly:"true" format:"date" doc:"The next day it falls on, null once it is over"`
	People         []OccasionPerson `json:"people" maxItems:"200"`
	Version        int64            `json:"version" readOnly:"true"`
	CreatedAt      time.Time        `json:"created_at" readOnly:"true"`
	UpdatedAt      time.Time        `json:"updated_at" readOnly:"true"`
}

// OccasionPerson is somebody who gets something on an occasion. The budget is
// null when that person's own account reads it.
type OccasionPerson struct {
	PersonID PersonID `json:"person_id"`
	Budget   *Money   `json:"budget"`
}

// OccasionInput creates an occasion.
type OccasionInput struct {
	Name           string           `json:"name" minLength:"1" maxLength:"200"`
	Type           OccasionType     `json:"type" enum:"holiday,recurring,other"`
	Date           Date             `json:"date" format:"date"`
	Description    string           `json:"description,omitempty" maxLength:"10000"`
	BudgetTotal    *Money           `json:"budget_total,omitempty"`
	RecurrenceRule string           `json:"recurrence_rule,omitempty" enum:",yearly"`
	People         []OccasionPerson `json:"people,omitempty" maxItems:"200"`
}

// OccasionPatch changes the fields that are set; see [PersonPatch] for Version.
type OccasionPatch struct {
	Name           Field[string]           `json:"name" minLength:"1" maxLength:"200"`
	Type           Field[OccasionType]     `json:"type" enum:"holiday,recurring,other"`
	Date           Field[Date]             `json:"date" format:"date"`
	Description    Field[string]           `json:"description" maxLength:"10000"`
	BudgetTotal    Field[*Money]           `json:"budget_total"`
	RecurrenceRule Field[string]           `json:"recurrence_rule" enum:",yearly"`
	People         Field[[]OccasionPerson] `json:"people" maxItems:"200"`
	Version        Field[int64]            `json:"version" minimum:"1"`
}

// OccasionService keeps the occasions; every member may read and write them.
type OccasionService interface {
	// Occasions returns occasions by date, the next first.
	Occasions(ctx context.Context, actor UserID, page Page) (PageOf[Occasion], error)
	Occasion(ctx context.Context, actor UserID, id OccasionID) (Occasion, error)
	CreateOccasion(ctx context.Context, call Call, in OccasionInput) (Occasion, error)
	UpdateOccasion(ctx context.Context, call Call, id OccasionID, patch OccasionPatch) (Occasion, error)
	// DeleteOccasion removes an occasion; its lists stay, without one.
	DeleteOccasion(ctx context.Context, call Call, id OccasionID) error
}
