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
	// bytes is how much waits in all.
	bytes int
	// busy is set while the first item is being written with no lock held.
	busy bool
}

type outgoing struct {
	frames []byte
	topic  realtime.Topic
	// keep says that the item begins with the handshake, which is no frame: it
	// is never discarded.
	keep bool
}

func (o *outbox) empty() bool { return len(o.items) == 0 }

// add queues frames of which sent bytes have been written already, which can
// only be so when the outbox is empty.
func (o *outbox) add(item outgoing, sent int) {
	if len(o.items) == 0 {
		o.sent = sent
	}
	o.items = append(o.items, item)
	o.bytes += len(item.frames) - sent
}

// front returns what is to be written next.
func (o *outbox) front() []byte { return o.items[0].frames[o.sent:] }

// wrote takes n bytes off the front.
func (o *outbox) wrote(n int) {
	o.busy = false
	o.sent += n
	o.bytes -= n
	if o.sent == len(o.items[0].frames) {
		o.items[0] = outgoing{}
		o.items = o.items[1:]
		o.sent = 0
	}
	if len(o.items) == 0 {
		o.items = nil // let the memory go: queues are rare
	}
}

// discard drops the items that match, but completes a frame whose beginning
// has been written.
func (o *outbox) discard(match func(realtime.Topic) bool) {
	kept := o.items[:0]
	bytes := 0
	for i, item := range o.items {
		if match(item.topic) && !item.keep && !(i == 0 && o.busy) {
			if i > 0 || o.sent == 0 {
				continue
			}
			item.frames = item.frames[:frameEnd(item.frames, o.sent)]
			if len(item.frames) == o.sent {
				o.sent = 0
				continue
			}
		}
		kept = append(kept, item)
		bytes += len(item.frames)
	}
	clear(o.items[len(kept):])
	o.items, o.bytes = kept, bytes
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
