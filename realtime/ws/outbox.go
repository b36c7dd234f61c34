package ws

import (
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// outbox is what waits to be written, in order. Its items are whole frames,
// but for the first, whose beginning may be gone.
type outbox struct {
	items []outgoing
	// sent is how much of the first item has been written.
	sent int
	// bytes is how much waits in all, with what it costs to keep it.
	bytes int
	// busy is how much of the first item, from sent on, is being written with no
	// lock held.
	busy int
	// spared is the number of the item, counted from 1, that does not count
	// against what may wait; 0 for none.
	spared int
}

// itemCost is what an item costs besides its frames: its place in a slice that
// grows by a quarter. Without it, many small frames would cost many times what
// may wait.
const itemCost = 64

type outgoing struct {
	frames []byte
	topic  realtime.Topic
	// keep says that the item begins with the handshake, which is no frame: it
	// is never discarded.
	keep bool
	// pong says that the item answers a ping.
	pong bool
}

func (o *outbox) empty() bool { return len(o.items) == 0 }

// add queues frames of which sent bytes have been written already, which can
// only be so when the outbox is empty.
func (o *outbox) add(item outgoing, sent int) {
	if len(o.items) == 0 {
		o.sent = sent
	}
	o.items = append(o.items, item)
	size := len(item.frames) - sent + itemCost
	o.bytes += size
	if size > o.sparedBytes() {
		o.spared = len(o.items)
	}
}

// sparedBytes is how much waits of the item that is spared.
func (o *outbox) sparedBytes() int {
	switch o.spared {
	case 0:
		return 0
	case 1:
		return len(o.items[0].frames) - o.sent + itemCost
	}
	return len(o.items[o.spared-1].frames) + itemCost
}

// overflows tells whether more than limit waits, the largest item aside: so an
// item of any size gets through, however little may wait, and not even it is in
// the way of what is live.
func (o *outbox) overflows(limit int) bool { return o.bytes-o.sparedBytes() > limit }

// repong puts the pong in the place of one that waits, if there is one: who
// sends several pings is owed an answer to the latest (RFC 6455, 5.5.3).
func (o *outbox) repong(frame []byte) bool {
	for i := range o.items {
		if item := &o.items[i]; item.pong && (i > 0 || o.sent+o.busy == 0) {
			o.bytes += len(frame) - len(item.frames)
			item.frames = frame
			return true
		}
	}
	return false
}

// front returns what is to be written next.
func (o *outbox) front() []byte { return o.items[0].frames[o.sent:] }

// lend returns what is to be written next with no lock held. It is no more than
// one frame, so that those behind it can still be discarded.
func (o *outbox) lend() []byte {
	lent := o.front()
	if !o.items[0].keep {
		lent = lent[:frameEnd(lent, 1)] // what is lent ends with a frame, so it begins with one
	}
	o.busy = len(lent)
	return lent
}

// wrote takes n bytes off the front.
func (o *outbox) wrote(n int) {
	o.busy = 0
	o.sent += n
	o.bytes -= n
	if o.sent == len(o.items[0].frames) {
		o.items[0] = outgoing{}
		o.items = o.items[1:]
		o.spared = max(0, o.spared-1)
		o.sent = 0
		o.bytes -= itemCost
	}
	if len(o.items) == 0 {
		o.items = nil // let the memory go: queues are rare
	}
}

// discard drops the items that match, but completes a frame whose beginning
// has been written.
func (o *outbox) discard(match func(realtime.Topic) bool) {
	kept := o.items[:0]
	bytes, spared := 0, 0
	for i, item := range o.items {
		if match(item.topic) && !item.keep {
			begun := o.sent + o.busy
			if i > 0 || begun == 0 {
				continue
			}
			item.frames = item.frames[:frameEnd(item.frames, begun)]
			if len(item.frames) == o.sent {
				o.sent = 0
				continue
			}
		}
		kept = append(kept, item)
		bytes += len(item.frames) + itemCost
		if i == o.spared-1 {
			spared = len(kept)
		}
	}
	clear(o.items[len(kept):])
	o.items, o.bytes, o.spared = kept, bytes, spared
	if len(kept) > 0 {
		o.bytes -= o.sent
	}
}

// frameEnd returns where the frame ends that has begun before at.
func frameEnd(frames []byte, at int) int {
	end := 0
	for end < at {
		h, size, _ := wire.ParseHeader(frames[end:]) // our own frames are well formed
		end += size + int(h.Length)
	}
	return end
}
