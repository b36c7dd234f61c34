// Package store keeps the domain in SQL and implements [gift.Service]. Today
// that is SQLite; the statements are written so that Postgres takes the same
// text, and only migrations and the way to a connection differ.
//
// # One writer, many readers
//
// Every mutation runs on one goroutine that owns the only connection which may
// write. Mutations that wait together share a transaction and its fsync, each
// in a savepoint of its own: one that fails takes nothing with it. A mutation
// is answered after the commit is durable. Reads run beside it on a pool of
// connections, each read in a transaction that sees one moment.
//
// A context that ends while its mutation still waits withdraws it; one that
// ends later changes nothing: the answer says what became of it.
//
// # The hook
//
// The store knows no events. It calls the [Hook] it was opened with inside
// each mutation's transaction and inside each positioned read; what the hook
// writes commits or vanishes with the mutation. What the hook wants done after
// the commit is run in the order of the commits, by one goroutine.
package store
