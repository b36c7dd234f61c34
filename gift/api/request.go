package api

import (
	"context"
	"log/slog"
	"net/netip"

	"github.com/familygifting/tidings/gift"
)

// request is what the middlewares find out about a request, for the handlers.
// It is owned by the goroutine that serves the request.
type request struct {
	// id is the X-Request-Id.
	id string
	// trace is the trace id of the changes it makes: that of the trace it is part
	// of, or else the request's id.
	trace string
	// hash tells requests apart that carry the same Mutation-Id; "" without one.
	hash string
	// from is how the request reached us.
	from origin
	// device is the mark of the browser, good or not.
	device string
	log    *slog.Logger

	// Set by the bearer check.
	actor gift.UserID
	login gift.LoginID
}

// origin is how a request reached us, as far as it can be trusted.
type origin struct {
	// scheme is http or https; host is the Host header.
	scheme, host string
	// loopback says that host names this very machine.
	loopback bool
	// client is the address to count failed logins by.
	client netip.Addr
}

type requestKey struct{}

func withRequest(ctx context.Context, r *request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// requestFrom returns the request of ctx; one that knows nothing, outside of any.
func requestFrom(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{log: slog.New(slog.DiscardHandler)}
}

// actorOf returns the user of the request's login.
func actorOf(ctx context.Context) gift.UserID { return requestFrom(ctx).actor }

// mutationHeader names a mutation; the name stands in the tag below as well.
const mutationHeader = "Mutation-Id"

// Mutation is the part that all writing requests share.
type Mutation struct {
	MutationID string `header:"Mutation-Id" pattern:"^[A-Za-z0-9._~-]{1,128}$" patternDescription:"1 to 128 of [A-Za-z0-9._~-]" doc:"Makes the request take effect once: repeats within 30 days get the first answer. Up to 128 characters of A-Z a-z 0-9 . _ ~ -" example:"9f8d2c1e-move-1"`
}

// call describes the mutation to the domain.
func (m Mutation) call(ctx context.Context) gift.Call {
	r := requestFrom(ctx)
	return gift.Call{Actor: r.actor, MutationID: m.MutationID, RequestHash: r.hash, TraceID: r.trace}
}

// PageQuery asks for a part of a collection.
type PageQuery struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor of the part before; absent for the first"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"The most elements to return"`
}

func (q PageQuery) page() gift.Page { return gift.Page{Cursor: q.Cursor, Limit: q.Limit} }

// ListQuery names the list whose collection is asked for.
type ListQuery struct {
	ListID string `query:"list_id" required:"true" pattern:"^[0-9a-z]{20}$" patternDescription:"the id of a list: 20 characters of 0-9 a-z" doc:"The list"`
}

// PathID names one entity.
type PathID struct {
	ID string `path:"id" pattern:"^[0-9a-z]{20}$" patternDescription:"an id: 20 characters of 0-9 a-z"`
}

// bodyOf is an answer with a body.
type bodyOf[T any] struct{ Body T }

// positioned is a whole collection, or an entity, with its place in the event log.
type positioned[T any] struct {
	Position string `header:"Tidings-Position" doc:"The position of the topic that covers this, read in the same transaction (an RFC 9651 list)" example:"\"list-items:0h3k9x2m4q7r8s5t6v1w\";epoch=\"k3f9\";seq=41"`
	Body     T
}

// asBody answers with a value, or with what its error means.
func asBody[T any](ctx context.Context, v T, err error, where string) (*bodyOf[T], error) {
	if err != nil {
		return nil, fail(ctx, err, where)
	}
	return &bodyOf[T]{v}, nil
}

// asPage answers with a part of a collection, never null.
func asPage[T any](ctx context.Context, p gift.PageOf[T], err error) (*bodyOf[gift.PageOf[T]], error) {
	p.Items = whole(p.Items)
	return asBody(ctx, p, err, inQuery)
}

// asPositioned answers with a whole collection, never null.
func asPositioned[T any](ctx context.Context, p gift.Positioned[[]T], err error) (*positioned[[]T], error) {
	if err != nil {
		return nil, fail(ctx, err, inQuery)
	}
	return &positioned[[]T]{p.Position, whole(p.Value)}, nil
}

// done answers a request that has nothing to say.
func done(ctx context.Context, err error, where string) (*struct{}, error) {
	if err != nil {
		return nil, fail(ctx, err, where)
	}
	return nil, nil
}

// whole returns s, or an empty slice for nil: collections are never null.
func whole[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
