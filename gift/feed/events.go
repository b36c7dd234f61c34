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
			for _, t := range r.of(r.topic, c) {
				if len(t.on) == 0 {
					continue
				}
				payload, err := json.Marshal(t.payload) // once, for however many
				if err != nil {
					return nil, fmt.Errorf("encoding %s on %s: %w", r.event, r.topic, err)
				}
				for _, on := range t.on {
					events = append(events, t.event(r.event, c, on, payload))
				}
			}
		}
	}
	return events, nil
}

// event is the thing on one topic. What names the request that made the change
// is said only where its actor is, and to the actor: it would tie events to
// each other that their readers may not know to be one mutation.
func (t thing) event(kind realtime.EventType, c gift.Change, on target, payload json.RawMessage) realtime.Event {
	e := realtime.Event{
		Topic: on.topic, Type: kind, EntityID: t.entity, Payload: payload,
		UserID: string(t.actor), Timestamp: c.At, Version: t.version,
	}
	if t.actor != "" || on.reader == c.Call.Actor {
		e.MutationID, e.TraceID = c.Call.MutationID, c.Call.TraceID
	}
	return e
}
