package reach

import "strings"

// Bearer returns the key of an Authorization header, "Bearer KEY". The scheme's letter
// case is of no account (RFC 9110, section 11.1).
func Bearer(header string) (key string, ok bool) {
	scheme, key, ok := strings.Cut(header, " ")
	return strings.TrimSpace(key), ok && strings.EqualFold(scheme, "Bearer")
}
