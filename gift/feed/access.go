package feed

import (
	"context"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// access is what changes mean for who may read which topic.
type access struct {
	// broken are topics that go on after a time without them: what happened
	// meanwhile is not in them.
	broken []realtime.Topic
	// opened are topics that further accounts may read from here on.
	opened []readership
	// withdrawn are topics that accounts may read no longer, from behind the
	// events of the changes on.
	withdrawn []readership
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

// withdrawAll takes a topic from everybody.
func (a *access) withdrawAll(topic realtime.Topic) {
	a.withdrawn = append(a.withdrawn, readership{topic: topic})
}

// openOwn opens to each account its own topic of a thing.
func openOwn[ID ~string](a *access, kind string, id ID, users []gift.UserID) {
	for _, user := range users {
		a.open(ownTopic(kind, id, user), []gift.UserID{user})
	}
}

// withdrawOwn takes from each account its own topic of a thing.
func withdrawOwn[ID ~string](a *access, kind string, id ID, users []gift.UserID) {
	for _, user := range users {
		a.withdraw(ownTopic(kind, id, user), []gift.UserID{user})
	}
}

// accessOf finds what the changes mean for who may read which topic.
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

// giftSeen: who loses a gift loses the topic behind its DELETED, whether or not
// others have it still. Who gains it reads on: its ADDED is all that matters.
func (a *access) giftSeen(c *gift.GiftChange) {
	g := c.Before
	openOwn(a, giftTopic, g.ID, minus(c.SeenAfter, c.SeenBefore))
	withdrawOwn(a, giftTopic, g.ID, minus(c.SeenBefore, c.SeenAfter))
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
		withdrawOwn(a, kind, l.ID, lost)
		a.resume(kind, l.ID, gained)
	default:
		a.withdrawAll(whole)
		a.resume(kind, l.ID, after)
	}
}

// resume opens to each account its own topic of a list, which may have stood
// still for a time.
func (a *access) resume(kind string, list gift.ListID, users []gift.UserID) {
	a.broken = append(a.broken, ownTopics(kind, list, users)...)
	openOwn(a, kind, list, users)
}

func (a *access) listDeleted(kind string, l *gift.ListChange, before []gift.UserID) {
	if l.SharedBefore {
		withdrawOwn(a, kind, l.ID, before)
		return
	}
	a.withdrawAll(topicOf(kind, l.ID))
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

// begin writes into the log, ahead of the events of the changes, who may read
// them from here on.
func (a *access) begin(ctx context.Context, tx sqllog.Tx) error {
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

// end writes into the log, behind the events of the changes, who may read no
// further.
func (a *access) end(ctx context.Context, tx sqllog.Tx) error {
	for _, w := range a.withdrawn {
		if err := sqllog.Withdraw(ctx, tx, w.topic, names(w.users)...); err != nil {
			return err
		}
	}
	return nil
}

// topics are those whose access changed.
func (a *access) topics() []realtime.Topic {
	topics := a.broken
	for _, o := range a.opened {
		topics = append(topics, o.topic)
	}
	for _, w := range a.withdrawn {
		topics = append(topics, w.topic)
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
