// Package sqllog keeps a [realtime.Log] in the database that holds the data,
// so that an event exists exactly when its change committed.
//
// A program that changes data calls [Append] inside the same transaction, after its
// own rows are written, and hands the entries to [realtime.Hub.Deliver] once the commit
// is durable. One that reads data that a topic covers calls [Head] inside the same read
// transaction and sends the position along.
//
// # Databases
//
// The statements are the same for SQLite and Postgres and use $1 placeholders.
// The package names no driver: it takes a *sql.DB and transactions with the
// methods of *sql.Tx. Its tables start with "tidings_" and carry a version of
// their own; [Migrate] brings them up to date.
//
// The column n numbers the events in the order in which they came: by it [Log.Trim]
// finds what is old, and [Log.Changed] what is new, without a look at every topic.
//
// # Order
//
// Each topic has one counter row. Append locks the counters of all its topics
// in one statement, sorted by topic, before it inserts anything: transactions
// that touch a topic commit one after the other, in the order of their
// positions, and two of them cannot deadlock.
//
// # Access
//
// [Withdraw], [OpenTo] and [OpenToAll] raise a topic's access generation under the
// same lock, and take no position. Each event carries the generation of its moment:
// what a transaction appends before its withdrawal is for those who could read the
// topic, what it appends after that is not. [Break] makes everybody who comes back
// read afresh.
//
// # What is forgotten
//
// [Log.Trim] forgets events that are too many or too old, and changes of access
// that say nothing any more. [Log.ForgetTopics] forgets topics that have no events
// left: from then on an unknown topic stands at the floor of all that were
// forgotten, so that no position is given out twice. A program whose users must not
// learn from a position that other topics exist does not call it.
//
// # Epochs
//
// The log has one random epoch. Restoring a backup must call [NewEpoch] before
// anyone appends: positions that were given out after the backup was taken
// would otherwise be given out again for other events.
package sqllog
