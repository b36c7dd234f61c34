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

// onlyLoopback refuses, in development, requests for any other host. A page from
// anywhere can have its own name lead to 127.0.0.1, and is then of the same origin.
func (c *serveCommand) onlyLoopback(next http.Handler) http.Handler {
	if !c.Dev {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if !isLoopback(host) {
			w.Header().Set("Connection", "close") // else the answer would wait for the body
			writeProblem(w, http.StatusMisdirectedRequest, "wrong_host", "Host", "with --dev the host must be a loopback one, such as localhost or 127.0.0.1")
			return
		}
		next.ServeHTTP(w, r)
	})
}
