package realtime

import (
	"context"
	"time"
)

// Identity is who a session speaks for, as an [Authorizer] found it in a token.
type Identity struct {
	// User is the user's id, stable over tokens. Empty for an anonymous
	// subscriber (development only).
	User string
	// Session is the id of the login behind the token (its "sid"), by which
	// everything that came of that login can be ended: see [Hub.EndSession].
	Session string
	// Token is the id of the token itself (its "jti"): see [Hub.EndToken].
	Token string
	// Expires is when the token ends; zero means never.
	Expires time.Time
	// Issued is when the rights that the identity carries were written down, for an
	// Authorizer that goes by what stands in a token: topics that were withdrawn
	// then or later are refused. Zero for one that asks what has committed.
	Issued time.Time
	// Grant is whatever the Authorizer wants to find again when it authorizes.
	Grant string
}

// Authorizer decides who may connect and what they may subscribe to. Both
// methods may be called from any goroutine, often, and for the same session
// again (on every subscribe, resume, refreshed token and [Hub.Recheck]).
type Authorizer interface {
	// Authenticate turns a token into an identity. An [*Error] with code
	// CodeTokenInvalid or CodeTokenExpired is told to the client, and so is one
	// with CodeInternal where the token cannot be judged at the moment: the client
	// comes back. Any other error is logged and told as CodeInternal.
	Authenticate(ctx context.Context, token string) (Identity, error)

	// Authorize returns the canonical name of the topic if the identity may
	// read it whole. An unknown and a forbidden topic return the same error,
	// ErrForbidden. An [*Error] with code CodeInternal, and any error of another
	// type, which is logged, says that nobody knows at the moment: the client comes
	// back.
	Authorize(ctx context.Context, who Identity, topic Topic) (canonical Topic, err error)
}

// GenerationAuthorizer is implemented by an [Authorizer] that remembers its
// answers. The hub then calls Authorize only where the answer must be a fresh one
// (see [Hub.Recheck]), which takes the place of what is remembered.
type GenerationAuthorizer interface {
	// AuthorizeAt is Authorize, which may answer from memory. The topic's access
	// generation in the log was at when the hub began to ask: an answer that was
	// found at another generation must not be given again.
	AuthorizeAt(ctx context.Context, who Identity, topic Topic, at Generation) (canonical Topic, err error)
}

// GroupAuthorizer is implemented by an [Authorizer] that lets the readers of some topics
// know of each other. Without it presence and signals are refused, since they
// tell readers who else is there.
type GroupAuthorizer interface {
	// Group names the group in which the identity, which may read the canonical
	// topic, sees who else is there, is seen, and sends and gets signals. All who
	// are in one group may know of each other, be it on one topic or on several.
	// Empty means that the identity meets nobody there. It is asked whenever
	// Authorize is, and for each signal that is sent. Once it has named another
	// group than the subscription's, or none, only a further subscribe asks for
	// one again.
	Group(ctx context.Context, who Identity, canonical Topic) string
}

// Holder is implemented by an [Authorizer] whose groups span topics that do not
// all hold the same entities. A signal then reaches another topic of the group
// only if both hold the entity that it names; one that names none stays within
// the sender's own topic. Without it a signal reaches the whole group.
type Holder interface {
	// Holds reports whether the canonical topic holds the entity, so that its
	// readers may know of it. For the sender's topic it is asked about the sender,
	// for another one about any one of its readers. After an error the signal is
	// not sent there. The sender never learns of the answers. It may be called
	// from any goroutine, and with no lock held.
	Holds(ctx context.Context, who Identity, canonical Topic, entity string) (bool, error)
}
