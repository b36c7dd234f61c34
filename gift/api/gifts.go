package api

import (
	"context"
	"net/http"
	"net/url"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

// A gift may come back as the element of a list's gifts that it was.
type giftPatch = patch[gift.GiftPatch, gift.ListGift]

// giftsQuery asks for the gifts of one list, or for a part of all.
type giftsQuery struct {
	PageQuery
	ListID string `query:"list_id" pattern:"^[0-9a-z]{20}$" patternDescription:"the id of a list: 20 characters of 0-9 a-z" doc:"All gifts of this list, and no others"`
}

// Resolve implements huma.Resolver: an empty list_id is a slip, not a wish for
// all gifts.
func (q *giftsQuery) Resolve(ctx huma.Context) []error {
	u := ctx.URL()
	values, err := url.ParseQuery(u.RawQuery)
	if err == nil && q.ListID == "" && values.Has("list_id") {
		return []error{&huma.ErrorDetail{Location: "query.list_id", Message: "must be the id of a list, not nothing"}}
	}
	return nil
}

func (a *API) registerGifts() {
	const tag = "gifts"
	huma.Register(a.huma, a.listGiftsOperation(tag),
		func(ctx context.Context, in *giftsQuery) (*positioned[any], error) {
			if in.ListID == "" {
				page, err := a.svc.Gifts(ctx, actorOf(ctx), in.page())
				if err != nil {
					return nil, fail(ctx, err, inQuery)
				}
				page.Items = whole(page.Items)
				return &positioned[any]{Body: page}, nil
			}
			gifts, err := a.svc.GiftsOfList(ctx, actorOf(ctx), gift.ListID(in.ListID))
			if err != nil {
				return nil, fail(ctx, err, inQuery)
			}
			return &positioned[any]{gifts.Position, whole(gifts.Value)}, nil
		})
	huma.Register(a.huma, created(operation(http.MethodPost, "/gifts", "createGift", tag, "Add a gift that is on no list yet")),
		func(ctx context.Context, in *struct {
			Mutation
			Body gift.GiftInput
		}) (*bodyOf[gift.Gift], error) {
			g, err := a.svc.CreateGift(ctx, in.call(ctx), in.Body)
			return asBody(ctx, g, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodGet, "/gifts/{id}", "getGift", tag, "One gift, with the position of gift:{id}", http.StatusNotFound),
		func(ctx context.Context, in *PathID) (*positioned[gift.Gift], error) {
			g, err := a.svc.Gift(ctx, actorOf(ctx), gift.GiftID(in.ID))
			if err != nil {
				return nil, fail(ctx, err, inPath)
			}
			return &positioned[gift.Gift]{g.Position, g.Value}, nil
		})
	huma.Register(a.huma, operation(http.MethodPatch, "/gifts/{id}", "updateGift", tag, "Change a gift, on all lists that hold it; a gift that an account wishes for, only by that account", http.StatusForbidden, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
			Body giftPatch
		}) (*bodyOf[gift.Gift], error) {
			if err := in.Body.check(in.ID); err != nil {
				return nil, fail(ctx, err, inBody)
			}
			g, err := a.svc.UpdateGift(ctx, in.call(ctx), gift.GiftID(in.ID), in.Body.Value)
			return asBody(ctx, g, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodDelete, "/gifts/{id}", "deleteGift", tag, "Take a gift off every list you plan", http.StatusNotFound),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
		}) (*struct{}, error) {
			return done(ctx, a.svc.DeleteGift(ctx, in.call(ctx), gift.GiftID(in.ID)), inPath)
		})
}

// listGiftsOperation documents the two answers of GET /gifts.
func (a *API) listGiftsOperation(tag string) huma.Operation {
	op := operation(http.MethodGet, "/gifts", "listGifts", tag, "The gifts of a list, whole; or, without list_id, a page of all gifts you may see", http.StatusNotFound)
	registry := a.huma.OpenAPI().Components.Schemas
	op.Responses = map[string]*huma.Response{"200": {
		Description: "With list_id all gifts of the list as an array, else a page",
		Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{OneOf: []*huma.Schema{
			registry.Schema(reflect.TypeFor[[]gift.ListGift](), true, ""),
			registry.Schema(reflect.TypeFor[gift.PageOf[gift.Gift]](), true, ""),
		}}}},
	}}
	return op
}
