package memlog

import (
	"context"
	"fmt"
	"slices"

	"github.com/familygifting/tidings/realtime"
)

// KeepChanges is how many changes Changed can go back.
const KeepChanges = 10_000

// changes are the topics of the last commits.
type changes struct {
	total  uint64 // of all time
	topics []realtime.Topic
}

// add adds a change. It drops old ones in batches.
func (c *changes) add(topic realtime.Topic) {
	c.total++
	c.topics = append(c.topics, topic)
	if len(c.topics) >= 2*KeepChanges {
		c.topics = append(c.topics[:0], c.topics[KeepChanges:]...)
		clear(c.topics[len(c.topics):cap(c.topics)])
	}
}

// since returns the topics that have changed since there were total changes. It
// does not know when that is too long ago, or yet to come.
func (c *changes) since(total uint64) (topics []realtime.Topic, known bool) {
	if total > c.total || c.total-total > uint64(len(c.topics)) {
		return nil, false
	}
	topics = slices.Clone(c.topics[uint64(len(c.topics))-(c.total-total):])
	slices.Sort(topics)
	return slices.Compact(topics), true
}

// Changed implements [realtime.Watcher].
func (l *Log) Changed(_ context.Context, mark string) (topics []realtime.Topic, next string, all bool, err error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var total uint64
	var epoch realtime.Epoch
	next = fmt.Sprintf("%d.%s", l.changes.total, l.epoch)
	if n, err := fmt.Sscanf(mark, "%d.%s", &total, &epoch); n != 2 || err != nil || epoch != l.epoch {
		return nil, next, true, nil
	}
	topics, known := l.changes.since(total)
	return topics, next, !known, nil
}
