package ws

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// reader parses frames as their bytes arrive. Between messages it holds no memory.
type reader struct {
	// partial is the incomplete message that the bytes ended in; nil between messages.
	partial *partial
	// ignoring is set when everything further from the peer is ignored: it broke the
	// protocol, or sent a close frame.
	ignoring bool
}

// partial is a message, or a frame of one, that is not complete yet.
type partial struct {
	// head are the bytes of an incomplete header.
	head []byte
	// in is set while a frame's payload is read.
	in     bool
	header wire.Header
	got    int64 // bytes of the payload so far

	// op is the kind of the message that the fragments belong to; 0 between messages.
	op      wire.Opcode
	message []byte
	// valid is the length of the prefix of message that is known to be UTF-8.
	valid int

	control []byte // payload of a control frame
}

// feed parses bytes from the peer. It unmasks them in place. Calls must not overlap.
func (c *Conn) feed(b []byte) {
	c.hear()
	for len(b) > 0 && !c.reader.ignoring {
		rest, ok := c.feedWhole(b)
		if ok && len(rest) == len(b) {
			rest, ok = c.feedPart(b)
		}
		b, c.reader.ignoring = rest, !ok
	}
}

// feedWhole handles the common case without copying: b starts with a whole message in
// one frame.
func (c *Conn) feedWhole(b []byte) (rest []byte, ok bool) {
	if c.reader.partial != nil {
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
		return nil, c.reject(realtime.CloseInvalidPayload, "text message that is not UTF-8")
	}
	return b[end:], c.deliver(wire.OpText, payload)
}

// feedPart handles everything else.
func (c *Conn) feedPart(b []byte) (rest []byte, ok bool) {
	if c.reader.partial == nil {
		c.reader.partial = new(partial)
	}
	p := c.reader.partial
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
func (c *Conn) feedHeader(p *partial, b []byte) (rest []byte, ok bool) {
	had := len(p.head)
	p.head = append(p.head, b[:min(len(b), 14-had)]...)
	h, size, err := wire.ParseHeader(p.head)
	if err != nil {
		return nil, c.reject(realtime.CloseProtocolError, err.Error())
	}
	if size == 0 {
		return nil, true // b is part of the header, all of it
	}
	p.in, p.header, p.got, p.head, p.control = true, h, 0, nil, nil
	return b[size-had:], c.checkHeader(p)
}

// checkHeader checks that the frame may come now.
func (c *Conn) checkHeader(p *partial) bool {
	h := p.header
	switch {
	case !h.Masked:
		return c.reject(realtime.CloseProtocolError, "unmasked frame: a client must mask its frames")
	case h.Op.Control():
		return true
	case h.Op == wire.OpContinuation && p.op == 0:
		return c.reject(realtime.CloseProtocolError, "continuation frame without a message to continue")
	case h.Op != wire.OpContinuation && p.op != 0:
		return c.reject(realtime.CloseProtocolError, "new message before the last fragment of the previous one")
	case h.Length > int64(c.limits.MaxMessage-len(p.message)):
		return c.reject(realtime.CloseMessageTooBig, "message too big: split it")
	}
	if h.Op != wire.OpContinuation {
		p.op = h.Op
	}
	return true
}

// collect adds payload to its message. Text is checked as it arrives, so that a peer
// that sends anything else is refused at once.
func (c *Conn) collect(p *partial, payload []byte) bool {
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
			if !last && mayBecomeRune(tail) {
				return true
			}
			return c.reject(realtime.CloseInvalidPayload, "text message that is not UTF-8")
		}
		p.valid += size
	}
	return true
}

// mayBecomeRune reports whether more bytes could complete b to a character.
func mayBecomeRune(b []byte) bool {
	if len(b) >= utf8.UTFMax || utf8.FullRune(b) {
		return false
	}
	return true
}

// minFragment is the fewest bytes of a fragment that is not counted as a message of its
// own. The last fragment of a message is never counted.
const minFragment = 128

// endFrame handles a frame that is complete.
func (c *Conn) endFrame(p *partial) bool {
	if p.header.Op.Control() {
		control := p.control
		if p.op == 0 {
			c.reader.partial = nil
		}
		return c.handleControl(p.header.Op, control)
	}
	if !p.header.Fin {
		if p.header.Length < minFragment {
			c.allowFrame() // else one message could cost as much as thousands
		}
		return true
	}
	c.reader.partial = nil
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
func (c *Conn) handleControl(op wire.Opcode, payload []byte) bool {
	if op == wire.OpClose {
		return c.handleClose(payload)
	}
	if c.allowFrame() && op == wire.OpPing {
		c.SendFrame(wire.OpPong, payload)
	}
	return true
}

// allowFrame counts a control frame or a small fragment, if the endpoint limits them,
// and reports whether the frame may be answered.
func (c *Conn) allowFrame() bool {
	limited, ok := c.end.(interface{ AllowFrame() bool })
	return !ok || limited.AllowFrame()
}

// handleClose answers the peer's close frame and ends the connection.
func (c *Conn) handleClose(payload []byte) bool {
	code := uint16(0)
	switch {
	case len(payload) == 1:
		return c.reject(realtime.CloseProtocolError, "close frame with a payload of 1 byte: send none, or a code")
	case len(payload) >= 2:
		code = binary.BigEndian.Uint16(payload)
		if !validCloseCode(code) {
			return c.reject(realtime.CloseProtocolError, "invalid close code")
		}
		if !utf8.Valid(payload[2:]) {
			return c.reject(realtime.CloseInvalidPayload, "close reason that is not UTF-8")
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sendClose(wire.AppendClose(nil, code, ""), realtime.CloseNormal)
	if c.out.empty() {
		c.fail() // both sides have sent a close frame
	}
	return false
}

// validCloseCode reports whether a peer may close with the code (RFC 6455, 7.4).
func validCloseCode(code uint16) bool {
	switch {
	case code >= 3000 && code < 5000:
		return true
	case code >= 1000 && code <= 1014:
		return code != 1004 && code != 1005 && code != 1006
	}
	return false
}

// reject closes a connection whose peer breaks RFC 6455.
func (c *Conn) reject(code realtime.CloseCode, reason string) bool {
	c.Close(code, reason)
	return false
}
