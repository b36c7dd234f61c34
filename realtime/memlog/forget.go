package memlog

import (
	"maps"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// ForgetTopics forgets topics of which all events are trimmed, so that they cost
// nothing. A topic that is not known stands where [realtime.ForgottenFloor] says,
// which rises for all of them: nobody gets a position that was given out before.
// Call it behind [Log.Trim].
//
// Topics in use stay: a topic with subscribers would move on under them. So do
// those whose access has changed, of which the log knows more than events. inUse
// must not use the log.
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
	if forgotten > len(l.topics) { // a map keeps the room that it once took
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
