package realtime

import "strconv"

// CloseCode is the status a WebSocket closes with. The constants, and what
// each of them means, are generated from protocol/codes.json.
type CloseCode uint16

// Reconnect is what a client does after a close.
type Reconnect string

// All values of Reconnect.
const (
	// ReconnectAfter waits for the time in drain, then resumes.
	ReconnectAfter Reconnect = "after"
	// ReconnectNow resumes at once.
	ReconnectNow Reconnect = "now"
	// ReconnectBackoff waits a growing, random time, then resumes.
	ReconnectBackoff Reconnect = "backoff"
	// ReconnectFreshToken fetches a new token first.
	ReconnectFreshToken Reconnect = "fresh_token"
	// ReconnectMaxBackoff waits the longest time that backoff allows.
	ReconnectMaxBackoff Reconnect = "max_backoff"
	// ReconnectNever gives up.
	ReconnectNever Reconnect = "never"
)

// Name is the code's name in the table, or its number.
func (c CloseCode) Name() string {
	if known, ok := closeCodes[c]; ok {
		return known.name
	}
	return strconv.Itoa(int(c))
}

// Reconnect returns what a client does after the code. For an unknown code the range
// decides: after 3500–3999 and 4500–4999 it does not come back, after others it does.
func (c CloseCode) Reconnect() Reconnect {
	if known, ok := closeCodes[c]; ok {
		return known.reconnect
	}
	if c >= 3500 && c < 4000 || c >= 4500 && c < 5000 {
		return ReconnectNever
	}
	return ReconnectBackoff
}
