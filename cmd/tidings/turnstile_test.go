package main

import (
	"net"
	"net/http"
	"testing"
)

// guest is a connection from an address.
type guest struct {
	net.Conn
	from   string
	closed bool
}

func (g *guest) RemoteAddr() net.Addr { return g }
func (g *guest) Network() string      { return "tcp" }
func (g *guest) String() string       { return g.from }
func (g *guest) Close() error         { g.closed = true; return nil }

// One visitor may take any address of an IPv6 network, and counts once for it.
func TestTheTurnstileCountsNetworks(t *testing.T) {
	told := 0
	turnstile := newTurnstile(1, nil, func(string, string) { told++ })
	enter := func(from string) bool {
		g := &guest{from: from}
		turnstile.state(g, http.StateNew)
		return !g.closed
	}
	for _, c := range []struct {
		from string
		want bool
	}{
		{"192.0.2.1:1", true}, {"192.0.2.2:1", true}, {"192.0.2.2:2", false},
		{"[2001:db8:0:1::1]:1", true}, {"[2001:db8:0:1::2]:1", false}, {"[2001:db8:0:2::1]:1", true},
	} {
		if got := enter(c.from); got != c.want {
			t.Errorf("%s is let in: %v; want %v", c.from, got, c.want)
		}
	}
	turnstile.state(&guest{from: "[2001:db8:0:1::1]:1"}, http.StateClosed)
	turnstile.state(&guest{from: "[2001:db8:0:1::2]:1"}, http.StateClosed)
	if !enter("[2001:db8:0:1::3]:1") {
		t.Error("when all have gone the next is turned away")
	}
	if told != 2 {
		t.Errorf("%d refusals were told; want 2", told)
	}
}
