package jwtauth

import (
	"context"
	"fmt"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// Limits of a [Revocation].
const (
	// MaxID is the most bytes of a token's sub, sid and jti. A token with a longer
	// one is refused, since it could not be revoked.
	MaxID = 256
	// MaxRevokedTopics is the most topics of one revocation.
	MaxRevokedTopics = 500
)

// Revocation revokes tokens, or topics of tokens. It names a user, a session, a token,
// topics, or a user and topics. Other combinations are invalid.
type Revocation struct {
	// User is a sub: the tokens issued to this user until now are refused. A later one
	// is accepted, so that the user can log in again.
	User string
	// Session is a sid: the tokens of this login are refused, later ones too.
	Session string
	// Token is a jti: this token is refused.
	Token string
	// Topics, or all of a type ("list-items:*"), that the tokens issued to the user until
	// now no longer grant; everybody's, where no user is named. The tokens stay valid
	// for everything else.
	Topics []string
}

// InvalidError is an error in a [Revocation].
type InvalidError struct {
	// Field is user, session, token or topics; empty where it is none of them.
	Field string
	// Message is safe to show.
	Message string
}

// Error implements error.
func (e *InvalidError) Error() string {
	if e.Field == "" {
		return "a revocation " + e.Message
	}
	return fmt.Sprintf("a revocation's %s: %s", e.Field, e.Message)
}

// Validate returns an [*InvalidError], or nil.
func (r Revocation) Validate() error {
	named := 0
	for _, id := range []struct{ field, value string }{{"user", r.User}, {"session", r.Session}, {"token", r.Token}} {
		if id.value == "" {
			continue
		}
		if named++; named > 1 {
			return &InvalidError{id.field, "user, session and token do not go together: send a revocation for each"}
		}
		if len(id.value) > MaxID {
			return &InvalidError{id.field, fmt.Sprintf("has at most %d bytes", MaxID)}
		}
	}
	switch {
	case r.Topics == nil && named == 0:
		return &InvalidError{"", "names a user, a session, a token or topics"}
	case r.Topics == nil:
		return nil
	case r.Session+r.Token != "":
		return &InvalidError{"topics", "are taken from a user, or from everybody"}
	case len(r.Topics) == 0 || len(r.Topics) > MaxRevokedTopics:
		return &InvalidError{"topics", fmt.Sprintf("there are 1 to %d of them", MaxRevokedTopics)}
	}
	for _, t := range r.Topics {
		if err := checkPattern(t); err != nil {
			return &InvalidError{"topics", err.Error()}
		}
	}
	return nil
}

// subjects returns the revocation's subjects.
func (r Revocation) subjects() []Subject {
	if r.Topics == nil {
		return []Subject{{User: r.User, Session: r.Session, Token: r.Token}}
	}
	subjects := make([]Subject, 0, len(r.Topics))
	for _, t := range r.Topics {
		subjects = append(subjects, Subject{User: r.User, Topic: t})
	}
	return subjects
}

// Revoke carries out the revocations, all of them or, with an error, none. When it returns,
// they are saved, and the hub sends nothing further that they forbid: sessions with revoked
// tokens are closed, and subscriptions to revoked topics ended with
// unsubscribed{code:"revoked"}.
//
// A token was issued until now if its iat is not after the returned second, in which Revoke
// was called. An iat is in whole seconds, so all tokens of that second are refused, to be
// safe. An issuer that issues a new token at once must date it a second later. The issuer's
// clock counts: if it is ahead, tokens of the last moments before the call look newer.
// Session and Token do not depend on a clock. A token without iat counts as issued before.
func (a *Authorizer) Revoke(ctx context.Context, hub *realtime.Hub, what ...Revocation) (at time.Time, err error) {
	var subjects []Subject
	for _, r := range what {
		if err := r.Validate(); err != nil {
			return at, err
		}
		subjects = append(subjects, r.subjects()...)
	}
	at = time.Now().Truncate(time.Second)
	if err := a.revoked.add(ctx, subjects, at); err != nil {
		return at, err
	}
	enforce(hub, what, at.Unix())
	return at, nil
}

// Revocations is how many revocations are kept, of at most [Options.MaxRevocations].
func (a *Authorizer) Revocations() int { return a.revoked.count() }

// enforce ends the sessions and subscriptions that the revocations forbid. The Authorizer
// refuses them already, and the hub decides again about what starts meanwhile.
func enforce(hub *realtime.Hub, what []Revocation, at int64) {
	before := func(who realtime.Identity) bool { return issuedIn(who.Grant) <= at }
	everybodys := make(map[string]bool)
	for _, r := range what {
		switch {
		case r.Session != "":
			hub.EndSession(r.Session)
		case r.Token != "":
			hub.EndToken(r.Token)
		case r.Topics == nil:
			hub.EndUserWhere(r.User, before)
		case r.User != "":
			hub.RecheckUser(r.User)
		default:
			for _, t := range r.Topics {
				everybodys[t] = true
			}
		}
	}
	if len(everybodys) > 0 {
		hub.RecheckWhere(func(t realtime.Topic) bool { return everybodys[string(t)] || everybodys[allOf(t)] })
	}
}

// Subject is what a revocation revokes: a user's tokens, a session's, one token, a topic of
// everybody's tokens, or a topic of a user's.
type Subject struct{ User, Session, Token, Topic string }

// Record is a revocation as a [Store] keeps it.
type Record struct {
	Subject
	// At is the last second whose tokens count as issued before.
	At time.Time
}

// Store keeps revocations beyond the life of the process. An [Authorizer] calls one method
// at a time.
type Store interface {
	// Load returns all records.
	Load(ctx context.Context) ([]Record, error)
	// Save keeps all of the records or none, and returns when that is durable. A record
	// replaces an earlier one with its Subject.
	Save(ctx context.Context, records []Record) error
	// Forget drops older records. A failure does no harm.
	Forget(ctx context.Context, before time.Time) error
}
