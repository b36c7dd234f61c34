package ws

// ParseHandshake is parseHandshake for tests outside of the package.
func ParseHandshake(b []byte, start string) (host string, early []byte, ok bool) {
	r, early := parseHandshake(b, start)
	if r == nil {
		return "", nil, false
	}
	return r.Host, early, true
}
