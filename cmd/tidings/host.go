package main

import (
	"net/http"

	"github.com/familygifting/tidings/internal/localnet"
	"github.com/familygifting/tidings/internal/problem"
)

// allowedHost says by which names the hub goes: any, or this machine's own in
// development, where it trusts everyone. A page from anywhere can have its own
// name lead to 127.0.0.1, and is then of the same origin.
func (c *serveCommand) allowedHost() func(string) bool {
	if c.Dev && !c.DevAnywhere {
		return localnet.Loopback
	}
	return nil
}

// onlyAllowedHosts refuses requests for any other host.
func (c *serveCommand) onlyAllowedHosts(next http.Handler) http.Handler {
	allowed := c.allowedHost()
	if allowed == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(r.Host) {
			w.Header().Set("Connection", "close") // else the answer would wait for the body
			problem.Answer(w, http.StatusMisdirectedRequest, "wrong_host", "Host", "with --dev the host must be a loopback one, such as localhost or 127.0.0.1")
			return
		}
		next.ServeHTTP(w, r)
	})
}
