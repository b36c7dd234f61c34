// Package ws is the WebSocket transport: it turns HTTP requests into sessions
// of a [realtime.Hub], and speaks RFC 6455 with their peers.
//
// # Usage
//
//	http.Handle("/ws", ws.NewHandler(hub, ws.Options{}))
//
// It works behind any server of net/http that speaks HTTP/1.1, TLS included. A server on
// plain TCP without middleware saves a third of the cost of a connection by listening
// through [Handler.UpgradeListener].
//
// [realtime.Options] and [Options] have the limits of a connection. Until the upgrade, the
// limits of the server hold: set a ReadHeaderTimeout (5 s is plenty) and MaxHeaderBytes
// (16 KiB), since the defaults of net/http are no limit, and 1 MiB.
//
// # How bytes move
//
// On Linux a plain TCP connection moves from the runtime's poller to an epoll loop of this
// package: an idle connection then has neither a goroutine nor a buffer. [Conn.Send]
// writes to the socket at once, without blocking. What the socket does not take waits in
// the connection's queue. Every other connection (TLS, a wrapped listener, another system)
// has a goroutine that reads, and one that writes while something waits. The figures are
// in docs/adr/0003-transport.md.
//
// # Promises
//
// Messages go out in the order of the calls of [Conn.Send]. Nothing is dropped
// from the middle of a queue; when it overflows the connection is closed.
// Messages of one connection are handled one after the other.
package ws
