package realtime

import (
	"context"
	"time"
)

// Identity is what an [Authorizer] found in a token.
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
	// Issued is when the token was issued, for an Authorizer that takes the rights from
	// the token: topics that were withdrawn then or later are refused. Zero for one that
	// looks up the present rights.
	Issued time.Time
	// Grant is for the Authorizer's own use when it authorizes.
	Grant string
}

// Authorizer decides which tokens are valid and which topics an identity may read. Both
// methods may be called from any goroutine, often, and for the same session again (on
// every subscribe, resume, refreshed token and [Hub.Recheck]).
type Authorizer interface {
	// Authenticate returns the token's identity. The client gets an [*Error] with code
	// CodeTokenInvalid or CodeTokenExpired, or with CodeInternal where the token cannot be
	// checked at the moment: then it comes back. Any other error is logged, and sent as
	// CodeInternal.
	Authenticate(ctx context.Context, token string) (Identity, error)

	// Authorize returns the canonical name of the topic if the identity may read all of
	// it. It returns ErrForbidden for an unknown topic and for a forbidden one. An
	// [*Error] with code CodeInternal, and any error of another type, which is logged,
	// means that it cannot be decided at the moment: the client comes back.
	Authorize(ctx context.Context, who Identity, topic Topic) (canonical Topic, err error)
}

// GenerationAuthorizer is implemented by an [Authorizer] that caches its decisions. The hub
// then calls Authorize only where it needs a fresh decision (see [Hub.Recheck]), which
// replaces the cached one.
type GenerationAuthorizer interface {
	// AuthorizeAt is Authorize with a cache. At is the topic's access generation in the
	// log, read before the call. A decision made at another generation must not be reused.
	AuthorizeAt(ctx context.Context, who Identity, topic Topic, at Generation) (canonical Topic, err error)
}

// GroupAuthorizer is implemented by an [Authorizer] that lets the readers of some topics
// see each other. Without it presence and signals are refused, since they name other
// readers.
type GroupAuthorizer interface {
	// Group returns the group of the identity, which may read the canonical topic. The
	// members of a group, on one topic or on several, see each other's presence and get
	// each other's signals. Empty means none. It is called after each Authorize, and for
	// each signal that is sent. A subscription for which it returns another group than
	// before leaves its group, and only another subscribe can join one.
	Group(ctx context.Context, who Identity, canonical Topic) string
}

// Holder is implemented by an [Authorizer] whose groups span topics that do not
// all hold the same entities. A signal then reaches another topic of the group
// only if both hold the entity that it names; one that names none stays within
// the sender's own topic. Without it a signal reaches the whole group.
type Holder interface {
	// Holds reports whether the canonical topic holds the entity, so that its readers may
	// know of it. For the sender's topic the identity is the sender's, for another topic one of its
	// readers. After an error the signal is not sent there. The sender does not learn the
	// results. It may be called from any goroutine, and no lock is held.
	Holds(ctx context.Context, who Identity, canonical Topic, entity string) (bool, error)
}
