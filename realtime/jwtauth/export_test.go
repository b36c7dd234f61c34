package jwtauth

import "net/http"

// FetchKeys is fetchKeys, by a transport of the test's.
var FetchKeys = fetchKeys

// By returns the issuer with another transport for its keys.
func (i Issuer) By(transport http.RoundTripper) Issuer {
	i.transport = transport
	return i
}
