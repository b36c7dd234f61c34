package realtime

import "context"

// Log is the truth about what happened, in order, per topic. The engine only
// reads it: whoever owns the data appends, in the transaction that changes the
// data. Implementations: memlog, sqllog. The suite in realtimetest states every
// promise below as a test; a Log of your own should pass it.
//
// All methods may be called from any goroutine.
type Log interface {
	// Heads returns where each of the topics stands, in one query. A topic
	// without events has Seq 0 and Floor 0. The result has one element per
	// topic asked for, in that order.
	Heads(ctx context.Context, topics []Topic) ([]Head, error)

	// Read returns up to limit entries of the topic with Seq > after, in order
	// and without gaps. It ends with the entry whose payload makes [ReadBytes]
	// full, since thousands may read at once, and loads no more than that. It
	// returns an error that is [ErrTrimmed] when the entry after+1 was once there
	// and has been trimmed, and no entries when after is at or past the head.
	Read(ctx context.Context, topic Topic, after Seq, limit int) ([]Entry, error)
}

// ReadBytes is the most bytes of payload that a [Log] returns at once, and the
// entry that exceeds it. It is about what a session is sent at once.
const ReadBytes = 64 << 10

// Head is where a topic stands.
type Head struct {
	Position
	// Floor is the last position that was trimmed: entries Floor+1 … Seq can
	// still be read. 0 when nothing was trimmed.
	Floor Seq
}
