package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

func (a *API) registerListItems() {
	const tag = "list-items"
	huma.Register(a.huma, operation(http.MethodGet, "/list-items", "listListItems", tag, "A list's board, whole, by column and position", http.StatusNotFound),
		func(ctx context.Context, in *ListQuery) (*positioned[[]gift.ListItem], error) {
			items, err := a.svc.ListItems(ctx, actorOf(ctx), gift.ListID(in.ListID))
			return asPositioned(ctx, items, err)
		})
	huma.Register(a.huma, created(operation(http.MethodPost, "/list-items", "createListItem", tag, "Put a gift on a list, at the end of a column", http.StatusNotFound, http.StatusConflict)),
		func(ctx context.Context, in *struct {
			Mutation
			Body gift.ListItemInput
		}) (*bodyOf[gift.ListItem], error) {
			item, err := a.svc.CreateListItem(ctx, in.call(ctx), in.Body)
			return asBody(ctx, item, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodGet, "/list-items/{id}", "getListItem", tag, "One item", http.StatusNotFound),
		func(ctx context.Context, in *PathID) (*bodyOf[gift.ListItem], error) {
			item, err := a.svc.ListItem(ctx, actorOf(ctx), gift.ItemID(in.ID))
			return asBody(ctx, item, err, inPath)
		})
	huma.Register(a.huma, operation(http.MethodPatch, "/list-items/{id}", "updateListItem", tag, "Change an item; a status sends it to the end of that column", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
			Body patch[gift.ListItemPatch, gift.ListItem]
		}) (*bodyOf[gift.ListItem], error) {
			if err := in.Body.check(in.ID); err != nil {
				return nil, fail(ctx, err, inBody)
			}
			item, err := a.svc.UpdateListItem(ctx, in.call(ctx), gift.ItemID(in.ID), in.Body.Value)
			return asBody(ctx, item, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodDelete, "/list-items/{id}", "deleteListItem", tag, "Take an item off its list", http.StatusNotFound),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
		}) (*struct{}, error) {
			return done(ctx, a.svc.DeleteListItem(ctx, in.call(ctx), gift.ItemID(in.ID)), inPath)
		})
	huma.Register(a.huma, operation(http.MethodPost, "/list-items/{id}/move", "moveListItem", tag, "Move an item between two neighbours of a column", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
			Body gift.Move
		}) (*bodyOf[gift.ListItem], error) {
			item, err := a.svc.MoveListItem(ctx, in.call(ctx), gift.ItemID(in.ID), in.Body)
			return asBody(ctx, item, err, inBody)
		})
}
