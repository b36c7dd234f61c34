package wire

import (
	"encoding/binary"
	"errors"
)

// Opcode is the kind of a WebSocket frame (RFC 6455, section 5.2).
type Opcode byte

// The opcodes. 0x8 and above are control frames.
const (
	OpContinuation Opcode = 0x0
	OpText         Opcode = 0x1
	OpBinary       Opcode = 0x2
	OpClose        Opcode = 0x8
	OpPing         Opcode = 0x9
	OpPong         Opcode = 0xA
)

// Control reports whether the frame is a close, ping or pong.
func (o Opcode) Control() bool { return o&0x8 != 0 }

// MaxControlPayload is the most bytes a control frame can carry.
const MaxControlPayload = 125

// MaxServerHeader is the most bytes that [AppendHeader] appends.
const MaxServerHeader = 10

// Header is the part of a frame in front of its payload.
type Header struct {
	Fin    bool
	Op     Opcode
	Masked bool
	Mask   [4]byte
	// Length of the payload in bytes.
	Length int64
}

// The ways a header can break RFC 6455.
var (
	ErrReserved      = errors.New("reserved bit or opcode in a frame")
	ErrControlFrame  = errors.New("control frame that is fragmented or longer than 125 bytes")
	ErrPayloadLength = errors.New("payload length that is not in the shortest encoding (RFC 6455, 5.2)")
)

// ParseHeader reads the header at the start of b and returns its size in
// bytes, or 0 when b is too short to tell yet.
func ParseHeader(b []byte) (h Header, size int, err error) {
	if len(b) < 2 {
		return h, 0, nil
	}
	h = Header{Fin: b[0]&0x80 != 0, Op: Opcode(b[0] & 0x0F), Masked: b[1]&0x80 != 0, Length: int64(b[1] & 0x7F)}
	if b[0]&0x70 != 0 || h.Op > OpBinary && h.Op < OpClose || h.Op > OpPong {
		return h, 0, ErrReserved
	}
	if h.Op.Control() && (!h.Fin || h.Length > MaxControlPayload) {
		return h, 0, ErrControlFrame
	}
	size, err = h.parseLength(b)
	if size == 0 || err != nil {
		return h, 0, err
	}
	if h.Masked {
		if len(b) < size+4 {
			return h, 0, nil
		}
		copy(h.Mask[:], b[size:])
		size += 4
	}
	return h, size, nil
}

// parseLength reads the extended length, if there is one, and returns the end of it, or 0
// when b is too short.
func (h *Header) parseLength(b []byte) (int, error) {
	switch h.Length {
	case 126:
		if len(b) < 4 {
			return 0, nil
		}
		h.Length = int64(binary.BigEndian.Uint16(b[2:]))
		if h.Length < 126 {
			return 0, ErrPayloadLength
		}
		return 4, nil
	case 127:
		if len(b) < 10 {
			return 0, nil
		}
		n := binary.BigEndian.Uint64(b[2:])
		if n>>63 != 0 || n < 1<<16 {
			return 0, ErrPayloadLength
		}
		h.Length = int64(n)
		return 10, nil
	}
	return 2, nil
}

// AppendHeader appends the header of an unfragmented, unmasked frame, as a
// server sends it.
func AppendHeader(dst []byte, op Opcode, length int) []byte {
	first := 0x80 | byte(op)
	switch {
	case length < 126:
		return append(dst, first, byte(length))
	case length < 1<<16:
		return append(dst, first, 126, byte(length>>8), byte(length))
	}
	return binary.BigEndian.AppendUint64(append(dst, first, 127), uint64(length))
}

// AppendClose appends a close frame. Code 0 stands for no code; a reason too
// long for a control frame is cut at a character.
func AppendClose(dst []byte, code uint16, reason string) []byte {
	if code == 0 {
		return AppendHeader(dst, OpClose, 0)
	}
	for len(reason) > MaxControlPayload-2 {
		reason = cutRune(reason)
	}
	dst = AppendHeader(dst, OpClose, 2+len(reason))
	return append(binary.BigEndian.AppendUint16(dst, code), reason...)
}

// cutRune removes the last character.
func cutRune(s string) string {
	i := len(s) - 1
	for i > 0 && s[i]&0xC0 == 0x80 {
		i--
	}
	return s[:i]
}

// Unmask applies the mask to b, whose first byte stands at offset in the
// payload. Masking is its own inverse.
func Unmask(b []byte, mask [4]byte, offset int64) {
	key := binary.LittleEndian.Uint32(mask[:])
	if shift := uint(offset&3) * 8; shift != 0 {
		key = key>>shift | key<<(32-shift)
	}
	wide := uint64(key) | uint64(key)<<32
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(key >> (uint(i&3) * 8))
	}
}
