// Package httpauth is a [realtime.Authorizer] that asks an app's backend, over HTTP, who may
// read a topic. The token then only authenticates the user. Rights are in one place, and a
// user may read more topics than a token has room for.
//
// # The request
//
// When a user subscribes or resumes, and when their access to a topic has changed in the
// log, the backend gets:
//
//	POST /authorize
//	Authorization: Bearer SECRET
//	Content-Type: application/json
//
//	{"user":"u1","session":"login-7","topic":"list-items:f3"}
//
// session is left out where the token has no sid. The answer has status 200:
//
//	{"allowed":true}
//
// It may have further members. "canonical" is the topic's canonical name, of the same type,
// if it differs from the requested one. The backend gets a request for that name, too, and
// must return it unchanged. With "presence":true the readers of the topic see each other's
// presence and get each other's signals; with the name of a group in place of true, so do
// the readers of all topics of that group. "user" and "topic" may be repeated, and must then
// equal those of the request.
//
// # Failures
//
// Every other answer, and one that is late, is a failure: another status (403 and a
// redirect, too, which is not followed), another content type, more than [MaxAnswer] bytes,
// a member that is unknown, missing or duplicate, another user or topic. A failure neither
// grants nor withdraws anything: a subscribe is answered "internal"; a live subscription
// whose access has to be confirmed is closed with its session, and the client comes back.
// [Authorizer.Stats] counts failures by their [Outcome]; each kind is logged at most once a
// minute.
//
// # The cache
//
// A decision that allows is reused for the same user, login and topic, for at most
// [Options.CacheAge], and only while the topic's access generation in the log is the one at
// which it was made. So a withdrawal in the log takes effect at once. A right that ends
// without one ends for sessions that subscribe after CacheAge. A refusal is cached for at
// most [DeniedAge].
//
// Concurrent requests for the same user, login and topic share one call. At most
// [Options.MaxCalls] calls run at once.
package httpauth
