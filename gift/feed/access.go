package feed

import (
	"context"
	"slices"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// access is how changes affect the access to topics.
type access struct {
	// broken are topics that go on after a time without them: what happened
	// meanwhile is not in them.
	broken []realtime.Topic
	// opened are topics that further accounts may read from here on.
	opened []readership
	// withdrawn are topics that accounts may read no longer, not even the events
	// of the changes: of a list that comes to be about them.
	withdrawn []readership
	// ended are topics of things that are gone, at least for these accounts. They
	// still get the events of the changes, the thing's end among them.
	ended []readership
}

// readership is a topic and some who read it; no users means all of them.
type readership struct {
	topic realtime.Topic
	users []gift.UserID
}

func (a *access) open(topic realtime.Topic, users []gift.UserID) {
	if len(users) > 0 {
		a.opened = append(a.opened, readership{topic, users})
	}
}

func (a *access) withdraw(topic realtime.Topic, users []gift.UserID) {
	if len(users) > 0 {
		a.withdrawn = append(a.withdrawn, readership{topic, users})
	}
}

// ownOf are the accounts' own topics of a thing, each with its reader.
func ownOf[ID ~string](kind string, id ID, users []gift.UserID) []readership {
	own := make([]readership, len(users))
	for i, user := range users {
		own[i] = readership{ownTopic(kind, id, user), []gift.UserID{user}}
	}
	return own
}

// accessOf finds how the changes affect the access to topics.
func accessOf(changes []gift.Change) access {
	var a access
	for _, c := range changes {
		switch c.Kind {
		case gift.GiftChanged, gift.GiftSightChanged, gift.GiftGone:
			a.giftSeen(c.Gift)
		case gift.ListAccessChanged:
			a.listSeen(boardTopic, c.List, c.List.PlannersBefore, c.List.PlannersAfter)
			a.listSeen(giftsTopic, c.List, c.List.PlannersBefore, c.List.PlannersAfter)
			a.listSeen(wishesTopic, c.List, c.List.ReadersBefore, c.List.ReadersAfter)
		case gift.ListDeleted:
			a.listDeleted(boardTopic, c.List, c.List.PlannersBefore)
			a.listDeleted(giftsTopic, c.List, c.List.PlannersBefore)
			a.listDeleted(wishesTopic, c.List, c.List.ReadersBefore)
		case gift.AccountJoined:
			a.joined(c.Account)
		}
	}
	return a
}

// giftSeen: an account that loses a gift loses the topic behind its DELETED, whether or
// not others still have it. An account that gains it reads from its ADDED on.
func (a *access) giftSeen(c *gift.GiftChange) {
	id := c.Before.ID
	a.opened = append(a.opened, ownOf(giftTopic, id, minus(c.SeenAfter, c.SeenBefore))...)
	a.ended = append(a.ended, ownOf(giftTopic, id, minus(c.SeenBefore, c.SeenAfter))...)
}

// listSeen finds what a change of access to a list means for its topics of one
// kind, which these accounts could and can read.
func (a *access) listSeen(kind string, l *gift.ListChange, before, after []gift.UserID) {
	whole, lost, gained := topicOf(kind, l.ID), minus(before, after), minus(after, before)
	switch {
	case !l.SharedAfter: // nor was it before
		a.withdraw(whole, lost)
		a.open(whole, gained)
	case l.SharedBefore:
		a.withdrawn = append(a.withdrawn, ownOf(kind, l.ID, lost)...)
		a.resume(kind, l.ID, gained)
	default:
		a.withdrawn = append(a.withdrawn, readership{topic: whole})
		a.resume(kind, l.ID, after)
	}
}

// resume opens to each account its own topic of a list, which may have stood
// still for a time.
func (a *access) resume(kind string, list gift.ListID, users []gift.UserID) {
	a.broken = append(a.broken, ownTopics(kind, list, users)...)
	a.opened = append(a.opened, ownOf(kind, list, users)...)
}

func (a *access) listDeleted(kind string, l *gift.ListChange, before []gift.UserID) {
	if l.SharedBefore {
		a.ended = append(a.ended, ownOf(kind, l.ID, before)...)
		return
	}
	a.ended = append(a.ended, readership{topic: topicOf(kind, l.ID)})
}

// joined opens to a new account the topics that others read, too. Its own ones
// begin with it.
func (a *access) joined(c *gift.AccountChange) {
	user := []gift.UserID{c.User}
	for _, l := range c.Lists {
		if l.Shared {
			continue
		}
		if l.Access == gift.AccessPlanner {
			a.open(topicOf(boardTopic, l.ID), user)
			a.open(topicOf(giftsTopic, l.ID), user)
		}
		a.open(topicOf(wishesTopic, l.ID), user)
	}
}

// begin writes the changes of access into the log that come ahead of the events.
func (a *access) begin(ctx context.Context, tx sqllog.Tx) error {
	if err := withdraw(ctx, tx, a.withdrawn); err != nil {
		return err
	}
	if len(a.broken) > 0 {
		if err := sqllog.Break(ctx, tx, a.broken...); err != nil {
			return err
		}
	}
	for _, o := range a.opened {
		if err := sqllog.OpenTo(ctx, tx, o.topic, names(o.users)...); err != nil {
			return err
		}
	}
	return nil
}

// end writes the withdrawals into the log that come behind the events.
func (a *access) end(ctx context.Context, tx sqllog.Tx) error { return withdraw(ctx, tx, a.ended) }

func withdraw(ctx context.Context, tx sqllog.Tx, from []readership) error {
	for _, w := range from {
		if err := sqllog.Withdraw(ctx, tx, w.topic, names(w.users)...); err != nil {
			return err
		}
	}
	return nil
}

// topics are those whose access changed.
func (a *access) topics() []realtime.Topic {
	topics := slices.Clone(a.broken)
	for _, r := range slices.Concat(a.opened, a.withdrawn, a.ended) {
		topics = append(topics, r.topic)
	}
	return topics
}

func names(users []gift.UserID) []string {
	names := make([]string, len(users))
	for i, user := range users {
		names[i] = string(user)
	}
	return names
}
