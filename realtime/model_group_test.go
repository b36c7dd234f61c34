package realtime_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/familygifting/tidings/realtime"
)

// Group implements [realtime.GroupAuthorizer].
func (w *world) Group(_ context.Context, who realtime.Identity, topic realtime.Topic) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.hidden[who.User+" "+string(topic)]:
		return ""
	case w.together:
		return "everyone"
	}
	return string(topic)
}

// Holds implements [realtime.Holder].
func (w *world) Holds(_ context.Context, _ realtime.Identity, topic realtime.Topic, entity string) (bool, error) {
	w.interrupt() // the sender's group is known, and the signal not yet sent
	if entity == "unknown" {
		return true, errors.New("nobody knows")
	}
	return holds(topic, entity), nil
}

// entityOf returns the member that names the n-th entity; for one of them, none.
func entityOf(n int) string {
	entity := []string{"both", string(topicOf(0).ID()), string(topicOf(1).ID()), "unknown"}
	if n > len(entity) {
		return ""
	}
	return fmt.Sprintf(`,"entity":%q`, entity[n-1])
}

// holds reports whether the topic holds the entity: one that all hold, or its own.
func holds(topic realtime.Topic, entity string) bool {
	return entity == "both" || entity == topic.ID()
}

// checkSignal holds a signal to what it is about. Its data is the topic that it
// was sent on.
func (p *peer) checkSignal(m message, text string) {
	from := realtime.Topic(fmt.Sprint(m.Data))
	switch {
	case m.Entity == "" && from == m.Topic:
	case from != m.Topic && !p.world.together:
		p.world.violate("S8 authorized: %s got a signal of another group: %s", p.user, text)
	case !holds(from, m.Entity) || !holds(m.Topic, m.Entity):
		p.world.violate("S8 authorized: %s got a signal about what its topic does not hold: %s", p.user, text)
	}
}

// company is who is in the topic's group, and asked who else is.
func (w *world) company(topic realtime.Topic) map[string]bool {
	there := map[string]bool{}
	for _, p := range w.peers {
		for at, company := range p.company {
			if company != nil && (w.together || at == topic) {
				there[p.user] = true
			}
		}
	}
	return there
}
