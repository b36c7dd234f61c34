package service_test

import (
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/familygifting/tidings/cmd/internal/service"
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
// Guarantees: A40, D7
func TestConnectionsOfANetwork(t *testing.T) {
	told := 0
	limit := service.NewConnLimit(service.ConnLimits{
		PerAddress: 1, Exempt: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Refused: func(string, string) { told++ },
	})
	guests := make(map[string]*guest)
	enter := func(from string) bool {
		g := &guest{from: from}
		guests[from] = g
		limit.State(g, http.StateNew)
		return !g.closed
	}
	for _, c := range []struct {
		from string
		want bool
	}{
		{"192.0.2.1:1", true}, {"192.0.2.2:1", true}, {"192.0.2.2:2", false},
		{"[2001:db8:0:1::1]:1", true}, {"[2001:db8:0:1::2]:1", false}, {"[2001:db8:0:2::1]:1", true},
		{"10.1.2.3:1", true}, {"10.1.2.3:2", true}, {"@", true}, {"@@", true},
	} {
		if got := enter(c.from); got != c.want {
			t.Errorf("%s is let in: %v; want %v", c.from, got, c.want)
		}
	}
	if told != 2 {
		t.Errorf("%d refusals were told; want 2", told)
	}
	limit.State(guests["[2001:db8:0:1::1]:1"], http.StateClosed)
	limit.State(guests["[2001:db8:0:1::2]:1"], http.StateClosed)
	if !enter("[2001:db8:0:1::3]:1") {
		t.Error("when all have gone the next is refused")
	}
	limit.State(guests["[2001:db8:0:1::3]:1"], http.StateHijacked)
	if !enter("[2001:db8:0:1::4]:1") {
		t.Error("a session counts as a connection")
	}
}

// When there are too many of everybody's, the one that has waited longest makes room, and
// no request that is being served is cut off for a newcomer.
// Guarantees: D7
func TestTooManyConnections(t *testing.T) {
	limit := service.NewConnLimit(service.ConnLimits{Total: 3, Refused: func(string, string) {}})
	enter := func(from string) *guest {
		g := &guest{from: from}
		limit.State(g, http.StateNew)
		return g
	}
	a, b, c := enter("192.0.2.1:1"), enter("192.0.2.2:1"), enter("192.0.2.3:1")
	limit.State(a, http.StateActive)
	limit.State(b, http.StateActive)
	limit.State(b, http.StateIdle) // and so waits for less long than c
	d := enter("192.0.2.4:1")
	if a.closed || b.closed || !c.closed || d.closed {
		t.Fatalf("closed: %v %v %v %v; want the third alone", a.closed, b.closed, c.closed, d.closed)
	}
	limit.State(c, http.StateClosed)
	limit.State(b, http.StateActive)
	limit.State(d, http.StateActive)
	if e := enter("192.0.2.5:1"); !e.closed || a.closed || b.closed || d.closed {
		t.Error("a request that is being served was cut off")
	}
}

// While descriptors are scarce, the connection that has been idle longest makes room
// for a new one. One with a request does not.
// Guarantees: A53
func TestScarceDescriptors(t *testing.T) {
	scarce := false
	why := ""
	limit := service.NewConnLimit(service.ConnLimits{Room: func() bool { return !scarce }, Refused: func(_, reason string) { why = reason }})
	enter := func() *guest {
		g := &guest{from: "192.0.2.1:1"}
		limit.State(g, http.StateNew)
		return g
	}
	a, b := enter(), enter()
	limit.State(a, http.StateActive)
	scarce = true
	c := enter()
	if a.closed || !b.closed || c.closed || why != service.RefusedDescriptors {
		t.Fatalf("closed: %v %v %v, for %q; want the second alone", a.closed, b.closed, c.closed, why)
	}
	limit.State(c, http.StateActive)
	if d := enter(); a.closed || c.closed || d.closed {
		t.Error("nobody waits, and somebody was cut off")
	}
}
