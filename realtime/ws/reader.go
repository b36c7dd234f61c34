package ws

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// reader takes frames apart as their bytes come in. A connection between
// messages has nothing but nil here.
type reader struct {
	// part is where the bytes ended, in the middle of something.
	part *part
	// deaf is set when nothing further from the peer is of interest: it broke
	// the protocol, or has said goodbye.
	deaf bool
}

// part is a message, or a frame of one, that is not complete yet.
type part struct {
	// head are the bytes of an incomplete header.
	head []byte
	// in tells whether a frame's payload is being read.
	in     bool
	header wire.Header
	got    int64 // bytes of the payload so far

	// op is the kind of the message that the fragments belong to; 0 between messages.
	op      wire.Opcode
	message []byte
	// valid is up to where message is known to be UTF-8.
	valid int

	control []byte // payload of a control frame
}

// feed takes bytes from the peer, which it changes. Calls must not overlap.
func (c *Conn) feed(b []byte) {
	c.hear()
	for len(b) > 0 && !c.reader.deaf {
		rest, ok := c.feedWhole(b)
		if ok && len(rest) == len(b) {
			rest, ok = c.feedPart(b)
		}
		b, c.reader.deaf = rest, !ok
	}
}

// feedWhole handles the common case without copying: b begins with a whole
// message in one frame, and nothing came before.
func (c *Conn) feedWhole(b []byte) (rest []byte, ok bool) {
	if c.reader.part != nil {
		return b, true
	}
	h, size, err := wire.ParseHeader(b)
	if err != nil || size == 0 || h.Op != wire.OpText || !h.Fin || !h.Masked ||
		h.Length > int64(c.limits.MaxMessage) || int64(len(b)-size) < h.Length {
		return b, true
	}
	end := size + int(h.Length)
	payload := b[size:end]
	wire.Unmask(payload, h.Mask, 0)
	if !utf8.Valid(payload) {
		return nil, c.violate(realtime.CloseInvalidPayload, "a text message must be UTF-8")
	}
	return b[end:], c.deliver(wire.OpText, payload)
}

// feedPart handles everything else, step by step.
func (c *Conn) feedPart(b []byte) (rest []byte, ok bool) {
	if c.reader.part == nil {
		c.reader.part = new(part)
	}
	p := c.reader.part
	if !p.in {
		if b, ok = c.feedHeader(p, b); !ok || !p.in {
			return b, ok
		}
	}
	n := min(p.header.Length-p.got, int64(len(b)))
	payload := b[:n]
	wire.Unmask(payload, p.header.Mask, p.got)
	p.got += n
	if !c.collect(p, payload) {
		return nil, false
	}
	if p.got < p.header.Length {
		return b[n:], true
	}
	p.in = false
	return b[n:], c.endFrame(p)
}

// feedHeader collects a header and checks it.
func (c *Conn) feedHeader(p *part, b []byte) (rest []byte, ok bool) {
	had := len(p.head)
	p.head = append(p.head, b[:min(len(b), 14-had)]...)
	h, size, err := wire.ParseHeader(p.head)
	if err != nil {
		return nil, c.violate(realtime.CloseProtocolError, err.Error())
	}
	if size == 0 {
		return nil, true // b is part of the header, all of it
	}
	p.in, p.header, p.got, p.head, p.control = true, h, 0, nil, nil
	return b[size-had:], c.checkHeader(p)
}

// checkHeader holds a frame to what may come now.
func (c *Conn) checkHeader(p *part) bool {
	h := p.header
	switch {
	case !h.Masked:
		return c.violate(realtime.CloseProtocolError, "a client must mask its frames")
	case h.Op.Control():
		return true
	case h.Op == wire.OpContinuation && p.op == 0:
		return c.violate(realtime.CloseProtocolError, "a continuation of nothing")
	case h.Op != wire.OpContinuation && p.op != 0:
		return c.violate(realtime.CloseProtocolError, "a new message inside another")
	case h.Length > int64(c.limits.MaxMessage-len(p.message)):
		return c.violate(realtime.CloseMessageTooBig, "the message is too big")
	}
	if h.Op != wire.OpContinuation {
		p.op = h.Op
	}
	return true
}

