// Package realtime brings what was committed to everyone who may see it.
//
// A [Hub] takes [Event]s from a [Log] and sends them to the sessions that
// subscribed to their [Topic]. Each event has a [Position] in its topic, so a
// client always knows whether it has missed something: it resumes from where
// it was, or is told to fetch afresh. It never has to guess, and nobody is
// shown what they may not see.
//
// # Usage
//
// A program gives the hub a log, an [Authorizer] of its own, and a door:
//
//	hub := realtime.NewHub(log, authorizer, realtime.Options{})
//	http.Handle("/ws", ws.NewHandler(hub, ws.Options{}))
//
// and anyIdentity changes data appends to the log in the same transaction, and
// hands the entries over once it has committed:
//
//	entries, err := sqllog.Append(ctx, tx, events)
//	// … commit …
//	hub.Deliver(entries)
//
// Access to a topic changes in its log, in the transaction that changes it, so that
// no event overtakes the change. [Hub.Wake] tells the hub:
//
//	err := sqllog.Withdraw(ctx, tx, topic, user)
//	// … commit …
//	hub.Wake(topic)
//
// An identity is in no log: a log-in ends, a token is revoked. [Hub.EndSession],
// [Hub.EndUser] and [Hub.EndToken] make it so before they return. [Hub.Recheck],
// [Hub.RecheckUser] and [Hub.RecheckWhere] do where an identity has lost a part of
// its rights. [Hub.Drain] ends a hub politely.
//
// The pieces: wire has the messages, ws the WebSocket transport, memlog and
// sqllog two logs, realtimetest the suite that every log must pass, jwtauth an
// Authorizer that goes by signed tokens. What goes over the wire is written down
// in docs/protocol.md.
//
// # What is promised
//
//   - Every subscriber gets every event of a topic, once, in order, or is told
//     to resync. Nothing is coalesced, and nothing dropped in mid-stream.
//   - Whether [Hub.Deliver] is called late, twice, out of order or not at all
//     makes a difference in time only, of [Options.HeadInterval] at most: the log
//     is the truth.
//   - A resume has no seam: what follows the client's position is replayed, and
//     then it is live.
//   - Neither [Hub.Deliver] nor a subscriber ever waits for another subscriber.
//     A reader that cannot keep up is closed with a code from which it resumes.
//   - What was committed after a withdrawal of a topic is never sent to those whom
//     it names, whenever the hub hears of it. Nobody else waits for that.
//   - After a call that ends an identity, or a part of its rights, has returned,
//     nothing is sent to it: nothing live, replayed or queued.
//   - A hub that has not found out for [Options.HoldAfter] what has ended sends no
//     events until it has.
//   - Memory is bounded for each session: by its queue, its subscriptions, the
//     size of a message, and a page of a replay, of [ReadBytes] at most and the
//     event that exceeds it.
//
// # What is not
//
//   - There is no order between two topics.
//   - A signal is sent at most once, and is forgotten.
//   - An event is not acknowledged: bytes that were written may be lost with
//     the connection, which the client notices when it resumes.
//
// # Seen from outside
//
// [Hub.Stats] has the figures: how many sessions, who is slow, the lag from a
// commit to its last socket. A [Canary] finds out whether events still come
// through, which a process that is merely up does not show. With
// [Options.Traces] each delivery is a span in the trace of the request that
// caused it. [Options.Logger] gets lines that carry session and trace ids, and
// never a token.
//
// # What is expected
//
// Of an [Authorizer]: that it answers soon (see [Options.CallTimeout]), and that
// it answers by what has committed when it is asked, or at the generation that it
// is asked about (see [GenerationAuthorizer]). Of a [Log]: what
// realtimetest states. Of both: that they do not panic, which ends the process,
// since a hub cannot tell what they left half done. Of a client: docs/protocol.md.
//
// # Testing against it
//
// memlog with an Authorizer of three lines is a complete hub for a test; see
// the example. Deadlines go by the time package, so that testing/synctest can
// make them pass.
package realtime
