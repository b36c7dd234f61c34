package service

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// RefusedUnheard is when something came over a connection that never became a
// request.
const RefusedUnheard = "no_request"

// unheard finds connections over which something came and never a request: a client
// that speaks TLS to a plain port, headers beyond their limit, or ones that take too
// long. The server answers them by itself, and calls no handler.
type unheard struct {
	refused func(address, reason string)

	mu      sync.Mutex        // guards silence
	silence map[net.Conn]bool // true once something came
}

type connKey struct{}

// HearAll reports to refused the connections of a server that never had a request. Call
// it before the server serves, and after its ConnState is set.
func HearAll(server *http.Server, refused func(address, reason string)) {
	u := &unheard{refused: refused, silence: make(map[net.Conn]bool)}
	handler, state := server.Handler, server.ConnState
	server.ConnContext = func(ctx context.Context, nc net.Conn) context.Context { return context.WithValue(ctx, connKey{}, nc) }
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if nc, ok := r.Context().Value(connKey{}).(net.Conn); ok {
			u.forget(nc)
		}
		handler.ServeHTTP(w, r)
	})
	server.ConnState = func(nc net.Conn, s http.ConnState) {
		u.state(nc, s)
		if state != nil {
			state(nc, s)
		}
	}
}

func (u *unheard) state(nc net.Conn, state http.ConnState) {
	u.mu.Lock()
	came, silent := u.silence[nc]
	switch {
	case state == http.StateNew:
		u.silence[nc] = false
	case state == http.StateActive && silent:
		u.silence[nc] = true
	case state == http.StateClosed || state == http.StateHijacked:
		delete(u.silence, nc)
	}
	u.mu.Unlock()
	if state == http.StateClosed && came {
		u.refused(nc.RemoteAddr().String(), RefusedUnheard)
	}
}

// forget is called with a connection that has had a request.
func (u *unheard) forget(nc net.Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.silence, nc)
}
