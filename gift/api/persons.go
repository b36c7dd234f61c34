package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

type personPatch = patch[gift.PersonPatch, gift.Person]

func (a *API) registerPersons() {
	const tag = "persons"
	huma.Register(a.huma, operation(http.MethodGet, "/persons", "listPersons", tag, "People by name"),
		func(ctx context.Context, in *struct{ PageQuery }) (*bodyOf[gift.PageOf[gift.Person]], error) {
			page, err := a.svc.Persons(ctx, actorOf(ctx), in.page())
			return asPage(ctx, page, err)
		})
	huma.Register(a.huma, created(operation(http.MethodPost, "/persons", "createPerson", tag, "Add a person")),
		func(ctx context.Context, in *struct {
			Mutation
			Body gift.PersonInput
		}) (*bodyOf[gift.Person], error) {
			person, err := a.svc.CreatePerson(ctx, in.call(ctx), in.Body)
			return asBody(ctx, person, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodGet, "/persons/{id}", "getPerson", tag, "One person", http.StatusNotFound),
		func(ctx context.Context, in *PathID) (*bodyOf[gift.Person], error) {
			person, err := a.svc.Person(ctx, actorOf(ctx), gift.PersonID(in.ID))
			return asBody(ctx, person, err, inPath)
		})
	huma.Register(a.huma, operation(http.MethodPatch, "/persons/{id}", "updatePerson", tag, "Change a person", http.StatusForbidden, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
			Body personPatch
		}) (*bodyOf[gift.Person], error) {
			if err := in.Body.check(in.ID); err != nil {
				return nil, fail(ctx, err, inBody)
			}
			person, err := a.svc.UpdatePerson(ctx, in.call(ctx), gift.PersonID(in.ID), in.Body.Value)
			return asBody(ctx, person, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodDelete, "/persons/{id}", "deletePerson", tag, "Remove a person without an account and without lists about them", http.StatusForbidden, http.StatusNotFound),
		func(ctx context.Context, in *struct {
			Mutation
			PathID
		}) (*struct{}, error) {
			return done(ctx, a.svc.DeletePerson(ctx, in.call(ctx), gift.PersonID(in.ID)), inPath)
		})
}
