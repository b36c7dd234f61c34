package service

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"github.com/familygifting/tidings/internal/reach"
)

// ConnLimits bound the connections of a server that are no session, or not yet. 0 is
// without a bound.
type ConnLimits struct {
	// PerAddress is how many one network address ([reach.Network]) may have. Others
	// are closed as they come.
	PerAddress int
	// Total is how many there may be. For one more, the connection that has waited for
	// its next request for longest is closed: that is what newcomers are served by when
	// somebody from many addresses holds all the others.
	Total int
	// Room reports whether descriptors are not scarce. While they are, a connection
	// that comes takes the place of another in the same way, so that those who ask for
	// something are served by those that are kept. Nil: they never are.
	Room func() bool
	// Exempt come for many, and are not counted by address.
	Exempt reach.Proxies
	// Refused is called for each closed connection, with the reason. It must not block.
	Refused func(address, reason string)
}

// ConnLimit holds connections to limits. It goes by a connection's own address:
// nothing has been said on it that could name another.
type ConnLimit struct {
	limits ConnLimits // static

	mu      sync.Mutex // guards everything below
	inside  map[netip.Addr]int
	open    map[net.Conn]*list.Element // its place in waiting, nil while it is served
	waiting *list.List                 // of net.Conn; the one that has waited longest is first
}

// NewConnLimit returns what holds a server's connections to the limits.
func NewConnLimit(limits ConnLimits) *ConnLimit {
	return &ConnLimit{limits: limits, inside: make(map[netip.Addr]int), open: make(map[net.Conn]*list.Element), waiting: list.New()}
}

// State is an [http.Server]'s ConnState.
func (c *ConnLimit) State(nc net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		scarce := c.limits.Room != nil && !c.limits.Room()
		if out, why := c.enter(nc, scarce); out != nil {
			_ = out.Close() // nothing was said: nobody to answer
			c.limits.Refused(out.RemoteAddr().String(), why)
		}
	case http.StateActive:
		c.wait(nc, false)
	case http.StateIdle:
		c.wait(nc, true)
	case http.StateHijacked, http.StateClosed:
		c.leave(nc)
	}
}

// enter counts a connection, and returns the one to close for it, and why: perhaps
// itself. One that is closed is counted until the server has noticed.
func (c *ConnLimit) enter(nc net.Conn, scarce bool) (out net.Conn, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[nc] = c.waiting.PushBack(nc)
	if addr, counts := c.address(nc); counts {
		if c.inside[addr]++; c.limits.PerAddress > 0 && c.inside[addr] > c.limits.PerAddress {
			return nc, RefusedConnections
		}
	}
	first := c.waiting.Front() // there is one: nc
	out = first.Value.(net.Conn)
	switch {
	case c.limits.Total > 0 && len(c.open) > c.limits.Total:
		why = RefusedConnections
	case scarce && out != nc:
		why = RefusedDescriptors
	default:
		return nil, ""
	}
	c.waiting.Remove(first)
	c.open[out] = nil
	return out, why
}

// wait notes whether a connection waits for its next request.
func (c *ConnLimit) wait(nc net.Conn, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	place, known := c.open[nc]
	switch {
	case !known:
		return
	case place != nil:
		c.waiting.Remove(place)
		c.open[nc] = nil
	}
	if waits {
		c.open[nc] = c.waiting.PushBack(nc)
	}
}

func (c *ConnLimit) leave(nc net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	place, known := c.open[nc]
	if !known {
		return
	}
	delete(c.open, nc)
	if place != nil {
		c.waiting.Remove(place)
	}
	if addr, counts := c.address(nc); counts {
		if c.inside[addr]--; c.inside[addr] == 0 {
			delete(c.inside, addr)
		}
	}
}

// address is the network that a connection counts for, if it does.
func (c *ConnLimit) address(nc net.Conn) (netip.Addr, bool) {
	from, err := netip.ParseAddrPort(nc.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}, false // no address to go by
	}
	addr := from.Addr().Unmap()
	return reach.Network(addr), !c.limits.Exempt.Trusts(addr)
}
