// Package memlog keeps a [realtime.Log] in memory: for development, for tests
// and for events that need not outlive the process.
//
// Each start is a new epoch, so that clients which resume across a restart fetch afresh.
package memlog
