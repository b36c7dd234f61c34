package feed

import (
	"slices"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// audience is whose subscriptions have to be asked about again.
type audience struct {
	// shrunk are topics that fewer people may read now; users are people who
	// may read less. Both are asked about before the change's events go out.
	shrunk []realtime.Topic
	users  []gift.UserID
	// ended are topics that are gone. Their last events are for those who could
	// read them until now; then their subscriptions end.
	ended []realtime.Topic
}

// audienceOf finds what the changes mean for live subscriptions.
func audienceOf(changes []gift.Change) audience {
	var a audience
	for _, c := range changes {
		switch c.Kind {
		case gift.ItemDeleted:
			a.shrunk = append(a.shrunk, topicOf(giftTopic, c.Item.Before.GiftID))
		case gift.ItemChanged:
			if c.Item.WishBefore != nil && c.Item.WishAfter == nil {
				a.shrunk = append(a.shrunk, topicOf(giftTopic, c.Item.Before.GiftID))
			}
		case gift.GiftReleased:
			a.shrunk = append(a.shrunk, topicOf(giftTopic, c.Gift.Before.ID))
		case gift.GiftGone:
			a.ended = append(a.ended, topicOf(giftTopic, c.Gift.Before.ID))
		case gift.ListAccessChanged:
			a.users = append(append(a.users, c.List.Lost...), c.List.Demoted...)
		case gift.ListDeleted:
			a.ended = append(a.ended, topicOf(boardTopic, c.List.ID),
				topicOf(wishesTopic, c.List.ID), topicOf(giftsTopic, c.List.ID))
		}
	}
	a.shrunk = slices.DeleteFunc(a.shrunk, func(t realtime.Topic) bool { return slices.Contains(a.ended, t) })
	return a
}

// openedBy finds the topics that others may read from these changes on. What
// their logs hold was not meant for them, so it is forgotten.
func openedBy(changes []gift.Change) []realtime.Topic {
	var opened []realtime.Topic
	for _, c := range changes {
		switch c.Kind {
		case gift.ItemCreated:
			opened = append(opened, topicOf(giftTopic, c.Item.After.GiftID))
		case gift.ItemChanged:
			if c.Item.WishBefore == nil && c.Item.WishAfter != nil {
				opened = append(opened, topicOf(giftTopic, c.Item.After.GiftID))
			}
		case gift.ListAccessChanged:
			opened = append(opened, topicOf(boardTopic, c.List.ID), topicOf(wishesTopic, c.List.ID), topicOf(giftsTopic, c.List.ID))
			for _, id := range c.List.Gifts {
				opened = append(opened, topicOf(giftTopic, id))
			}
		}
	}
	return opened
}
