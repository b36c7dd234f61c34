package realtime

import "errors"

// Error is an error that is safe to send to the client: a stable code and a message for
// people. Every other error is logged, and sent as CodeInternal.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// ErrForbidden is the answer for an unknown topic and for a forbidden one, which a client
// cannot tell apart.
var ErrForbidden = &Error{Code: CodeForbidden, Message: "no such topic, or you may not read it"}

// ErrTrimmed is returned by [Log.Read] when history no longer reaches back far
// enough.
var ErrTrimmed = errors.New("history is trimmed")
