package feed

import (
	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// Rule is a line of the table, for tests from outside.
type Rule struct {
	Change gift.ChangeKind
	Topic  string
	Event  realtime.EventType
}

// Rules are the lines of the table.
func Rules() []Rule {
	rules := make([]Rule, len(table))
	for i, r := range table {
		rules[i] = Rule{r.change, r.topic, r.event}
	}
	return rules
}

// TopicTypes are the types of topics that somebody may subscribe to.
func TopicTypes() []string {
	types := []string{aliasTopic}
	for kind := range readers {
		types = append(types, kind)
	}
	return types
}
