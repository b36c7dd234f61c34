package ws

import (
	"bytes"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// messages is an endpoint that passes on what it gets.
type messages chan string

func (m messages) Message(_ wire.Opcode, message []byte) { m <- string(message) }
func (messages) Closed(realtime.CloseCode)               {}

// What is queued behind a message that is being written can still be taken
// back, where a write blocks too.
// Guarantees: S8
func TestR54OnlyTheMessageThatHasBegunIsSent(t *testing.T) {
	server, peer := net.Pipe() // a write lasts until all of it is read
	defer func() { _ = peer.Close() }()
	_ = peer.SetDeadline(time.Now().Add(30 * time.Second))
	c := newConn(Limits{MaxMessage: 100, QueueBytes: 1 << 20}, nil)
	if err := c.setSocket(server); err != nil {
		t.Fatal(err)
	}
	c.end = make(messages)
	c.start(nil)
	defer c.abort()
	batch, event := new(wire.Batch), wire.Event{Topic: "list:a", Event: "UPDATED", EntityID: "1"}
	for range 3 {
		batch.Add(event.Append)
	}
	c.Send(batch, 0, "list:a")
	var begun [1]byte
	if _, err := io.ReadFull(peer, begun[:]); err != nil {
		t.Fatal(err)
	}
	c.Discard("list:a")
	c.SendFrame(wire.OpBinary, []byte("what follows"))
	all := batch.Frames(0)
	want := append(bytes.Clone(all[1:len(all)/3]), "\x82\x0cwhat follows"...)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// A connection that is closed before it has said a word answers the handshake
// all the same.
func TestACloseBeforeTheFirstWord(t *testing.T) {
	server, peer := net.Pipe()
	defer func() { _ = peer.Close() }()
	_ = peer.SetDeadline(time.Now().Add(30 * time.Second))
	handshake := newUpgradeAnswer("MDEyMzQ1Njc4OWFiY2RlZg==")
	c := newConn(Limits{MaxMessage: 100, QueueBytes: 1 << 20}, bytes.Clone(handshake))
	if err := c.setSocket(server); err != nil {
		t.Fatal(err)
	}
	c.end = make(messages)
	defer c.abort()
	c.Close(realtime.CloseGoingAway, "")
	want := append(handshake, "\x88\x02\x03\xe9"...)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// Who takes a large message bit by bit is not one that takes nothing.
// Guarantees: S10
func TestR55AMessageThatIsTakenBitByBit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, peer := net.Pipe() // a write lasts until all of it is read
		c := newConn(Limits{MaxMessage: 100, QueueBytes: 1 << 20}, nil)
		if err := c.setSocket(server); err != nil {
			t.Fatal(err)
		}
		c.end = make(verdict, 1)
		c.start(nil)
		c.SendFrame(wire.OpBinary, make([]byte, 5*netWriteBytes))
		bit := make([]byte, netWriteBytes)
		for range 4 {
			time.Sleep(realtime.DefaultWriteTimeout - time.Second)
			if _, err := io.ReadFull(peer, bit); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if since := time.Since(c.Stalled()); since != 0 {
				t.Errorf("it took nothing for %v; want it to have taken something now", since)
			}
		}
		c.abort()
		_ = peer.Close()
	})
}