// collect adds payload to its message. Text is checked as it comes, so that a
// peer that sends anything else is told at once.
func (c *Conn) collect(p *part, payload []byte) bool {
	if p.header.Op.Control() {
		p.control = append(p.control, payload...)
		return true
	}
	p.message = append(p.message, payload...)
	if p.op != wire.OpText {
		return true
	}
	last := p.header.Fin && p.got == p.header.Length
	for p.valid < len(p.message) {
		tail := p.message[p.valid:]
		if tail[0] < utf8.RuneSelf {
			p.valid++
			continue
		}
		r, size := utf8.DecodeRune(tail)
		if r == utf8.RuneError && size == 1 {
			if !last && couldBeRune(tail) {
				return true
			}
			return c.violate(realtime.CloseInvalidPayload, "a text message must be UTF-8")
		}
		p.valid += size
	}
	return true
}

// couldBeRune tells whether b, which is not a character, could become one with
// more bytes behind it.
func couldBeRune(b []byte) bool {
	if len(b) >= utf8.UTFMax || utf8.FullRune(b) {
		return false
	}
	return true
}

// minFragment is the fewest bytes of a fragment, but the last of a message, that
// does not count as a message of its own. Nobody needs smaller ones.
const minFragment = 128

// endFrame handles a frame that is complete.
func (c *Conn) endFrame(p *part) bool {
	if p.header.Op.Control() {
		control := p.control
		if p.op == 0 {
			c.reader.part = nil
		}
		return c.control(p.header.Op, control)
	}
	if !p.header.Fin {
		if p.header.Length < minFragment {
			c.tolerates() // else one message could cost as much as thousands
		}
		return true
	}
	c.reader.part = nil
	return c.deliver(p.op, p.message)
}

// deliver hands a message over, unless the connection is closing.
func (c *Conn) deliver(op wire.Opcode, message []byte) bool {
	if c.closing() {
		return true
	}
	c.end.Message(op, message)
	return true
}

func (c *Conn) closing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state != connOpen
}

// control handles a control frame.
func (c *Conn) control(op wire.Opcode, payload []byte) bool {
	if op == wire.OpClose {
		return c.answerClose(payload)
	}
	if c.tolerates() && op == wire.OpPing {
		c.SendFrame(wire.OpPong, payload)
	}
	return true
}

// tolerates tells the endpoint, if it counts them, of a frame that is not part
// of what it gets as a message, and returns whether the frame may be answered.
func (c *Conn) tolerates() bool {
	counting, ok := c.end.(interface{ Tolerates() bool })
	return !ok || counting.Tolerates()
}

// answerClose ends a connection that the peer closes.
func (c *Conn) answerClose(payload []byte) bool {
	code := uint16(0)
	switch {
	case len(payload) == 1:
		return c.violate(realtime.CloseProtocolError, "a close frame's payload has 0 or at least 2 bytes")
	case len(payload) >= 2:
		code = binary.BigEndian.Uint16(payload)
		if !mayBeSent(code) {
			return c.violate(realtime.CloseProtocolError, "no such close code")
		}
		if !utf8.Valid(payload[2:]) {
			return c.violate(realtime.CloseInvalidPayload, "a close reason must be UTF-8")
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.part(wire.AppendClose(nil, code, ""), realtime.CloseNormal)
	if c.out.empty() {
		c.fail() // both sides have said goodbye
	}
	return false
}

// mayBeSent tells whether a peer may close with the code (RFC 6455, 7.4).
func mayBeSent(code uint16) bool {
	switch {
	case code >= 3000 && code < 5000:
		return true
	case code >= 1000 && code <= 1014:
		return code != 1004 && code != 1005 && code != 1006
	}
	return false
}

// violate ends a connection whose peer breaks RFC 6455.
func (c *Conn) violate(code realtime.CloseCode, reason string) bool {
	c.Close(code, reason)
	return false
}
