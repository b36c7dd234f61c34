package realtime

import (
	"context"
	"time"
)

// Log has the events of each topic in order. The engine only reads it. The program that
// owns the data appends, in the transaction that changes the data. Implementations:
// memlog, sqllog. The suite in realtimetest tests every promise below; run it with a Log of
// your own.
//
// All methods may be called from any goroutine.
type Log interface {
	// Heads returns the head of each of the topics, in one query. An unknown topic has
	// Seq 0 and Floor 0; once topics were forgotten, both are the [ForgottenFloor]. The
	// result has one element per topic asked for, in that order.
	Heads(ctx context.Context, topics []Topic) ([]Head, error)

	// Read returns up to limit entries of the topic with Seq > after, in order and
	// without gaps. It stops after the entry whose payload reaches [ReadBytes], and loads
	// no more, since thousands may read at the same time. It returns an error that is
	// [ErrTrimmed] when the entry after+1 has been trimmed, and no entries when after is
	// at or past the head.
	Read(ctx context.Context, topic Topic, after Seq, limit int) ([]Entry, error)

	// AccessChanges returns the changes of access to the topic whose generation is
	// greater than after, in order. Several may share a generation. A generation that is
	// missing between after+1 and the last one has been trimmed: the caller must assume
	// that it named everybody.
	AccessChanges(ctx context.Context, topic Topic, after Generation) ([]AccessChange, error)

	// HeadsAndRights returns the topics' heads, as Heads does, and what the log says
	// about the user's right to read each of them, both of one moment and in one
	// query. The zero Right is that of a topic whose access never changed for the
	// user. Both results have one element per topic asked for, in that order.
	HeadsAndRights(ctx context.Context, user string, topics []Topic) ([]Head, []Right, error)
}

// Watcher is implemented by a [Log] that finds the topics that have changed, so that many
// quiet topics cost nothing to watch. Without it the hub reads the head of every
// subscribed topic.
type Watcher interface {
	// Changed returns the topics with events or changes of access since mark, and the
	// mark for the next call. With all set, every topic may have changed: the mark is
	// empty or too old, or another epoch began. Trimming and forgetting are no changes.
	Changed(ctx context.Context, mark string) (topics []Topic, next string, all bool, err error)
}

// ReadBytes is how many bytes of payload end a [Log]'s Read, with the entry that reaches
// it. It is about what a session is sent at once.
const ReadBytes = 64 << 10

// Head is the end of a topic's history.
type Head struct {
	Position
	// Floor is the last position that was trimmed: entries Floor+1 … Seq can be read. 0
	// when nothing was trimmed.
	Floor Seq
	// Generation is the topic's access generation. 0 when access to it never
	// changed.
	Generation Generation
}

// Generation counts the changes of access to a topic. It rises in the transaction that
// changes who may read the topic, under the lock that an append takes. It takes no
// position, so readers do not notice it.
type Generation uint64

// AccessChange is one change of who may read a topic.
type AccessChange struct {
	Generation Generation
	// User is the one whom it names; empty for everybody. Within a generation, a change
	// that names the user precedes one that names everybody.
	User string
	// Opened is set if the topic was opened to the user, who may read from From on, and
	// not before. Otherwise it was withdrawn.
	Opened bool
	From   Seq
}

// Right is what a log has about a user's right to read a topic. It only restricts: the
// [Authorizer] grants.
type Right struct {
	// From is the position from which the user may read: a client that resumes from an
	// earlier one must fetch afresh. 0 for no bound.
	From Seq
	// Closed is set if the last change that names the user withdrew the topic. If the
	// Authorizer allows the user again, the log does not have since when, so the user
	// reads from the head on.
	Closed bool
	// Withdrawn is when the topic was last withdrawn from the user; zero for never. Older
	// rights (in a token) are void.
	Withdrawn time.Time
}
