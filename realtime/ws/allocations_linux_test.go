package ws

import (
	"io"
	"net"
	"testing"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// quiet is an endpoint that says when it has ended.
type quiet chan struct{}

func (quiet) Message(wire.Opcode, []byte)      {}
func (q quiet) Closed(code realtime.CloseCode) { close(q) }

// Sending what many share allocates nothing, down to the system call.
func TestSendingDoesNotAllocate(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	peer, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, peer) // ends with the connection
	}()
	nc, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(quiet)
	c := newConn(Limits{MaxMessage: 1 << 10, QueueBytes: 1 << 20}, nil)
	if err := c.setSocket(nc); err != nil {
		t.Fatal(err)
	}
	c.end = ended
	c.start(nil)
	event := wire.Event{Topic: "list:a", Event: "UPDATED", EntityID: "1"}
	batch := new(wire.Batch)
	batch.Add(event.Append)
	if n := testing.AllocsPerRun(100, func() { c.Send(batch, 0, "list:a") }); n != 0 {
		t.Errorf("%v allocations for sending; want 0", n)
	}
	c.Close(realtime.CloseNormal, "")
	<-ended
	_ = peer.Close()
	<-read
}
