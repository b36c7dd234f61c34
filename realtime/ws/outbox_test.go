package ws

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// wall is a socket that takes nothing.
type wall struct{ paper }

func (*wall) write([]byte) (int, error) { return 0, errAgain }

// stuck returns a connection whose peer reads nothing, and where it hears of
// its end.
func stuck(queue int) (*Conn, chan realtime.CloseCode) {
	ended := make(chan realtime.CloseCode, 1)
	return &Conn{limits: Limits{MaxMessage: fuzzLimit, QueueBytes: queue}, end: verdict(ended), socket: new(wall)}, ended
}

// verdict is an endpoint that passes on what its connection ended with.
type verdict chan realtime.CloseCode

func (verdict) Message(wire.Opcode, []byte)      {}
func (v verdict) Closed(code realtime.CloseCode) { v <- code }

// Who pings and reads nothing has one answer waiting: to the latest ping.
func TestOnePongWaits(t *testing.T) {
	const pings = 1000
	c, _ := stuck(1 << 20)
	c.SendFrame(wire.OpBinary, nil)
	for i := range pings {
		payload := fmt.Sprintf("%03d", i)
		c.feed(append([]byte{0x89, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...))
	}
	if len(c.out.items) != 2 {
		t.Fatalf("%d items wait; want 2", len(c.out.items))
	}
	if got := c.out.items[1].frames; !bytes.HasSuffix(got, []byte("999")) {
		t.Errorf("%q waits; want the answer to the latest ping", got)
	}
}

// trickle is a socket that takes a byte at a time.
type trickle struct{ paper }

func (*trickle) write([]byte) (int, error) { return 1, errAgain }

// Who is slow to take what waits may have its ping among it: that it takes
// something shows that it is there.
func TestR70WhoTakesSomethingIsNotSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Conn{limits: Limits{QueueBytes: 1 << 20}, end: make(verdict, 1), socket: new(trickle)}
		c.hear()
		heard := c.Heard()
		time.Sleep(time.Second)
		c.SendFrame(wire.OpBinary, []byte("slow"))
		if c.Heard() != heard {
			t.Error("what the socket's own buffer took counts as a sign of life")
		}
		c.flush()
		if got := c.Heard().Sub(heard); got < time.Second {
			t.Errorf("heard %v later; want a second", got)
		}
		c.cut()
	})
}

// What waits counts with what it costs to keep, so that a queue of tiny frames
// is no longer than one of large ones.
func TestTinyFramesCostTheirPlace(t *testing.T) {
	const queue = 100 * itemCost
	c, ended := stuck(queue)
	sent := 0
	for ; c.state == connOpen && sent < queue; sent++ {
		c.SendFrame(wire.OpBinary, nil)
	}
	if sent > 100 {
		t.Errorf("%d empty frames fit into %d bytes", sent, queue)
	}
	if code := <-ended; code != realtime.CloseSlowConsumer {
		t.Errorf("closed with %d; want 3001", code)
	}
	c.cut()
}

// A queue that has been written weighs nothing, however it came to be.
func TestAnEmptyOutboxWeighsNothing(t *testing.T) {
	var o outbox
	pong := func(payload string) []byte { return append([]byte{0x8A, byte(len(payload))}, payload...) }
	o.add(outgoing{frames: []byte("\x81\x03abc"), topic: "list:a"}, 2)
	o.add(outgoing{frames: []byte("\x81\x01d"), topic: "list:b"}, 0)
	o.add(outgoing{frames: pong("1"), pong: true}, 0)
	if !o.repong(pong("longer")) {
		t.Error("the pong that waited was not replaced")
	}
	o.discard(func(topic realtime.Topic) bool { return topic == "list:b" })
	for !o.empty() {
		o.wrote(len(o.front()))
	}
	if o.bytes != 0 {
		t.Errorf("it weighs %d", o.bytes)
	}
	o.add(outgoing{frames: pong("1"), pong: true}, 1)
	if o.repong(pong("2")) {
		t.Error("a pong that had begun was replaced")
	}
}
