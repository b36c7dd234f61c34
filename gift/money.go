package gift

// Money is an amount in the minor unit of its currency (cents).
type Money struct {
	Amount   int64  `json:"amount" minimum:"0" maximum:"100000000000" doc:"Minor units of the currency, e.g. cents"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" example:"EUR" doc:"ISO 4217 code"`
}

// MaxAmount is the largest amount accepted: a thousand million of most currencies.
const MaxAmount = 100_000_000_000
