package gift

import (
	"context"
	"fmt"
	"slices"
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
// null when that person's own account reads it, as is the occasion's total then
// if anybody else has a budget, or nobody else is there.
type OccasionPerson struct {
	PersonID PersonID `json:"person_id"`
	Budget   *Money   `json:"budget" required:"false"`
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
	Name           Field[string]           `json:"name,omitzero" minLength:"1" maxLength:"200"`
	Type           Field[OccasionType]     `json:"type,omitzero" enum:"holiday,recurring,other"`
	Date           Field[Date]             `json:"date,omitzero" format:"date"`
	Description    Field[string]           `json:"description,omitzero" maxLength:"10000"`
	BudgetTotal    Field[*Money]           `json:"budget_total,omitzero"`
	RecurrenceRule Field[string]           `json:"recurrence_rule,omitzero" enum:",yearly"`
	People         Field[[]OccasionPerson] `json:"people,omitzero" maxItems:"200"`
	Version        Field[int64]            `json:"version,omitzero" minimum:"1"`
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

// RecurYearly is the one recurrence rule there is, besides none.
const RecurYearly = "yearly"

// Validate checks every field.
func (o Occasion) Validate() error {
	return checks(
		checkRequired("name", o.Name, MaxName),
		oneOf("type", o.Type, OccasionHoliday, OccasionRecurring, OccasionOther),
		checkDate("date", o.Date),
		checkText("description", o.Description, MaxText),
		checkMoney("budget_total", o.BudgetTotal),
		oneOf("recurrence_rule", o.RecurrenceRule, "", RecurYearly),
		checkGuests(o.People),
	)
}

func checkGuests(people []OccasionPerson) error {
	if err := checkCount("people", len(people), MaxGuests); err != nil {
		return err
	}
	seen := make(map[PersonID]bool, len(people))
	for i, p := range people {
		field := fmt.Sprintf("people[%d]", i)
		switch {
		case p.PersonID == "":
			return Invalid(field+".person_id", "may not be empty")
		case seen[p.PersonID]:
			return Invalid(field+".person_id", "is there twice")
		}
		seen[p.PersonID] = true
		if err := checkMoney(field+".budget", p.Budget); err != nil {
			return err
		}
	}
	return nil
}

// New returns the occasion that the input describes, not yet stored. A
// recurring one recurs yearly unless it says otherwise.
func (in OccasionInput) New(id OccasionID, now time.Time) (Occasion, error) {
	o := Occasion{
		ID: id, Name: in.Name, Type: in.Type, Date: in.Date, Description: in.Description,
		BudgetTotal: in.BudgetTotal, RecurrenceRule: in.RecurrenceRule,
		People: orEmpty(in.People), Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if o.Type == OccasionRecurring && o.RecurrenceRule == "" {
		o.RecurrenceRule = RecurYearly
	}
	return o, o.Validate()
}

// Apply returns the occasion with the patch applied, validated. Version and
// times are the store's to advance.
func (patch OccasionPatch) Apply(o Occasion) (Occasion, error) {
	apply(patch.Name, &o.Name)
	apply(patch.Type, &o.Type)
	apply(patch.Date, &o.Date)
	apply(patch.Description, &o.Description)
	apply(patch.BudgetTotal, &o.BudgetTotal)
	apply(patch.RecurrenceRule, &o.RecurrenceRule)
	apply(patch.People, &o.People)
	o.People = orEmpty(o.People)
	return o, o.Validate()
}

// SeenBy is the occasion as the account of viewer may read it: without its own
// person's budget, and without the total where that could tell it. viewer is nil
// for an account without a person.
func (o Occasion) SeenBy(viewer *PersonID) Occasion {
	own := o.guest(viewer)
	if own < 0 {
		return o
	}
	if o.totalTells(own) {
		o.BudgetTotal = nil
	}
	o.People = slices.Clone(o.People)
	o.People[own].Budget = nil
	return o
}

// totalTells reports whether the total could give a guest's budget away: it is
// the total less the others' budgets, and where nobody else is there, the total
// itself. It does not depend on the guest's own budget, which it would tell.
func (o Occasion) totalTells(guest int) bool {
	return len(o.People) == 1 || slices.ContainsFunc(slices.Delete(slices.Clone(o.People), guest, guest+1),
		func(p OccasionPerson) bool { return p.Budget != nil })
}

// TotalKept reports whether the total is kept from a person.
func (o Occasion) TotalKept(person *PersonID) bool {
	own := o.guest(person)
	return own >= 0 && o.totalTells(own)
}

// WrittenBy restores in a changed occasion what its writer could not see in
// the one before, so that sending back what was read loses nothing. It refuses
// (EFORBIDDEN) to let anybody set a budget for themselves, or bring a total to
// light that is kept from them. Its answers do not depend on what is kept.
func (o Occasion) WrittenBy(writer *PersonID, before Occasion) (Occasion, error) {
	own, was := o.guest(writer), before.guest(writer)
	if own >= 0 {
		var had *Money
		if was >= 0 {
			had = before.People[was].Budget
		}
		if budget := o.People[own].Budget; budget != nil && budget != had {
			return o, notYours(fmt.Sprintf("people[%d].budget", own))
		}
		o.People = slices.Clone(o.People)
		o.People[own].Budget = had
	}
	return o.totalWrittenBy(writer, before)
}

// totalWrittenBy is the part of WrittenBy that is about the total.
func (o Occasion) totalWrittenBy(writer *PersonID, before Occasion) (Occasion, error) {
	kept := before.TotalKept(writer)
	if kept && !o.TotalKept(writer) {
		return o, &Error{Code: EFORBIDDEN, Field: "people",
			Message: "somebody else has to change that: it would show you what is meant for you"}
	}
	if kept {
		if o.BudgetTotal != nil && o.BudgetTotal != before.BudgetTotal {
			return o, notYours("budget_total")
		}
		o.BudgetTotal = before.BudgetTotal
	}
	alone := o.guest(writer) >= 0 && len(o.People) == 1
	if !kept && alone && !equalMoney(o.BudgetTotal, before.BudgetTotal) {
		return o, notYours("budget_total")
	}
	return o, nil
}

// notYours refuses a budget that somebody writes for themselves.
func notYours(field string) error {
	return &Error{Code: EFORBIDDEN, Field: field, Message: "the budget for you is for others to set"}
}

func equalMoney(a, b *Money) bool { return a == b || a != nil && b != nil && *a == *b }

// guest is the index of a person among the occasion's people, or -1.
func (o Occasion) guest(person *PersonID) int {
	if person == nil {
		return -1
	}
	return slices.IndexFunc(o.People, func(p OccasionPerson) bool { return p.PersonID == *person })
}

// Next is the first day on or after today that the occasion falls on, never
// before its date, or nil once it is over. The 29th of February falls on the
// 28th in other years.
func (o Occasion) Next(today Date) *Date {
	if o.Date >= today {
		return &o.Date
	}
	first, err := o.Date.Time()
	now, err2 := today.Time()
	if err != nil || err2 != nil || o.RecurrenceRule != RecurYearly {
		return nil
	}
	for year := now.Year(); ; year++ {
		if next := dayInYear(first, year); next >= today {
			return &next
		}
	}
}

// dayInYear is the same day in another year, or the last one of its month.
func dayInYear(day time.Time, year int) Date {
	next := time.Date(year, day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	if next.Month() != day.Month() {
		next = time.Date(year, day.Month()+1, 0, 0, 0, 0, 0, time.UTC)
	}
	return Date(next.Format(time.DateOnly))
}
