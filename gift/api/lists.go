package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

type listPatch = patch[gift.ListPatch, gift.List]

// listsQuery asks for lists, of one occasion or about one person.
type listsQuery struct {
	PageQuery
	OccasionID string `query:"occasion_id" pattern:"^[0-9a-z]{20}$" patternDescription:"an id: 20 characters of 0-9 a-z" doc:"Only lists for this occasion"`
	PersonID   string `query:"person_id" pattern:"^[0-9a-z]{20}$" patternDescription:"an id: 20 characters of 0-9 a-z" doc:"Only lists about this person"`
}

func (a *API) registerLists() {
	const tag = "lists"
	huma.Register(a.huma, operation(http.MethodGet, "/lists", "listLists", tag, "The lists you may see, newest first"),
		func(ctx context.Context, in *listsQuery) (*bodyOf[gift.PageOf[gift.List]], error) {
			filter := gift.ListFilter{Occasion: gift.OccasionID(in.OccasionID), Person: gift.PersonID(in.PersonID)}
			page, err := a.svc.Lists(ctx, actorOf(ctx), filter, in.page())
			return asPage(ctx, page, err)
		})
	huma.Register(a.huma, created(operation(http.MethodPost, "/lists", "createList", tag, "Make a list")),
		func(ctx context.Context, in *struct {
			Mutation
			Body gift.ListInput
		}) (*bodyOf[gift.List], error) {
			list, err := a.svc.CreateList(ctx, in.call(ctx), in.Body)
			return asBody(ctx, list, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodGet, "/lists/{id}", "getList", tag, "One list", http.StatusNotFound),
		func(ctx context.Context, in *PathID) (*bodyOf[gift.List], error) {
			list, err := a.svc.List(ctx, actorOf(ctx), gift.ListID(in.ID))
			return asBody(ctx, list, err, inPath)
		})
	huma.Register(a.huma, operation(http.MethodPatch, "/lists/{id}", "updateList", tag, "Change a list: for its owner, or an admin who plans it", http.StatusForbidden, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
			Body listPatch
		}) (*bodyOf[gift.List], error) {
			if err := in.Body.check(in.ID); err != nil {
				return nil, fail(ctx, err, inBody)
			}
			list, err := a.svc.UpdateList(ctx, in.call(ctx), gift.ListID(in.ID), in.Body.Value)
			return asBody(ctx, list, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodDelete, "/lists/{id}", "deleteList", tag, "Remove a list and its items: for its owner, or an admin who plans it", http.StatusForbidden, http.StatusNotFound),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
		}) (*struct{}, error) {
			return done(ctx, a.svc.DeleteList(ctx, in.call(ctx), gift.ListID(in.ID)), inPath)
		})
}
