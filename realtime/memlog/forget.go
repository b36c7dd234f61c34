package memlog

import (
	"maps"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// ForgetTopics forgets topics whose events are all trimmed, so that they cost nothing. The
// head of unknown topics rises to [realtime.ForgottenFloor], so that no position is used
// twice. Call it after [Log.Trim].
//
// Topics in use stay: the head would rise under their subscribers. So do topics whose
// access has changed, since the log has their changes. inUse must not use the log.
func (l *Log) ForgetTopics(inUse func(realtime.Topic) bool) {
	highest, forgotten, now := realtime.Seq(0), 0, time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for topic, h := range l.topics {
		h.trim(l.opts, now)
		if len(h.entries) > 0 || h.generation > 0 || inUse(topic) {
			continue
		}
		highest = max(highest, h.head())
		delete(l.topics, topic)
		forgotten++
	}
	if highest > l.forgotten {
		l.forgotten = realtime.ForgottenFloor(highest)
	}
	if forgotten > len(l.topics) { // a map does not shrink
		topics := make(map[realtime.Topic]*history, len(l.topics))
		maps.Copy(topics, l.topics)
		l.topics = topics
	}
}

// Topics returns how many topics the log knows.
func (l *Log) Topics() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.topics)
}
