package feed

import (
	"encoding/json"
	"fmt"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// rulesOf are the lines of the table for each kind of change.
var rulesOf = func() map[gift.ChangeKind][]rule {
	rules := make(map[gift.ChangeKind][]rule)
	for _, r := range table {
		rules[r.change] = append(rules[r.change], r)
	}
	return rules
}()

// eventsOf are the events that changes are, in the order of the changes.
func eventsOf(changes []gift.Change) ([]realtime.Event, error) {
	events := make([]realtime.Event, 0, 2*len(changes))
	for _, c := range changes {
		for _, r := range rulesOf[c.Kind] {
			for _, t := range r.of(c) {
				payload, err := json.Marshal(t.payload)
				if err != nil {
					return nil, fmt.Errorf("encoding %s on %s: %w", r.event, r.topic, err)
				}
				events = append(events, realtime.Event{
					Topic: topicOf(r.topic, t.topicID), Type: r.event, EntityID: t.entity,
					Payload: payload, UserID: string(t.actor), Timestamp: c.At, Version: t.version,
					MutationID: c.Call.MutationID, TraceID: c.Call.TraceID,
				})
			}
		}
	}
	return events, nil
}
