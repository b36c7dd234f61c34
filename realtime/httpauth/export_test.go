package httpauth

import (
	"context"
	"net/http"

	"github.com/familygifting/tidings/realtime"
)

// Through returns the options with a transport of a test's.
func (o Options) Through(transport http.RoundTripper) Options {
	o.transport = transport
	return o
}

// Reaches reports whether a URL's requests may be sent to an address.
func Reaches(opts Options, address string) bool {
	check := onlyNear(opts)
	return check == nil || check(context.Background(), "tcp", address, nil) == nil
}

// Parse reads an answer to a request.
func Parse(body []byte, user, topic string) (allowed bool, canonical string, err error) {
	v, err := parseDecision(body, request{User: user, Topic: realtime.Topic(topic)})
	return v.allowed, string(v.canonical), err
}
