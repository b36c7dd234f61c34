package realtime

import "errors"

// Error is an error that is safe to show to the client it concerns: a stable
// code and a message for people. Everything else is internal: logged, and told
// as CodeInternal.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// ErrForbidden answers for a topic that is unknown and for one that is
// forbidden, so that nobody learns which of the two it is.
var ErrForbidden = &Error{Code: CodeForbidden, Message: "no such topic, or you may not read it"}

// ErrTrimmed is returned by [Log.Read] when history no longer reaches back far
// enough.
var ErrTrimmed = errors.New("history is trimmed")
