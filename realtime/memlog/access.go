package memlog

import (
	"context"
	"slices"
	"time"

	"github.com/familygifting/tidings/realtime"
)

func (h *history) note(now time.Time, c realtime.AccessChange) {
	h.access = append(h.access, realtime.DatedChange{AccessChange: c, At: now.UTC().Truncate(time.Microsecond)})
}

// AccessChanges implements [realtime.Log].
func (l *Log) AccessChanges(_ context.Context, topic realtime.Topic, after realtime.Generation) ([]realtime.AccessChange, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	h := l.topics[topic]
	if h == nil {
		return nil, nil
	}
	var changes []realtime.AccessChange
	for _, c := range h.access {
		if c.Generation > after {
			changes = append(changes, c.AccessChange)
		}
	}
	return changes, nil
}

// HeadsAndRights implements [realtime.Log].
func (l *Log) HeadsAndRights(_ context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	rights := make([]realtime.Right, len(topics))
	for i, topic := range topics {
		if h := l.topics[topic]; h != nil {
			rights[i] = realtime.RightOf(user, h.access)
		}
	}
	return l.heads(topics), rights, nil
}

// trimAccess drops changes made before the time if a later one of the same kind names the
// same user. It drops whole generations: an incomplete one would seem to name fewer users
// than it did.
func (h *history) trimAccess(before time.Time) {
	if len(h.access) == 0 || !h.access[0].At.Before(before) {
		return
	}
	type subject struct {
		user   string
		opened bool
	}
	later := make(map[subject]bool, len(h.access))
	needed := make(map[realtime.Generation]bool)
	for _, c := range slices.Backward(h.access) {
		of := subject{c.User, c.Opened}
		if !later[of] || !c.At.Before(before) {
			needed[c.Generation] = true
		}
		later[of] = true
	}
	h.access = slices.Clip(slices.DeleteFunc(h.access, func(c realtime.DatedChange) bool { return !needed[c.Generation] }))
}
