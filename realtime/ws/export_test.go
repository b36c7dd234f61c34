package ws

// CutHandshake is cutHandshake for tests outside of the package.
func CutHandshake(b []byte, start string) (host string, early []byte, ok bool) {
	r, early := cutHandshake(b, start)
	if r == nil {
		return "", nil, false
	}
	return r.Host, early, true
}
