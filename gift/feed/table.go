package feed

import (
	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// rule is a line of the table: a change of this kind is this event on this
// type of topic, for each thing that of returns, which may be none.
type rule struct {
	change gift.ChangeKind
	topic  string
	event  realtime.EventType
	of     func(c gift.Change) []thing
}

// thing is what an event is about.
type thing struct {
	topicID string
	entity  string
	// payload is for all readers of the topic alike: it has nothing that REST
	// keeps from some of them.
	payload any
	version int64
	// actor is who did it, "" where the topic's readers may not know.
	actor gift.UserID
}

// table is the whole of mutation × topic × event.
var table = []rule{
	{gift.ItemCreated, boardTopic, realtime.Added, itemAfter},
	{gift.ItemCreated, giftsTopic, realtime.Added, listGiftAfter},
	{gift.ItemCreated, wishesTopic, realtime.Added, wishAfter},
	{gift.ItemCreated, userTopic, realtime.Added, assigned},

	{gift.ItemChanged, boardTopic, realtime.Updated, itemInColumn},
	{gift.ItemChanged, boardTopic, realtime.StatusChanged, itemAcross},
	{gift.ItemChanged, wishesTopic, realtime.Added, wishOpened},
	{gift.ItemChanged, wishesTopic, realtime.Deleted, wishClosed},
	{gift.ItemChanged, userTopic, realtime.Added, assigned},
	{gift.ItemChanged, userTopic, realtime.Deleted, unassigned},

	{gift.ItemGiftChanged, boardTopic, realtime.Updated, itemAfter},
	{gift.ItemGiftChanged, giftsTopic, realtime.Updated, listGiftAfter},
	{gift.ItemGiftChanged, wishesTopic, realtime.Updated, wishAfter},

	{gift.ItemDeleted, boardTopic, realtime.Deleted, itemBefore},
	{gift.ItemDeleted, giftsTopic, realtime.Deleted, listGiftBefore},
	{gift.ItemDeleted, wishesTopic, realtime.Deleted, wishBefore},

	{gift.GiftCreated, giftTopic, realtime.Added, giftAfter},
	{gift.GiftChanged, giftTopic, realtime.Updated, giftAfter},
	{gift.GiftGone, giftTopic, realtime.Deleted, giftBefore},

	{gift.ListAccessChanged, userTopic, realtime.Added, listShared},
	{gift.ListAccessChanged, userTopic, realtime.Deleted, listGone},
	{gift.ListDeleted, userTopic, realtime.Deleted, listGone},
}

func itemBefore(c gift.Change) []thing { return onBoard(c, c.Item.Before) }

func itemAfter(c gift.Change) []thing { return onBoard(c, c.Item.After) }

// itemInColumn is an item that stays in its column.
func itemInColumn(c gift.Change) []thing {
	if c.Item.Before.Status != c.Item.After.Status {
		return nil
	}
	return itemAfter(c)
}

// itemAcross is an item that changes its column.
func itemAcross(c gift.Change) []thing {
	if c.Item.Before.Status == c.Item.After.Status {
		return nil
	}
	return itemAfter(c)
}

func onBoard(c gift.Change, i *gift.ListItem) []thing {
	return []thing{{string(i.ListID), string(i.ID), i.SeenByAll(), i.Version, c.Call.Actor}}
}

func listGiftBefore(c gift.Change) []thing { return onGifts(c, c.Item.Before) }

func listGiftAfter(c gift.Change) []thing { return onGifts(c, c.Item.After) }

func onGifts(c gift.Change, i *gift.ListItem) []thing {
	g := gift.ListGift{Gift: i.Gift.SeenByAll(), ListID: i.ListID}
	return []thing{{string(i.ListID), string(i.GiftID), g, g.Version, c.Call.Actor}}
}

func wishBefore(c gift.Change) []thing { return onWishes(c, c.Item.WishBefore) }

func wishAfter(c gift.Change) []thing { return onWishes(c, c.Item.WishAfter) }

// wishOpened is a surprise that became a wish.
func wishOpened(c gift.Change) []thing {
	if c.Item.WishBefore != nil {
		return nil
	}
	return wishAfter(c)
}

// wishClosed is a wish that became a surprise.
func wishClosed(c gift.Change) []thing {
	if c.Item.WishAfter != nil {
		return nil
	}
	return wishBefore(c)
}

// onWishes names no actor but the wisher, and no version, since the item's
// moves with what planners do.
func onWishes(c gift.Change, w *gift.Wish) []thing {
	if w == nil {
		return nil
	}
	t := thing{topicID: string(w.ListID), entity: string(w.ID), payload: w.SeenByAll()}
	if c.Item.Wisher != "" && c.Item.Wisher == c.Call.Actor {
		t.actor = c.Call.Actor
	}
	return []thing{t}
}

func giftBefore(c gift.Change) []thing { return onGift(c.Gift.Before) }

func giftAfter(c gift.Change) []thing { return onGift(c.Gift.After) }

// onGift names no actor: a wisher who reads the gift would learn who plans.
func onGift(g *gift.Gift) []thing {
	return []thing{{topicID: string(g.ID), entity: string(g.ID), payload: g.SeenByAll(), version: g.Version}}
}

func assigned(c gift.Change) []thing {
	return toAssignee(c, c.Item.Assigned, NoticeAssigned)
}

func unassigned(c gift.Change) []thing {
	return toAssignee(c, c.Item.Unassigned, NoticeUnassigned)
}

func toAssignee(c gift.Change, to gift.UserID, kind NoticeKind) []thing {
	if to == "" {
		return nil
	}
	i := c.Item.After
	notice := Notice{Kind: kind, ListID: i.ListID, ItemID: i.ID, Text: i.Gift.Name}
	return []thing{{topicID: string(to), entity: string(i.ID), payload: notice, actor: c.Call.Actor}}
}

func listShared(c gift.Change) []thing {
	return toUsers(c.List.Gained, Notice{Kind: NoticeListShared, ListID: c.List.ID, Text: c.List.Name})
}

// listGone names no list: it may have been renamed for those who still see it.
func listGone(c gift.Change) []thing {
	return toUsers(c.List.Lost, Notice{Kind: NoticeListGone, ListID: c.List.ID})
}

func toUsers(users []gift.UserID, n Notice) []thing {
	things := make([]thing, len(users))
	for i, user := range users {
		things[i] = thing{topicID: string(user), entity: string(n.ListID), payload: n}
	}
	return things
}
