package gift

import (
	"errors"
	"fmt"
)

// ErrorCode is a stable machine-readable reason. One table in gift/api maps
// codes to HTTP statuses.
type ErrorCode string

// The codes of the domain.
const (
	EINVALID      ErrorCode = "invalid"      // a field is wrong; Field names it
	ENOTFOUND     ErrorCode = "not_found"    // unknown, or the actor may not know of it
	EFORBIDDEN    ErrorCode = "forbidden"    // known to the actor, but not theirs to change
	ECONFLICT     ErrorCode = "conflict"     // stale version: Current holds the present state
	EEXISTS       ErrorCode = "exists"       // such a thing is there already
	EMUTATION     ErrorCode = "mutation_id"  // the mutation id was used for another request
	EUNAUTHORIZED ErrorCode = "unauthorized" // not logged in, wrong credentials, login over
	EEXPIRED      ErrorCode = "expired"      // an invite or setup link is too old
	EUSED         ErrorCode = "used"         // an invite or setup link was used before
	EFULL         ErrorCode = "storage_full" // the disk takes nothing more: nothing was changed
)

// Error is an error that is safe to show to the person it concerns.
type Error struct {
	Code    ErrorCode
	Message string
	// Field is the JSON name of the offending field, if one is to blame.
	Field string
	// Current is the present state of the entity, for ECONFLICT.
	Current any
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Errorf makes an [Error] without a field.
func Errorf(code ErrorCode, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid makes an EINVALID error that blames a field.
func Invalid(field, format string, args ...any) *Error {
	return &Error{Code: EINVALID, Field: field, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of the [Error] in err's chain, or "".
func CodeOf(err error) ErrorCode {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
