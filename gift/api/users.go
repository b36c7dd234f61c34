package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

func (a *API) registerUsers() {
	huma.Register(a.huma, operation(http.MethodGet, "/users", "listUsers", "account", "All members by name"),
		func(ctx context.Context, _ *struct{}) (*bodyOf[[]gift.User], error) {
			users, err := a.svc.Users(ctx, actorOf(ctx))
			return asBody(ctx, whole(users), err, "")
		})
}
