// Package sqllog keeps a [realtime.Log] in the database that holds the data,
// so that an event exists exactly when its change committed.
//
// Whoever changes data calls [Append] inside the same transaction, after its
// own rows are written, and hands the entries to [realtime.Hub.Deliver] once
// the commit is durable. Whoever reads data that a topic covers calls [Head]
// inside the same read transaction and sends the position along.
//
// # Databases
//
// The statements are the same for SQLite and Postgres and use $1 placeholders.
// The package names no driver: it takes a *sql.DB and transactions with the
// methods of *sql.Tx. Its tables start with "tidings_" and carry a version of
// their own; [Migrate] brings them up to date.
//
// # Order
//
// Each topic has one counter row. Append locks the counters of all its topics
// in one statement, sorted by topic, before it inserts anything: transactions
// that touch a topic commit one after the other, in the order of their
// positions, and two of them cannot deadlock.
//
// # Epochs
//
// The log has one random epoch. Restoring a backup must call [NewEpoch] before
// anyone appends: positions that were given out after the backup was taken
// would otherwise be given out again for other events.
package sqllog
