// Package gift is the domain of the Family Gifting Dashboard: who plans what
// for whom, and who may know of it. It holds types, rules, error codes and the
// interfaces that storage implements; it knows no SQL, no HTTP and no events.
//
// # Nobody sees their own surprise
//
// A list may be about a person. That person never sees the list as a planner
// does: at most as wishes, which carry no status, no buyer and no trace of
// what the others do. [List.AccessFor] is the one place that decides it.
//
// # Mutations
//
// Every writing method takes a [Call]: who does it, under which mutation id.
// A mutation and the changes it makes known are one transaction; the same
// mutation id takes effect once, and repeats return the first result.
package gift
