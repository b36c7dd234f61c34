package jwtauth

// FetchKeys is fetchKeys, by a transport of the test's.
var FetchKeys = fetchKeys
