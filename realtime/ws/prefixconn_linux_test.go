package ws

import (
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// prefixed returns a connection whose first bytes have been read already, and its peer.
func prefixed(t *testing.T, read string) (nc *prefixConn, peer net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	if peer, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Close() })
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = accepted.Close() })
	return newPrefixConn(accepted.(*net.TCPConn), []byte(read)), peer
}

// Bytes that the upgrade listener read and the server did not are the first that the
// connection hears.
func TestAHandOverLosesNothing(t *testing.T) {
	nc, peer := prefixed(t, "\x81\x85\x00\x00\x00\x00first")
	c, got := newConn(Limits{MaxMessage: 100, QueueBytes: 1 << 20}, nil), make(messages, 2)
	if err := c.setSocket(nc); err != nil {
		t.Fatal(err)
	}
	c.end = got
	c.start(nil)
	t.Cleanup(c.abort)
	if _, err := io.WriteString(peer, "\x81\x86\x00\x00\x00\x00second"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"first", "second"} {
		select {
		case m := <-got:
			if m != want {
				t.Errorf("got %q; want %q", m, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%q never came", want)
		}
	}
}

// However a begun connection is read, it begins at the beginning.
func TestABegunConnectionHasNoWayAround(t *testing.T) {
	nc, peer := prefixed(t, "begun, ")
	if _, ok := net.Conn(nc).(syscall.Conn); ok {
		t.Error("its descriptor can be read past what has begun")
	}
	if _, err := io.WriteString(peer, "and ended"); err != nil {
		t.Fatal(err)
	}
	_ = peer.Close()
	var all strings.Builder
	if _, err := io.Copy(&all, nc); err != nil || all.String() != "begun, and ended" {
		t.Errorf("read %q, %v", all.String(), err)
	}
}
