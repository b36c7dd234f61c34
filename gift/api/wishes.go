package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

func (a *API) registerWishes() {
	const tag = "wishes"
	huma.Register(a.huma, operation(http.MethodGet, "/wishes", "listWishes", tag, "All wishes of a list, oldest first", http.StatusNotFound),
		func(ctx context.Context, in *ListQuery) (*positioned[[]gift.Wish], error) {
			wishes, err := a.svc.Wishes(ctx, actorOf(ctx), gift.ListID(in.ListID))
			return asPositioned(ctx, wishes, err)
		})
	huma.Register(a.huma, created(operation(http.MethodPost, "/wishes", "createWish", tag, "Wish for something", http.StatusNotFound, http.StatusConflict)),
		func(ctx context.Context, in *struct {
			Mutation
			Body gift.WishInput
		}) (*bodyOf[gift.Wish], error) {
			wish, err := a.svc.CreateWish(ctx, in.call(ctx), in.Body)
			return asBody(ctx, wish, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodDelete, "/wishes/{id}", "deleteWish", tag, "Withdraw a wish", http.StatusNotFound),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
		}) (*struct{}, error) {
			return done(ctx, a.svc.DeleteWish(ctx, in.call(ctx), gift.ItemID(in.ID)), inPath)
		})
}
