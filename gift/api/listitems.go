package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

// listItemPatch is the patch of a list item. What only a move may change is
// compared with the item as it is, instead of being passed over in silence.
type listItemPatch struct {
	patch[gift.ListItemPatch, gift.ListItem]
	place itemPlace
}

// itemPlace is where a body claims the item to be.
type itemPlace struct {
	ListID   *gift.ListID `json:"list_id"`
	GiftID   *gift.GiftID `json:"gift_id"`
	Position *string      `json:"position"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *listItemPatch) UnmarshalJSON(data []byte) error {
	if err := p.patch.UnmarshalJSON(data); err != nil {
		return err
	}
	return json.Unmarshal(data, &p.place)
}

// differs says which claim is wrong, if any.
func (c itemPlace) differs(item gift.ListItem) error {
	switch {
	case c.ListID != nil && *c.ListID != item.ListID:
		return gift.Invalid("list_id", "an item stays on its list")
	case c.GiftID != nil && *c.GiftID != item.GiftID:
		return gift.Invalid("gift_id", "an item keeps its gift")
	case c.Position != nil && *c.Position != item.Position:
		return gift.Invalid("position", "the server assigns positions: move the item instead")
	}
	return nil
}

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
			Body listItemPatch
		}) (*bodyOf[gift.ListItem], error) {
			if err := a.checkItem(ctx, in.ID, &in.Body); err != nil {
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

// checkItem compares what a patch claims with the item. A stale version is left
// to the domain, which answers with the item as it is.
func (a *API) checkItem(ctx context.Context, id string, p *listItemPatch) error {
	if err := p.check(id); err != nil {
		return err
	}
	if p.place == (itemPlace{}) {
		return nil
	}
	item, err := a.svc.ListItem(ctx, actorOf(ctx), gift.ItemID(id))
	if err != nil {
		return err
	}
	if p.Value.Version.Set && p.Value.Version.Value != item.Version {
		return nil
	}
	return p.place.differs(item)
}
