package httpauth

import "sync/atomic"

// Outcome is what became of a question.
type Outcome string

// The outcomes. Behind Cached all are failures: no verdict was had.
const (
	Allowed Outcome = "allowed" // the backend said so
	Denied  Outcome = "denied"  // the backend said so
	Cached  Outcome = "cached"  // a verdict of before was good

	Busy        Outcome = "busy"        // no turn came in time: MaxCalls were under way
	Timeout     Outcome = "timeout"     // no answer in time
	Unreachable Outcome = "unreachable" // no connection, or one that broke
	Redirect    Outcome = "redirect"    // the answer leads elsewhere
	BadStatus   Outcome = "bad_status"  // its status is not 200
	BadType     Outcome = "bad_type"    // it is not application/json
	TooLarge    Outcome = "too_large"   // it has more than MaxAnswer bytes
	BadAnswer   Outcome = "bad_answer"  // it is not what doc.go says
	WrongTopic  Outcome = "wrong_topic" // it is about another user or topic
)

// Outcomes are all there are.
var Outcomes = []Outcome{
	Allowed, Denied, Cached, Busy, Timeout, Unreachable, Redirect, BadStatus, BadType, TooLarge, BadAnswer, WrongTopic,
}

// Stats are figures of an Authorizer.
type Stats struct {
	// Outcomes counts questions. One that several waited for counts once.
	Outcomes map[Outcome]uint64
	// Calls is how many are under way, or wait for their turn.
	Calls int
	// Entries is how many verdicts are remembered.
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
