package wire

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// Event is an event with its position. It is the only message without a "type".
type Event struct {
	// Topic is the canonical name, Event what happened, EntityID to what.
	Topic    string
	Event    string
	EntityID string
	// Payload is JSON and goes out as it is; empty stands for null.
	Payload []byte
	// UserID is the author; empty where the readers may not know.
	UserID    string
	Timestamp time.Time
	// ID is unique over all topics; Epoch and Seq are the place in the topic's log.
	ID    string
	Epoch string
	Seq   uint64
	// Version, MutationID and TraceID are left out where they are zero.
	Version    int64
	MutationID string
	TraceID    string
}

// Append appends the message's JSON.
func (m *Event) Append(b []byte) []byte {
	b = append(b, `{"topic":`...)
	b = appendString(b, m.Topic)
	b = append(b, `,"event":`...)
	b = appendString(b, m.Event)
	b = append(b, `,"data":{"entity_id":`...)
	b = appendString(b, m.EntityID)
	b = append(b, `,"payload":`...)
	if len(m.Payload) == 0 {
		b = append(b, `null`...)
	} else {
		b = append(b, m.Payload...)
	}
	b = append(b, `,"user_id":`...)
	b = appendString(b, m.UserID)
	b = append(b, `,"timestamp":`...)
	b = appendTime(b, m.Timestamp)
	b = append(b, `},"id":`...)
	b = appendString(b, m.ID)
	b = appendPosition(b, m.Epoch, m.Seq)
	if m.Version != 0 {
		b = append(b, `,"version":`...)
		b = strconv.AppendInt(b, m.Version, 10)
	}
	b = appendOptional(b, "mutation_id", m.MutationID)
	return append(appendOptional(b, "trace_id", m.TraceID), '}')
}

// appendOptional appends a further member unless its value is empty.
func appendOptional(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return appendString(b, value)
}

func appendTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, time.RFC3339Nano)
	return append(b, '"')
}

// appendString appends s as a JSON string. The standard library encodes those that need
// escapes, which are few.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, _ := json.Marshal(s) // a string always has a JSON form
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
