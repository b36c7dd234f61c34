package realtime

import "fmt"

// Seq counts the events of one topic: the first has 1, each next one more,
// without gaps. It outlives a deleted topic.
type Seq uint64

// Epoch names one unbroken history of a log. It changes when history was lost
// or rewound, a restored backup included, and so tells a reader that the same
// Seq may now mean another event. Opaque; at most 64 of [A-Za-z0-9_-].
type Epoch string

// Position is a place in a topic's history: the event with this Seq, in this
// Epoch, and everything before it. Seq 0 is the place before the first event.
type Position struct {
	Epoch Epoch `json:"epoch"`
	Seq   Seq   `json:"seq"`
}

// Header formats the member of a Tidings-Position header (an RFC 9651 list)
// that says where the topic stood when a response was read.
func (p Position) Header(t Topic) string {
	return fmt.Sprintf(`"%s";epoch="%s";seq=%d`, t, p.Epoch, p.Seq)
}
