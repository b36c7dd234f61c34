package realtime

import (
	"context"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// Conn is a transport's half of a session: it takes messages to the peer. The
// transport calls [Session.Receive] for what comes from the peer, and
// [Session.Closed] once when the connection ends, for whichever reason.
//
// All methods may be called from any goroutine, and none but Drained blocks:
// the hub calls them while it holds locks. After the end they do nothing.
type Conn interface {
	// Send takes the messages of b from the first-th on to the peer, in the
	// order of the calls, and queues what cannot be written at once. It does not
	// change b and may keep it. Topic is what Discard takes them back by; it is
	// empty for answers. When more than [Options.QueueBytes] would wait besides
	// the largest b, the Conn drops the queue and closes itself with
	// CloseSlowConsumer.
	Send(b *wire.Batch, first int, topic Topic)

	// Discard drops what was sent with the topic and is still queued. A message
	// that was sent in part is completed.
	Discard(topic Topic)

	// Drained blocks until at most n bytes wait, or somewhat fewer where others
	// wait for fewer. It returns early with the context's error, or with an error
	// when the connection has ended; with a context that has ended it tells how
	// things are now.
	Drained(ctx context.Context, n int) error

	// Stalled is since when the peer has taken nothing although something
	// waits; zero when that is not so. The Conn calls [Session.Stalling] when
	// it begins.
	Stalled() time.Time

	// Heard is when the peer last showed that it is there: a byte came from it,
	// or it took some of what it had kept waiting.
	Heard() time.Time

	// Ping asks the peer for a sign of life.
	Ping()

	// Close drops what is queued, tells the peer the code and ends the
	// connection. The reason is for people.
	Close(code CloseCode, reason string)
}
