package realtime

import (
	"encoding/json"
	"time"
)

// EventType is what happened to an entity.
type EventType string

// All event types.
const (
	Added         EventType = "ADDED"
	Updated       EventType = "UPDATED"
	Deleted       EventType = "DELETED"
	StatusChanged EventType = "STATUS_CHANGED"
)

// Event is one committed change as a topic's subscribers see it, before it has
// a position. On the wire it becomes the WSEvent of docs/protocol.md.
type Event struct {
	// ID is unique over all topics and time; Append fills it in when empty.
	ID string
	// Topic is the canonical name.
	Topic Topic
	// Type is what happened to the entity: [Added], [Updated], [Deleted] or
	// [StatusChanged].
	Type EventType
	// EntityID names the entity that changed.
	EntityID string
	// Payload is the entity as REST returns it: the last one for Deleted. It is
	// JSON in UTF-8, and sent unchanged.
	Payload json.RawMessage
	// UserID is the author; empty where the topic's readers may not know.
	UserID string
	// Timestamp is when it happened; zero for the time of Append. A log may round it to
	// microseconds.
	Timestamp time.Time
	// Version of the entity after the change; 0 leaves it out.
	Version int64
	// MutationID is the client's own id of the mutation, so that the client
	// that caused the event recognises its echo. Optional.
	MutationID string
	// TraceID ties the event to the request that caused it. Optional.
	TraceID string
}

// Entry is an event at its place in a log.
type Entry struct {
	Event
	Position
	// Generation is the topic's access generation when the event was appended. Only
	// readers that were allowed at this generation or a later one may get it.
	Generation Generation
}
