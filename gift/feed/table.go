package feed

import (
	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// rule is a line of the table: a change of this kind is this event on topics of
// this type, for each thing that of returns, which may be none.
type rule struct {
	change gift.ChangeKind
	topic  string
	event  realtime.EventType
	of     func(kind string, c gift.Change) []thing
}

// thing is what an event is about.
type thing struct {
	on     []target
	entity string
	// payload is for all who read these topics alike: it has nothing that REST
	// keeps from some of them.
	payload any
	version int64
	// actor is who did it, "" where the topic's readers may not know.
	actor gift.UserID
}

// table is the whole of mutation × topic × event.
var table = []rule{
	{gift.ItemCreated, boardTopic, realtime.Added, itemNew},
	{gift.ItemCreated, giftsTopic, realtime.Added, listGiftCame},
	{gift.ItemCreated, wishesTopic, realtime.Added, wishNew},
	{gift.ItemCreated, userTopic, realtime.Added, assigned},

	{gift.ItemChanged, boardTopic, realtime.Added, itemShown},
	{gift.ItemChanged, boardTopic, realtime.Updated, itemInColumn},
	{gift.ItemChanged, boardTopic, realtime.StatusChanged, itemAcross},
	{gift.ItemChanged, boardTopic, realtime.Deleted, itemHidden},
	{gift.ItemChanged, giftsTopic, realtime.Added, listGiftShown},
	{gift.ItemChanged, giftsTopic, realtime.Deleted, listGiftHidden},
	{gift.ItemChanged, wishesTopic, realtime.Added, wishOpened},
	{gift.ItemChanged, wishesTopic, realtime.Deleted, wishClosed},
	{gift.ItemChanged, userTopic, realtime.Added, assigned},
	{gift.ItemChanged, userTopic, realtime.Deleted, unassigned},

	{gift.ItemGiftChanged, boardTopic, realtime.Updated, itemNew},
	{gift.ItemGiftChanged, giftsTopic, realtime.Updated, listGiftNew},
	{gift.ItemGiftChanged, wishesTopic, realtime.Updated, wishNew},

	{gift.ItemDeleted, boardTopic, realtime.Deleted, itemGone},
	{gift.ItemDeleted, giftsTopic, realtime.Deleted, listGiftGone},
	{gift.ItemDeleted, wishesTopic, realtime.Deleted, wishGone},

	{gift.GiftCreated, giftTopic, realtime.Added, giftShown},
	{gift.GiftChanged, giftTopic, realtime.Added, giftShown},
	{gift.GiftChanged, giftTopic, realtime.Updated, giftKept},
	{gift.GiftChanged, giftTopic, realtime.Deleted, giftHidden},
	{gift.GiftSightChanged, giftTopic, realtime.Added, giftShown},
	{gift.GiftSightChanged, giftTopic, realtime.Deleted, giftHidden},
	{gift.GiftGone, giftTopic, realtime.Deleted, giftHidden},

	{gift.ListAccessChanged, userTopic, realtime.Added, listShared},
	{gift.ListAccessChanged, userTopic, realtime.Deleted, listGone},
	{gift.ListDeleted, userTopic, realtime.Deleted, listGone},
}

func itemNew(kind string, c gift.Change) []thing {
	return onBoard(c, c.Item.After, after(kind, c.Item))
}

func itemGone(kind string, c gift.Change) []thing {
	return onBoard(c, c.Item.Before, before(kind, c.Item))
}

// itemShown is a card for those who could not see it: to them it is a new one.
func itemShown(kind string, c gift.Change) []thing {
	return onBoard(c, c.Item.After, gained(kind, c.Item))
}

// itemHidden is a card for those who no longer see it: to them it is gone, as
// it was.
func itemHidden(kind string, c gift.Change) []thing {
	return onBoard(c, c.Item.Before, lost(kind, c.Item))
}

// itemInColumn is an item that stays in its column.
func itemInColumn(kind string, c gift.Change) []thing {
	if c.Item.Before.Status != c.Item.After.Status {
		return nil
	}
	return onBoard(c, c.Item.After, kept(kind, c.Item))
}

// itemAcross is an item that changes its column.
func itemAcross(kind string, c gift.Change) []thing {
	if c.Item.Before.Status == c.Item.After.Status {
		return nil
	}
	return onBoard(c, c.Item.After, kept(kind, c.Item))
}

func onBoard(c gift.Change, i *gift.ListItem, on []target) []thing {
	return []thing{{on, string(i.ID), i.SeenByAll(), i.Version, c.Call.Actor}}
}

func listGiftNew(kind string, c gift.Change) []thing {
	return onGifts(c, c.Item.After, after(kind, c.Item))
}

func listGiftCame(kind string, c gift.Change) []thing {
	return onGifts(c, c.Item.After, elsewhere(c.Item, after(kind, c.Item)))
}

func listGiftGone(kind string, c gift.Change) []thing {
	return onGifts(c, c.Item.Before, elsewhere(c.Item, before(kind, c.Item)))
}

func listGiftShown(kind string, c gift.Change) []thing {
	return onGifts(c, c.Item.After, elsewhere(c.Item, gained(kind, c.Item)))
}

func listGiftHidden(kind string, c gift.Change) []thing {
	return onGifts(c, c.Item.Before, elsewhere(c.Item, lost(kind, c.Item)))
}

func onGifts(c gift.Change, i *gift.ListItem, on []target) []thing {
	g := gift.ListGift{Gift: i.Gift.SeenByAll(), ListID: i.ListID}
	return []thing{{on, string(i.GiftID), g, g.Version, c.Call.Actor}}
}

func wishNew(kind string, c gift.Change) []thing {
	return onWishes(c, c.Item.WishAfter, after(kind, c.Item))
}

func wishGone(kind string, c gift.Change) []thing {
	return onWishes(c, c.Item.WishBefore, before(kind, c.Item))
}

// wishOpened is a surprise that became a wish, and a wish that is seen again.
func wishOpened(kind string, c gift.Change) []thing {
	if c.Item.WishBefore != nil {
		return onWishes(c, c.Item.WishAfter, gained(kind, c.Item))
	}
	return wishNew(kind, c)
}

// wishClosed is a wish that became a surprise, and a wish that is hidden.
func wishClosed(kind string, c gift.Change) []thing {
	if c.Item.WishAfter != nil {
		return onWishes(c, c.Item.WishBefore, lost(kind, c.Item))
	}
	return wishGone(kind, c)
}

// onWishes names no actor but the wisher, and no version, since the item's
// moves with what planners do.
func onWishes(c gift.Change, w *gift.Wish, on []target) []thing {
	if w == nil {
		return nil
	}
	t := thing{on: on, entity: string(w.ID), payload: w.SeenByAll()}
	if c.Item.Wisher != "" && c.Item.Wisher == c.Call.Actor {
		t.actor = c.Call.Actor
	}
	return []thing{t}
}

func giftShown(kind string, c gift.Change) []thing {
	return onGift(kind, c.Gift.After, minus(c.Gift.SeenAfter, c.Gift.SeenBefore))
}

func giftKept(kind string, c gift.Change) []thing {
	return onGift(kind, c.Gift.After, both(c.Gift.SeenBefore, c.Gift.SeenAfter))
}

// giftHidden is a gift as it was for those who no longer see it, whether or
// not it is still there.
func giftHidden(kind string, c gift.Change) []thing {
	return onGift(kind, c.Gift.Before, minus(c.Gift.SeenBefore, c.Gift.SeenAfter))
}

// onGift names no actor: a wisher who reads the gift would learn the planner's name.
func onGift(kind string, g *gift.Gift, seen []gift.UserID) []thing {
	return []thing{{on: ofEach(kind, g.ID, seen), entity: string(g.ID), payload: g.SeenByAll(), version: g.Version}}
}

func assigned(kind string, c gift.Change) []thing {
	return toAssignee(kind, c, c.Item.Assigned, NoticeAssigned)
}

func unassigned(kind string, c gift.Change) []thing {
	return toAssignee(kind, c, c.Item.Unassigned, NoticeUnassigned)
}

func toAssignee(kind string, c gift.Change, to gift.UserID, notice NoticeKind) []thing {
	if to == "" {
		return nil
	}
	i := c.Item.After
	n := Notice{Kind: notice, ListID: i.ListID, ItemID: i.ID, Text: i.Gift.Name}
	return []thing{{on: ofUsers(kind, []gift.UserID{to}), entity: string(i.ID), payload: n, actor: c.Call.Actor}}
}

func listShared(kind string, c gift.Change) []thing {
	return toUsers(kind, c.List.Gained, Notice{Kind: NoticeListShared, ListID: c.List.ID, Text: c.List.Name})
}

// listGone names no list: it may have been renamed for those who still see it.
func listGone(kind string, c gift.Change) []thing {
	return toUsers(kind, c.List.Lost, Notice{Kind: NoticeListGone, ListID: c.List.ID})
}

func toUsers(kind string, users []gift.UserID, n Notice) []thing {
	return []thing{{on: ofUsers(kind, users), entity: string(n.ListID), payload: n}}
}

// ofUsers are the topics about the accounts themselves.
func ofUsers(kind string, users []gift.UserID) []target {
	targets := make([]target, len(users))
	for i, user := range users {
		targets[i] = target{topicOf(kind, user), user}
	}
	return targets
}
