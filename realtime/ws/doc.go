// Package ws is the WebSocket transport: it turns HTTP requests into sessions
// of a [realtime.Hub], and speaks RFC 6455 with their peers.
//
// # Usage
//
//	http.Handle("/ws", ws.NewHandler(hub, ws.Options{}))
//
// It works behind any server of net/http that speaks HTTP/1.1, TLS included. A
// server that does little else, on plain TCP, halves what a new connection costs
// by listening through [Handler.Shortcut].
//
// Who may connect, how much, how fast and for how long without a word, is in
// [realtime.Options] and [Options]. Until a request has become a connection it
// is the server's: give that a ReadHeaderTimeout (5 s is plenty) and a
// MaxHeaderBytes (16 KiB), since net/http's own are without a limit, and 1 MiB.
//
// # How bytes move
//
// On Linux a plain TCP connection is taken out of the runtime's hands and put
// on one epoll loop: an idle connection then has neither a goroutine nor a
// buffer. Whoever sends writes to the socket at once, without blocking; what
// the socket does not take waits in the connection's queue until it does.
// Every other connection (TLS, a wrapped listener, another system) gets a
// goroutine that reads, and one that writes while something waits. The figures
// behind this are in docs/adr/0003-transport.md.
//
// # Promises
//
// Messages go out in the order of the calls of [Conn.Send]. Nothing is dropped
// from the middle of a queue; when it overflows the connection is closed.
// Messages of one connection are handled one after the other.
package ws
