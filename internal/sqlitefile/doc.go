// Package sqlitefile opens SQLite files the way that both servers need them: durable,
// private, with statements that are prepared once, and checked for damage.
package sqlitefile
