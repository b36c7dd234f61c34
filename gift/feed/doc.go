// Package feed joins the domain to the engine: it is the one place that knows
// both. Inside each mutation's transaction it appends the events that the
// mutation's changes are on every topic ([Feed], the store's hook); for each
// subscription it decides whether its user may read the topic ([Authorizer]).
//
// Two tables hold all of it, and docs/protocol.md shows them: table says which
// change is which event on which topic, readers says who may subscribe to what.
//
// # Promises
//
// An event is in the log exactly when its change committed. Its payload equals
// the element that REST returns, but for whom a gift would suit: that depends
// on the reader, and is nowhere in it. What somebody may not see lives on a topic
// they may not subscribe to; where a change makes an audience smaller, its
// subscriptions are asked about again before the change's events go out.
package feed
