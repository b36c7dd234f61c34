// Package wire has the messages of docs/protocol.md and the frames of a WebSocket. It knows
// their form only; package realtime has their meaning and order.
//
// Messages to clients are encoded straight into frames, so that a message for many is
// encoded once, and the same bytes are sent to all: see [Batch].
package wire
