// Package wire is docs/protocol.md in code: what a client may send, what the
// server answers, and how both look inside a WebSocket. It knows shapes only;
// what they mean, and in which order they come, is package realtime's.
//
// Messages to clients are encoded straight into the frames that carry them, so
// that a message for many is built once and the same bytes go to everyone: see
// [Batch].
package wire
