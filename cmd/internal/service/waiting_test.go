package service_test

import (
	"net"
	"net/http"
	"testing"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// silent is a connection that says nothing.
type silent struct {
	net.Conn
	closed bool
}

func (s *silent) Close() error { s.closed = true; return nil }

// While descriptors are scarce, who has waited longest makes room for who comes; who
// asks for something, and what is a session, does not.
func TestWhoWaitsMakesRoom(t *testing.T) {
	scarce := false
	waiting := service.NewWaiting(func() bool { return !scarce })
	conns := make([]*silent, 7)
	for i := range conns {
		conns[i] = new(silent)
	}
	for _, c := range conns[:5] {
		waiting.State(c, http.StateNew)
	}
	waiting.State(conns[0], http.StateActive)
	waiting.State(conns[1], http.StateHijacked)
	waiting.State(conns[2], http.StateActive)
	waiting.State(conns[2], http.StateIdle) // waits again, the least
	scarce = true
	expect := func(closed ...int) {
		t.Helper()
		for i, c := range conns {
			want := false
			for _, n := range closed {
				want = want || n == i
			}
			if c.closed != want {
				t.Errorf("connection %d is closed: %v; want %v", i, c.closed, want)
			}
		}
	}
	expect()
	waiting.State(conns[5], http.StateNew)
	expect(3)
	waiting.State(conns[3], http.StateClosed)
	waiting.State(conns[6], http.StateNew)
	expect(3, 4)
	waiting.State(new(silent), http.StateNew)
	expect(2, 3, 4)
}
