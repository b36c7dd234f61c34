package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

type occasionPatch = patch[gift.OccasionPatch, gift.Occasion]

func (a *API) registerOccasions() {
	const tag = "occasions"
	huma.Register(a.huma, operation(http.MethodGet, "/occasions", "listOccasions", tag, "Occasions by date, the next first"),
		func(ctx context.Context, in *struct{ PageQuery }) (*bodyOf[gift.PageOf[gift.Occasion]], error) {
			page, err := a.svc.Occasions(ctx, actorOf(ctx), in.page())
			return asPage(ctx, page, err)
		})
	huma.Register(a.huma, created(operation(http.MethodPost, "/occasions", "createOccasion", tag, "Add an occasion")),
		func(ctx context.Context, in *struct {
			Mutation
			Body gift.OccasionInput
		}) (*bodyOf[gift.Occasion], error) {
			occasion, err := a.svc.CreateOccasion(ctx, in.call(ctx), in.Body)
			return asBody(ctx, occasion, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodGet, "/occasions/{id}", "getOccasion", tag, "One occasion", http.StatusNotFound),
		func(ctx context.Context, in *PathID) (*bodyOf[gift.Occasion], error) {
			occasion, err := a.svc.Occasion(ctx, actorOf(ctx), gift.OccasionID(in.ID))
			return asBody(ctx, occasion, err, inPath)
		})
	huma.Register(a.huma, operation(http.MethodPatch, "/occasions/{id}", "updateOccasion", tag, "Change an occasion", http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
			Body occasionPatch
		}) (*bodyOf[gift.Occasion], error) {
			if err := in.Body.check(in.ID); err != nil {
				return nil, fail(ctx, err, inBody)
			}
			occasion, err := a.svc.UpdateOccasion(ctx, in.call(ctx), gift.OccasionID(in.ID), in.Body.Value)
			return asBody(ctx, occasion, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodDelete, "/occasions/{id}", "deleteOccasion", tag, "Remove an occasion; its lists stay", http.StatusNotFound),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
		}) (*struct{}, error) {
			return done(ctx, a.svc.DeleteOccasion(ctx, in.call(ctx), gift.OccasionID(in.ID)), inPath)
		})
}
