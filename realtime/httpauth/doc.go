// Package httpauth is a [realtime.Authorizer] that asks an app's backend, over
// HTTP, who may read a topic. A token then says who somebody is, and nothing of
// topics: rights stand in one place, and a user may read more topics than a token
// has room for.
//
// # The question
//
// When somebody subscribes or resumes, and when their access to a topic has
// changed in the log, the backend is asked:
//
//	POST /authorize
//	Authorization: Bearer SECRET
//	Content-Type: application/json
//
//	{"user":"u1","session":"login-7","topic":"list-items:f3"}
//
// session is missing where the token names no login. The answer has status 200:
//
//	{"allowed":true}
//
// It may say more. "canonical" is the topic's canonical name, of the same type,
// if that is another one; the backend is asked about that name, too, and must
// leave it as it is. With "presence":true the user may see who else reads the
// topic, be seen, and send signals; with the name of a group in place of true that
// goes for all topics whose readers are in it. "user" and "topic" may repeat the question,
// and must then be those of the question.
//
// # Failures
//
// Whatever else comes, or does not come in time, is no verdict: another status (a
// redirect, which is not followed, and 403, too), another content type, more than
// [MaxAnswer] bytes, an answer with a member that is unknown, missing or there
// twice, or about another user or topic. Nobody is let in on it, and nobody's data
// is taken away: a subscribe is answered "internal", a live subscription whose
// access has to be confirmed ends with its session, and the client comes back.
// [Authorizer.Stats] counts such failures by their [Outcome]; the log has a line a
// minute for each.
//
// # What is remembered
//
// A verdict that allows is used again for the same user, login and topic, for
// [Options.CacheAge] at most, and only as long as the topic's access generation in
// the log is the one at which it was asked for. So a withdrawal in the log counts
// at once. A right that ends without one counts for whoever subscribes after
// CacheAge. A refusal is remembered for [DeniedAge] at most.
//
// A question that is under way is asked once, however many wait for its answer,
// and at most [Options.MaxCalls] are.
package httpauth
