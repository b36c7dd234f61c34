package main

import (
	"net"
	"net/http"
	"net/netip"
	"sync"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/internal/reach"
)

// turnstile bounds the connections of one network address ([reach.Network]) that
// are no session, or not yet. It goes by the connection's own address: nothing has been said on
// it that could name another.
type turnstile struct {
	limit  int           // static
	exempt reach.Proxies // static: they come for many
	// refused is told who is turned away, and why. Static.
	refused func(address, reason string)

	mu     sync.Mutex // guards inside
	inside map[netip.Addr]int
}

func newTurnstile(limit int, exempt reach.Proxies, refused func(address, reason string)) *turnstile {
	return &turnstile{limit: limit, exempt: exempt, refused: refused, inside: make(map[netip.Addr]int)}
}

// state is an [http.Server]'s ConnState. Who is turned away is counted, too,
// until the server has noticed.
func (t *turnstile) state(nc net.Conn, state http.ConnState) {
	from, err := netip.ParseAddrPort(nc.RemoteAddr().String())
	if err != nil {
		return // no address to go by
	}
	addr := from.Addr().Unmap()
	if t.exempt.Trusts(addr) {
		return
	}
	addr = reach.Network(addr)
	switch state {
	case http.StateNew:
		if !t.enter(addr) {
			_ = nc.Close() // nothing was said: nobody to tell
			t.refused(addr.String(), service.RefusedConnections)
		}
	case http.StateHijacked, http.StateClosed:
		t.leave(addr)
	}
}

func (t *turnstile) enter(addr netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inside[addr]++
	return t.inside[addr] <= t.limit
}

func (t *turnstile) leave(addr netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inside[addr]--; t.inside[addr] == 0 {
		delete(t.inside, addr)
	}
}
