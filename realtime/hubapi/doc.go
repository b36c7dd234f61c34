// Package hubapi is the HTTP side of a stand-alone hub, for the app whose events it
// carries, and for those who run it: publications, withdrawals, revocations, health and
// figures. docs/hub.md says what each takes and answers.
//
// Every error is a problem (RFC 9457). A publication is answered when its events are
// committed, in a file on the disk.
package hubapi
