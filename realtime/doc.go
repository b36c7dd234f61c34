// Package realtime sends committed changes to everyone who may see them.
//
// A [Hub] reads [Event]s from a [Log] and sends them to the sessions that subscribed to
// their [Topic]. Each event has a [Position] in its topic. A client that reconnects sends
// the position that it holds, and gets what it has missed, or is told to fetch the data
// again. An [Authorizer] decides who may read a topic.
//
// # Usage
//
// A program gives the hub a log and an Authorizer, and serves it over a transport:
//
//	hub := realtime.NewHub(log, authorizer, realtime.Options{})
//	http.Handle("/ws", ws.NewHandler(hub, ws.Options{}))
//
// A change of data is appended to the log in its own transaction. Once that has committed,
// the hub gets the entries:
//
//	entries, err := sqllog.Append(ctx, tx, events)
//	// … commit …
//	hub.Deliver(entries)
//
// Access to a topic changes in the topic's log, too, in the transaction that changes it, so
// that no event overtakes the change:
//
//	err := sqllog.Withdraw(ctx, tx, topic, user)
//	// … commit …
//	hub.Wake(topic)
//
// Identities are not in the log: when a login ends or a token is revoked, call
// [Hub.EndSession], [Hub.EndUser] or [Hub.EndToken]. When an identity has lost a part of its
// rights, call [Hub.Recheck], [Hub.RecheckUser] or [Hub.RecheckWhere]. [Hub.Drain] shuts a
// hub down gracefully.
//
// The packages: wire has the messages, ws the WebSocket transport, memlog and sqllog two
// logs, realtimetest the suite that every log must pass, jwtauth an Authorizer for signed
// tokens, httpauth one that asks a backend. docs/protocol.md specifies the messages.
//
// # A session
//
// A [Session] is one connection. Its states, and what leads from one to the next:
//
//	Admit ──▶ admitted ──Attach──▶ open ──auth──▶ live ──▶ closed
//	              │                  │                        ▲
//	              └──────────────────┴────────────────────────┘
//
//	admitted  The hub has reserved it; the handshake is not answered yet.
//	open      It is connected, and may only send auth. (Options.Anonymous skips this.)
//	live      It has an Identity, which a further auth refreshes.
//	closed    For good. A client that comes back gets another session.
//
// The transport calls Receive for each message of the client, one after the other. Each
// close has a [CloseCode], which tells the client whether and when to come back.
//
// # A subscription
//
// A subscription is a session's interest in one topic. Its states:
//
//	subscribe ──▶ joining ───────────────▶ live ◀─────────────┐
//	                 │                      ▲ │               │
//	                 │ resume     caught up │ │ withdrawal    │ allowed
//	                 ▼                      │ ▼               │
//	             replaying ─────────────────┘ suspended ──────┘
//	                 │ ▲  withdrawal           ▲ │
//	                 └─┼───────────────────────┘ │
//	                   └─────────────────────────┘ allowed, but behind
//
//	joining    It is being authorized; the client has no answer yet.
//	replaying  It reads from the log what the client has missed.
//	live       It gets each event from the topic's fan-out.
//	suspended  A withdrawal named its user: nothing is sent until another decision.
//
// It ends from every state: by unsubscribe, with its session, or when a decision refuses it
// (unsubscribed, code "revoked").
//
// A subscribe goes like this. The session reads the topic's head, its access generation and
// the user's right to it from the log. It calls the Authorizer, which returns the canonical
// name. Under the topic's lock it answers "subscribed" with the position, and the
// subscription is live: the next event of the fan-out is the one after that position. If a
// withdrawal or a revocation has come meanwhile, the decision is made again.
//
// A resume is a subscribe with a position. If the log reaches back to it, and the user may
// read from there, the subscription replays: it reads pages from the log without a lock,
// and sends one whenever the connection has room. Under the lock it then compares its
// position with the topic's. Equal, it is live, without a gap or a repetition. If the log
// does not reach back, the answer says so ("recovered": false) and the client fetches.
//
// A withdrawal goes like this. The transaction that takes access away raises the topic's
// access [Generation] in the log, and names the users. Each entry carries the generation at
// which it was appended. A topic's stream sends no entry of a later generation than its
// own. It first reads the changes of access and suspends the subscriptions that they name;
// then it goes on for all others. For the suspended ones it calls the Authorizer, once for
// each identity. A subscription that is allowed replays what it lacks, or gets "resync" if
// something in between is not for it. One that is refused ends.
//
// # What is promised
//
//   - Every subscriber gets every event of a topic, once, in order, or is told to resync.
//     Nothing is merged, and nothing dropped in mid-stream.
//   - A [Hub.Deliver] that is late, doubled, out of order or missing costs time only, at most
//     [Options.HeadInterval]: the log is the truth.
//   - A resume has no gap: what follows the client's position is replayed, and then the
//     subscription is live.
//   - Neither [Hub.Deliver] nor a subscriber waits for another subscriber. A reader that
//     cannot keep up is closed with a code from which it resumes.
//   - What was committed after a withdrawal of a topic is never sent to the users that it
//     names, whenever the hub hears of it. Nobody else waits for that.
//   - After a call that ends an identity, or a part of its rights, has returned, nothing is
//     sent to it: nothing live, replayed or queued.
//   - A hub whose sweep has not succeeded for [Options.HoldAfter] sends no events until it
//     does: access may have ended unnoticed.
//   - Memory is bounded for each session: by its queue, its subscriptions, the size of a
//     message, and a page of a replay, of at most [ReadBytes] and the event that reaches it.
//
// # What is not
//
//   - There is no order between two topics.
//   - A signal is sent at most once, and is not kept.
//   - An event is not acknowledged: bytes that were written may be lost with the connection,
//     which the client notices when it resumes.
//
// # Observing a hub
//
// [Hub.Stats] has the figures: how many sessions, how many slow readers, the lag from a
// commit to the last socket. A [Canary] checks that events are delivered, which a process
// that is merely up does not show. With [Options.Traces] each delivery is a span in the trace
// of the request that caused it. [Options.Logger] gets lines with session and trace ids, and
// never a token.
//
// # What is expected
//
// Of an [Authorizer]: that it answers soon (see [Options.CallTimeout]), and by what has
// committed when it is called, or at the generation that it is given (see
// [GenerationAuthorizer]). Of a [Log]: what realtimetest tests. Of both: that they do not
// panic, which ends the process, since a hub cannot know what they left half done. Of a
// client: docs/protocol.md.
//
// # Testing against it
//
// memlog with an Authorizer of three lines is a complete hub for a test; see the example.
// Deadlines use the time package, so that testing/synctest can make them pass.
package realtime
