package ws

import (
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// outbox is the queue of a connection. Its items are whole frames, except for the
// first, whose beginning may have been written.
type outbox struct {
	items []outgoing
	// sent is how much of the first item has been written.
	sent int
	// bytes is how much waits, overhead included.
	bytes int
	// writing is how much of the first item, from sent on, is being written without
	// the lock.
	writing int
	// exempt is the number of the largest item, counted from 1, which does not count
	// against the limit; 0 for none.
	exempt int
}

// itemCost is the overhead of an item: its slot in a slice that grows by a quarter.
// Without it, many small frames would take many times the limit.
const itemCost = 64

type outgoing struct {
	frames []byte
	topic  realtime.Topic
	// pinned items are never discarded: they contain the answer to the handshake.
	pinned bool
	// pong marks the answer to a ping.
	pong bool
}

func (o *outbox) empty() bool { return len(o.items) == 0 }

// add queues an item. Sent, how much of it has been written, is 0 unless the outbox is
// empty.
func (o *outbox) add(item outgoing, sent int) {
	if len(o.items) == 0 {
		o.sent = sent
	}
	o.items = append(o.items, item)
	size := len(item.frames) - sent + itemCost
	o.bytes += size
	if size > o.exemptBytes() {
		o.exempt = len(o.items)
	}
}

// exemptBytes is how much waits of the exempt item.
func (o *outbox) exemptBytes() int {
	switch o.exempt {
	case 0:
		return 0
	case 1:
		return len(o.items[0].frames) - o.sent + itemCost
	}
	return len(o.items[o.exempt-1].frames) + itemCost
}

// overflows reports whether more than limit waits, the largest item excluded: an item
// of any size gets through, and leaves room for live events.
func (o *outbox) overflows(limit int) bool { return o.bytes-o.exemptBytes() > limit }

// replacePong replaces a pong that waits, if there is one: only the latest of several
// pings needs an answer (RFC 6455, 5.5.3).
func (o *outbox) replacePong(frame []byte) bool {
	for i := range o.items {
		if item := &o.items[i]; item.pong && (i > 0 || o.sent+o.writing == 0) {
			o.bytes += len(frame) - len(item.frames)
			item.frames = frame
			return true
		}
	}
	return false
}

// front returns the bytes to write next.
func (o *outbox) front() []byte { return o.items[0].frames[o.sent:] }

// beginWrite returns the bytes to write next without the lock. It is at most one frame,
// so that the ones behind it can still be discarded.
func (o *outbox) beginWrite() []byte {
	next := o.front()
	if !o.items[0].pinned {
		next = next[:frameEnd(next, 1)] // each write ends with a frame, so this one starts with one
	}
	o.writing = len(next)
	return next
}

// wrote removes n bytes from the front.
func (o *outbox) wrote(n int) {
	o.writing = 0
	o.sent += n
	o.bytes -= n
	if o.sent == len(o.items[0].frames) {
		o.items[0] = outgoing{}
		o.items = o.items[1:]
		o.exempt = max(0, o.exempt-1)
		o.sent = 0
		o.bytes -= itemCost
	}
	if len(o.items) == 0 {
		o.items = nil // free the memory: queues are rare
	}
}

// discard drops the items that match. The rest of a frame that was written in part
// stays.
func (o *outbox) discard(match func(realtime.Topic) bool) {
	kept := o.items[:0]
	bytes, exempt := 0, 0
	for i, item := range o.items {
		if match(item.topic) && !item.pinned {
			begun := o.sent + o.writing
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
		if i == o.exempt-1 {
			exempt = len(kept)
		}
	}
	clear(o.items[len(kept):])
	o.items, o.bytes, o.exempt = kept, bytes, exempt
	if len(kept) > 0 {
		o.bytes -= o.sent
	}
}

// frameEnd returns the end of the frame that contains the byte before at.
func frameEnd(frames []byte, at int) int {
	end := 0
	for end < at {
		h, size, _ := wire.ParseHeader(frames[end:]) // our own frames are well formed
		end += size + int(h.Length)
	}
	return end
}
