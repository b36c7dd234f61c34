package realtime

import (
	"context"
	"time"
)

// Log is the truth about what happened, in order, per topic. The engine only
// reads it: anyIdentity owns the data appends, in the transaction that changes the
// data. Implementations: memlog, sqllog. The suite in realtimetest states every
// promise below as a test; a Log of your own should pass it.
//
// All methods may be called from any goroutine.
type Log interface {
	// Heads returns where each of the topics stands, in one query. A topic that
	// the log does not know has Seq 0 and Floor 0; where topics were forgotten, both
	// are its [ForgottenFloor]. The result has one element per topic asked for, in
	// that order.
	Heads(ctx context.Context, topics []Topic) ([]Head, error)

	// Read returns up to limit entries of the topic with Seq > after, in order
	// and without gaps. It ends with the entry whose payload makes [ReadBytes]
	// full, since thousands may read at once, and loads no more than that. It
	// returns an error that is [ErrTrimmed] when the entry after+1 was once there
	// and has been trimmed, and no entries when after is at or past the head.
	Read(ctx context.Context, topic Topic, after Seq, limit int) ([]Entry, error)

	// AccessChanges returns the changes of access to the topic whose generation
	// is greater than after, in order. Several rows may share a generation. A
	// generation that is missing between after+1 and the last one has been
	// trimmed: the caller must then treat everybody as named by it.
	AccessChanges(ctx context.Context, topic Topic, after Generation) ([]AccessChange, error)

	// HeadsAndRights returns the topics' heads, as Heads does, and what the log says
	// about the user's right to read each of them, both of one moment and in one
	// query. The zero Right is that of a topic whose access never changed for the
	// user. Both results have one element per topic asked for, in that order.
	HeadsAndRights(ctx context.Context, user string, topics []Topic) ([]Head, []Right, error)
}

// Watcher is implemented by a [Log] that knows what has changed since it was
// last asked, so that watching many quiet topics costs next to nothing. Without
// it the hub compares the head of every subscribed topic.
type Watcher interface {
	// Changed returns the topics that got events or changes of access since mark,
	// an earlier call's next, and the mark to ask from next time. With all set,
	// the log cannot name them (the mark is empty or too old, or another epoch
	// began): every topic may have changed. That history was trimmed, or a topic
	// forgotten, is no change.
	Changed(ctx context.Context, mark string) (topics []Topic, next string, all bool, err error)
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
	// Generation is the topic's access generation. 0 when access to it never
	// changed.
	Generation Generation
}

// Generation counts the changes of access to a topic. It rises in the
// transaction that changes who may read the topic, under the lock that an append
// takes, and takes no position: no reader sees it.
type Generation uint64

// AccessChange is one change of who may read a topic.
type AccessChange struct {
	Generation Generation
	// User is whom it names; empty for everybody. Where both name a user in one
	// generation, the row with the user counts.
	User string
	// Opened is whether the topic was opened to the user, who may read on from
	// From: what came before was not for them. Otherwise it was withdrawn.
	Opened bool
	From   Seq
}

// Right is what a log says about one user's right to read a topic. It grants
// nothing: the [Authorizer] does.
type Right struct {
	// From is the position from which the user may read: a client that resumes
	// from before it must fetch afresh. 0 when nothing bounds it.
	From Seq
	// Closed is whether the last change that names the user withdrew the topic.
	// If the Authorizer allows them again, nobody knows since when, so they begin
	// at the head.
	Closed bool
	// Withdrawn is when the topic was last withdrawn from the user; zero for
	// never. A right that was written down before (in a token) is worth nothing.
	Withdrawn time.Time
}
