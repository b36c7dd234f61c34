package gift

// Limits of what people may write, in characters (Unicode code points) and
// elements. The domain enforces them; the struct tags repeat them for OpenAPI.
const (
	MaxName         = 200    // names of everything
	MaxShortText    = 200    // a source, a link's label, an interest, a constraint, a size
	MaxRelationship = 100    // a person's relationship, the name of a size
	MaxText         = 10_000 // descriptions and notes
	MaxURL          = 2000
	MaxEmail        = 254 // RFC 5321
	MaxTags         = 50  // a person's interests, constraints and sizes, each
	MaxLinks        = 20  // additional links of a gift
	MaxGiftPeople   = 50  // people that one gift would suit, as somebody writes it
	MaxRecipients   = 50  // people that one card is for
	MaxPreview      = 100 // cards that the preview of an invite names
	MaxGuests       = 200 // people of one occasion
	MaxQuantity     = 1000
	MaxMutationID   = 128
)

// DefaultCurrency is the family's currency when setup names none.
const DefaultCurrency = "EUR"
