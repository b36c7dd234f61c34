package hublog

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// DefaultAnswerBytes is how much is kept of answers.
const DefaultAnswerBytes = 16 << 20

// Options of a log. The zero value works.
type Options struct {
	// KeepCount is how many events of a topic stay readable, and KeepAge how long an
	// event does. Defaults as of memlog and sqllog.
	KeepCount int
	KeepAge   time.Duration
	// AnswerBytes is how much is kept of the answers to publications with a key; the
	// oldest go first. Default [DefaultAnswerBytes]; negative for none.
	AnswerBytes int
	// Logger gets the errors that no caller gets. Default [slog.Default].
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.AnswerBytes == 0 {
		o.AnswerBytes = DefaultAnswerBytes
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// Log is a log that a hub itself appends to.
type Log interface {
	realtime.Log
	// Commit does the steps of the publication in one transaction, in their order. When
	// its key was seen before it does nothing, and returns the result of then, or
	// [ErrKeyReused].
	Commit(ctx context.Context, p Publication) (Result, error)
	// ForgetUnused lets the log forget, from now on, topics without events for which
	// inUse returns false.
	ForgetUnused(inUse func(realtime.Topic) bool)
	// CountTopics returns how many topics the log knows.
	CountTopics(ctx context.Context) (int, error)
	// Revocations is where revocations are kept for as long as the log; nil where that
	// ends with the process.
	Revocations() jwtauth.Store
	// Check reads all that is stored, and returns an error if it is damaged. It blocks
	// no writer.
	Check(ctx context.Context) error
	// Close ends the log. Nothing may use it any more.
	Close() error
}

// Publication is what one request of an app does.
type Publication struct {
	// Key makes the publication happen once; empty for none. Request is a hash of what
	// was asked, by which a key is known that comes back with another request.
	Key, Request string
	Steps        []Step
	// Committed, unless nil, gets the entries when they are durable, in the order of the
	// commits. It must not block. Of a repeated publication it is not called.
	Committed func(entries []realtime.Entry)
}

// Step appends events or, where Withdrawal is not nil, withdraws a topic.
type Step struct {
	Events     []realtime.Event
	Withdrawal *Withdrawal
}

// Withdrawal takes a topic from users, or from everybody where none is named.
type Withdrawal struct {
	Topic realtime.Topic
	Users []string
}

// Result is what became of a publication.
type Result struct {
	// Entries are those of the events, in their order. Of a repeated publication they
	// have ids, topics and positions alone.
	Entries []realtime.Entry
	// Answer is the whole answer, where an earlier version of the file kept that.
	Answer []byte
}

// ErrKeyReused is returned when a key comes back with another request.
var ErrKeyReused = errors.New("this Idempotency-Key was used for another request")

// logTx is a transaction on a log.
type logTx interface {
	append(events []realtime.Event) ([]realtime.Entry, error)
	withdraw(w *Withdrawal) error
}

// apply does the steps and returns the entries of their events.
func apply(tx logTx, steps []Step) (entries []realtime.Entry, err error) {
	for i := range steps {
		if w := steps[i].Withdrawal; w != nil {
			if err := tx.withdraw(w); err != nil {
				return nil, err
			}
			continue
		}
		appended, err := tx.append(steps[i].Events)
		if err != nil {
			return nil, err
		}
		if entries == nil {
			entries = appended
			continue
		}
		entries = append(entries, appended...)
	}
	return entries, nil
}
