// Package sqlitewriter is the one writer of a SQLite file. Writes that wait together
// share a commit, and with it the wait for the disk, which costs more than they do.
//
// # What it promises
//
// [Writer.Write] returns nil when its write is durable, and an error when nothing of it
// took effect. Each write runs in a savepoint of its own: one that fails, or panics,
// undoes itself and no other. When the commit fails, all that shared it fail.
//
// Writes run one at a time, in the order in which they came, and what they leave to be
// done after the commit runs in that order too. A write that waits is withdrawn when
// its context ends; one that runs goes on to its end.
//
// SQLite has one writer anyway. This one never waits for its own lock.
package sqlitewriter
