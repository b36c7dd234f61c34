// Package bearertoken reads bearer tokens from HTTP headers.
package bearertoken

import "strings"

// FromHeader returns the key of an Authorization header, "Bearer KEY". The scheme's letter
// case is of no account (RFC 9110, section 11.1).
func FromHeader(header string) (key string, ok bool) {
	scheme, key, ok := strings.Cut(header, " ")
	return strings.TrimSpace(key), ok && strings.EqualFold(scheme, "Bearer")
}
