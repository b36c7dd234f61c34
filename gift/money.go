package gift

// Money is an amount in the minor unit of its currency (cents).
type Money struct {
	Amount   int64  `json:"amount" minimum:"0" maximum:"100000000000" doc:"Minor units of the currency, e.g. cents"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" patternDescription:"an ISO 4217 code of three capital letters, such as EUR" example:"EUR" doc:"ISO 4217 code"`
}

// MaxAmount is the largest amount accepted: a thousand million of most currencies.
const MaxAmount = 100_000_000_000

// TooMuch is the message about more than MaxAmount, in the currency's own units: people
// see euros and yen, not minor units.
const TooMuch = "is too much: at most 1,000,000,000.00, or 100,000,000,000 where the currency has no cents"
