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
// Guarantees: A38
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
// Guarantees: L6
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
		c.abort()
	})
}

// What waits counts with what it costs to keep, so that a queue of tiny frames
// is no longer than one of large ones.
// Guarantees: A38
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
	c.abort()
}

// A queue that has been written weighs nothing, however it came to be.
func TestAnEmptyOutboxWeighsNothing(t *testing.T) {
	var o outbox
	pong := func(payload string) []byte { return append([]byte{0x8A, byte(len(payload))}, payload...) }
	o.add(outgoing{frames: []byte("\x81\x03abc"), topic: "list:a"}, 2)
	o.add(outgoing{frames: []byte("\x81\x01d"), topic: "list:b"}, 0)
	o.add(outgoing{frames: pong("1"), pong: true}, 0)
	if !o.replacePong(pong("longer")) {
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
	if o.replacePong(pong("2")) {
		t.Error("a pong that had begun was replaced")
	}
}

// What may wait is counted without the largest of it: a message of any size gets
// through, and what comes meanwhile does not cost it. Two of them are too much.
// Guarantees: S10
func TestR55WhatWaitsBesidesTheLargest(t *testing.T) {
	const queue = 20 * itemCost
	small, large := queue/10, 2*queue
	for name, c := range map[string]struct {
		sizes []int // as they count
		fits  bool
	}{
		"a large one":             {[]int{large}, true},
		"behind a small one":      {[]int{small, large}, true},
		"before as much as fits":  {[]int{large, queue / 2, queue / 2}, true},
		"before more than fits":   {[]int{large, queue / 2, queue/2 + 1}, false},
		"behind as much as fits":  {[]int{queue / 2, queue / 2, large}, true},
		"behind more than fits":   {[]int{queue / 2, queue / 2, queue / 2, large}, false},
		"before a larger one":     {[]int{queue, large}, true},
		"two large ones":          {[]int{large, large}, false},
		"many that are alike":     {[]int{small, small, small, small, small, small, small, small, small, small, small}, true},
		"too many that are alike": {[]int{small, small, small, small, small, small, small, small, small, small, small, small}, false},
	} {
		t.Run(name, func(t *testing.T) {
			conn, ended := stuck(queue)
			defer conn.abort()
			for _, size := range c.sizes {
				conn.push(outgoing{frames: make([]byte, size-itemCost)})
			}
			if got := conn.state == connOpen; got != c.fits {
				t.Fatalf("it fits: %v; want %v", got, c.fits)
			}
			if !c.fits {
				if code := <-ended; code != realtime.CloseSlowConsumer {
					t.Errorf("closed with %d; want 3001", code)
				}
			}
		})
	}
}

// Once the largest is gone, or taken back, another takes its place; until then it
// is the one, whatever goes before it.
func TestR55TheLargestGoes(t *testing.T) {
	next := func(o *outbox) { o.wrote(len(o.front())) }
	takeBack := func(o *outbox, topic realtime.Topic) {
		o.discard(func(t realtime.Topic) bool { return t == topic })
	}
	for name, c := range map[string]struct {
		change func(*outbox)
		fit    int // messages that the outbox then still takes
	}{
		"nothing goes":                    {func(*outbox) {}, 0},
		"the one before it goes":          {next, 1},
		"the one before it is taken back": {func(o *outbox) { takeBack(o, "list:a") }, 1},
		"half of it goes":                 {func(o *outbox) { next(o); o.wrote(len(o.front()) / 2) }, 1},
		"it goes":                         {func(o *outbox) { next(o); next(o) }, 2},
		"it is taken back":                {func(o *outbox) { takeBack(o, "list:b") }, 1},
	} {
		var o outbox
		small := []byte("\x81\x01a")
		o.add(outgoing{frames: small, topic: "list:a"}, 0)
		o.add(outgoing{frames: append([]byte{0x82, 126, 1, 0}, make([]byte, 256)...), topic: "list:b"}, 0)
		o.add(outgoing{frames: small, topic: "list:c"}, 0)
		c.change(&o)
		limit, fit := 2*(len(small)+itemCost), -1
		for ; !o.overflows(limit); fit++ {
			o.add(outgoing{frames: small}, 0)
		}
		if fit != c.fit {
			t.Errorf("%s: %d more fit; want %d", name, fit, c.fit)
		}
	}
}
