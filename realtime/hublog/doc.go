// Package hublog is the storage of a stand-alone hub: a log of events that the hub itself
// appends to, with the answers to publications that may be repeated, and what was
// revoked. It is in memory ([NewMemory]) or in a SQLite file ([OpenFile]).
//
// # What it promises
//
// [Log.Commit] takes a publication whole or not at all. In a file it returns when all of
// it is durable: publications that wait together share a commit, and with it the wait for
// the disk. A publication with a key takes effect once; repeated, it gets the result of
// the first time, for [KeepAnswers] or until younger ones need the room.
//
// Entries are handed to the hub in the order of the commits.
//
// A file has one hub, which holds a lock beside it. A database in which another program
// keeps its data, and no log is yet, is refused.
package hublog
