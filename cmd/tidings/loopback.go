package main

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// isLoopback tells whether the host names this very machine.
func isLoopback(host string) bool {
	host = strings.ToLower(host)
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.Unmap().IsLoopback()
}

// namesLoopback tells whether a Host header, port included, names this machine.
func namesLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return isLoopback(host)
}

// allowedHost says by which names the hub goes: any, or this machine's own in
// development, where it trusts everyone. A page from anywhere can have its own
// name lead to 127.0.0.1, and is then of the same origin.
func (c *serveCommand) allowedHost() func(string) bool {
	if c.Dev {
		return namesLoopback
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
			writeProblem(w, http.StatusMisdirectedRequest, "wrong_host", "Host", "with --dev the host must be a loopback one, such as localhost or 127.0.0.1")
			return
		}
		next.ServeHTTP(w, r)
	})
}
