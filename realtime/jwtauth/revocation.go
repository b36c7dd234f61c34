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
	// one is refused, since it could not be taken back.
	MaxID = 256
	// MaxRevokedTopics is the most topics of one revocation.
	MaxRevokedTopics = 500
)

// Revocation takes back what tokens have given. It names a user, a session, a
// token, topics, or a user and topics; nothing else goes together.
type Revocation struct {
	// User is a sub: the tokens that this user was issued until now are refused.
	// A later one is taken, so that the user can log in again.
	User string
	// Session is a sid: the tokens of this login are refused, later ones too.
	Session string
	// Token is a jti: this token is refused.
	Token string
	// Topics, or all of a type ("list-items:*"), that the user's tokens until now
	// no longer open; everybody's, where no user is named. They stay good for
	// everything else.
	Topics []string
}

// InvalidError says what is wrong with a [Revocation].
type InvalidError struct {
	// Field is user, session, token or topics; empty where it is none of them.
	Field string
	// Message is fit to be shown.
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

// subjects are what the revocation is about, one by one.
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

// Revoke takes back what the revocations name, all of them or, with an error,
// none. When it returns that is saved, and the hub sends nothing further to whom
// it concerns: sessions that lived by what was taken have ended, subscriptions to
// topics that were taken are told unsubscribed{code:"revoked"}.
//
// A token counts as issued until now when its iat is not after the returned
// second, the one that Revoke was called in. An iat has whole seconds only, so of
// that second nobody can tell which came first, and all of its tokens are
// refused: the safe side. An issuer that hands out a new token at once asks for
// one a second later. The issuer's clock counts: where it is ahead, tokens of the
// last moments before the call look like later ones. Session and Token go by no
// clock. A token without iat counts as issued before.
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

// Revocations is how many revocations are remembered, of [Options.MaxRevocations].
func (a *Authorizer) Revocations() int { return a.revoked.count() }

// enforce ends what lives by what was taken. The Authorizer answers by it
// already, so whatever begins meanwhile is asked about again by the hub.
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

// Subject is what one revocation is about: a user, a session, a token, a topic
// that is taken from everybody, or one that is taken from a user.
type Subject struct{ User, Session, Token, Topic string }

// Record is a revocation as a [Store] keeps it.
type Record struct {
	Subject
	// At is the second until which tokens count as issued before.
	At time.Time
}

// Store keeps revocations for longer than the process lives. An [Authorizer]
// calls one method at a time.
type Store interface {
	// Load returns everything that is kept.
	Load(ctx context.Context) ([]Record, error)
	// Save keeps the records, all or none of them, and returns when that is
	// durable. A record takes the place of an earlier one with its Subject.
	Save(ctx context.Context, records []Record) error
	// Forget drops the records that are older. Nothing is lost if it fails.
	Forget(ctx context.Context, before time.Time) error
}
