package httpauth

import "sync/atomic"

// Outcome is the result of a request.
type Outcome string

// The outcomes. Those after Cached are failures: there was no decision.
const (
	Allowed Outcome = "allowed" // by the backend
	Denied  Outcome = "denied"  // by the backend
	Cached  Outcome = "cached"  // from the cache

	Busy        Outcome = "busy"        // MaxCalls were running for all of Timeout
	Timeout     Outcome = "timeout"     // no answer in time
	Unreachable Outcome = "unreachable" // no connection, or one that broke
	Redirect    Outcome = "redirect"    // the answer is a redirect
	BadStatus   Outcome = "bad_status"  // its status is not 200
	BadType     Outcome = "bad_type"    // it is not application/json
	TooLarge    Outcome = "too_large"   // it has more than MaxAnswer bytes
	BadAnswer   Outcome = "bad_answer"  // it does not have the form of doc.go
	WrongTopic  Outcome = "wrong_topic" // it is about another user or topic
)

// Outcomes are all outcomes.
var Outcomes = []Outcome{
	Allowed, Denied, Cached, Busy, Timeout, Unreachable, Redirect, BadStatus, BadType, TooLarge, BadAnswer, WrongTopic,
}

// Stats are the figures of an Authorizer.
type Stats struct {
	// Outcomes counts requests. A call that several share counts once.
	Outcomes map[Outcome]uint64
	// Calls is how many run or wait for a slot.
	Calls int
	// Entries is how many decisions are cached.
	Entries int
}

// counters count outcomes.
type counters map[Outcome]*atomic.Uint64

func newCounters() counters {
	c := make(counters)
	for _, o := range Outcomes {
		c[o] = new(atomic.Uint64)
	}
	return c
}
