package realtime

import (
	"context"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// Conn is a transport's side of a session: it sends messages to the peer. The transport
// calls [Session.Receive] for each message of the peer, and [Session.Closed] once when the
// connection ends.
//
// All methods may be called from any goroutine, and only Drained blocks: the hub calls the
// others with locks held. After the end they do nothing.
type Conn interface {
	// Send sends the messages of b from the first-th on, in the order of the calls, and
	// queues what cannot be written at once. It does not change b and may keep it. Topic
	// is for Discard; it is empty for answers. When more than [Options.QueueBytes] would
	// wait, the largest b excluded, the Conn drops the queue and closes itself with
	// CloseSlowConsumer.
	Send(b *wire.Batch, first int, topic Topic)

	// Discard drops queued messages of the topic. A message that was written in part is
	// completed.
	Discard(topic Topic)

	// Drained blocks until at most n bytes wait; if another call waits for fewer, until
	// then. It returns the context's error if that ends first, and an error when the
	// connection has ended. With a context that has ended it does not block.
	Drained(ctx context.Context, n int) error

	// Stalled returns since when the peer has taken nothing while something waits; zero
	// when nothing waits. The Conn calls [Session.Stalling] when a stall starts.
	Stalled() time.Time

	// Heard returns the last sign of life: a byte from the peer, or progress of what
	// waited.
	Heard() time.Time

	// Ping sends a ping.
	Ping()

	// Close drops the queue, sends the code and closes the connection. The reason is for
	// people.
	Close(code CloseCode, reason string)
}
