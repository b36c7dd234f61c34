// Package feed joins the domain to the engine: it is the one place that knows
// both. Inside each mutation's transaction it appends the events that the
// mutation's changes are on every topic ([Feed], the store's hook); for each
// subscription it decides whether its user may read the topic ([Authorizer]).
//
// Two tables hold all of it, and docs/protocol.md shows them: table says which
// change is which event on which topic, readers says who may subscribe to what.
//
// # Topics
//
// A list that is about one person has a topic for all who may read it. Of one that
// is about nobody in particular, and of every gift, each account has a topic of its
// own ([Authorizer.Authorize] finds it by the name that all ask for), since no two
// need see the same cards. What is hidden from an account is DELETED on its own
// topic and what it sees again is ADDED, as if it were gone or new.
//
// # Promises
//
// An event is in the log exactly when its change committed. Its payload equals
// the element that REST returns, but for whom a gift would suit: that depends
// on the reader, and is nowhere in it. What somebody may not see lives on a topic
// they may not subscribe to.
//
// A change of access to a topic is in the log too, written by the same transaction (see access): behind the last events of a thing that is gone,
// ahead of the events of a change that takes a list away. The hub learns of it
// from the log, and no request waits for it.
//
// An event says which request it comes of where it says who made that, and to them.
package feed
