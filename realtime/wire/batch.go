package wire

// Batch is a sequence of messages, each encoded as one unmasked WebSocket text frame, so
// that one write sends them all. It must not change once it is sent, so that any number of
// sessions may hold it.
//
// The zero Batch is empty and ready for use.
type Batch struct {
	framed []byte
	ends   []int // where each frame ends
	texts  []int // where each frame's payload starts
}

// headerRoom is what Add leaves for a frame's header before it knows the size
// of the payload. A header that turns out shorter moves the payload down.
const headerRoom = 4

// Add appends the message that encode appends to its argument.
func (b *Batch) Add(encode func(dst []byte) []byte) {
	start := len(b.framed)
	var room [headerRoom]byte
	framed := encode(append(b.framed, room[:]...))
	n := len(framed) - start - headerRoom
	header := AppendHeader(make([]byte, 0, MaxServerHeader), OpText, n)
	if len(header) > headerRoom {
		framed = append(framed, header[headerRoom:]...) // grow by the difference
	}
	copy(framed[start+len(header):], framed[start+headerRoom:start+headerRoom+n])
	copy(framed[start:], header)
	b.framed = framed[:start+len(header)+n]
	b.ends = append(b.ends, len(b.framed))
	b.texts = append(b.texts, start+len(header))
}

// Len is the number of messages.
func (b *Batch) Len() int { return len(b.ends) }

// Frames returns the WebSocket frames from the i-th message on.
func (b *Batch) Frames(i int) []byte {
	if i == 0 {
		return b.framed
	}
	return b.framed[b.ends[i-1]:]
}

// Text returns the i-th message without its frame.
func (b *Batch) Text(i int) []byte { return b.framed[b.texts[i]:b.ends[i]] }
