// Package memlog keeps a [realtime.Log] in memory: for development, for tests
// and for events that need not outlive the process.
//
// Each start is a new epoch, so clients that resume across a restart are told
// to fetch afresh; nobody mistakes an old position for a new one.
package memlog
