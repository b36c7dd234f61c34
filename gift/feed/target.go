package feed

import (
	"slices"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// target is a topic that a thing is said on.
type target struct {
	topic realtime.Topic
	// reader is the one account that reads it, "" where several may.
	reader gift.UserID
}

// ofList is the topic of a list that is about one person.
func ofList(kind string, list gift.ListID) []target {
	return []target{{topic: topicOf(kind, list)}}
}

// ofEach are the accounts' own topics of a thing.
func ofEach[ID ~string](kind string, id ID, users []gift.UserID) []target {
	targets := make([]target, len(users))
	for i, user := range users {
		targets[i] = target{ownTopic(kind, id, user), user}
	}
	return targets
}

// before are the topics of those who could see the card.
func before(kind string, c *gift.ItemChange) []target { return withItem(kind, c, c.SeenBefore) }

// after are the topics of those who see the card now.
func after(kind string, c *gift.ItemChange) []target { return withItem(kind, c, c.SeenAfter) }

// kept are the topics of those who could see the card, and see it now.
func kept(kind string, c *gift.ItemChange) []target {
	return withItem(kind, c, both(c.SeenBefore, c.SeenAfter))
}

// gained are the own topics of those who see the card now and could not.
func gained(kind string, c *gift.ItemChange) []target {
	return withOwn(kind, c, minus(c.SeenAfter, c.SeenBefore))
}

// lost are the own topics of those who could see the card and no longer do.
func lost(kind string, c *gift.ItemChange) []target {
	return withOwn(kind, c, minus(c.SeenBefore, c.SeenAfter))
}

func withItem(kind string, c *gift.ItemChange, seen []gift.UserID) []target {
	if !c.Shared {
		return ofList(kind, listOf(c))
	}
	return withOwn(kind, c, seen)
}

func withOwn(kind string, c *gift.ItemChange, seen []gift.UserID) []target {
	if !c.Shared {
		return nil
	}
	return ofEach(kind, listOf(c), seen)
}

// elsewhere leaves out those who find the card's gift on the list by another
// card: to them it neither comes nor goes.
func elsewhere(c *gift.ItemChange, on []target) []target {
	return slices.DeleteFunc(on, func(t target) bool { return slices.Contains(c.Elsewhere, t.reader) })
}

// listOf is the list that a changed item stands on.
func listOf(c *gift.ItemChange) gift.ListID {
	if c.After != nil {
		return c.After.ListID
	}
	return c.Before.ListID
}

// minus are the accounts of a that are none of b.
func minus(a, b []gift.UserID) []gift.UserID {
	return chosen(a, func(user gift.UserID) bool { return !slices.Contains(b, user) })
}

// both are the accounts of a that are of b, too.
func both(a, b []gift.UserID) []gift.UserID {
	return chosen(a, func(user gift.UserID) bool { return slices.Contains(b, user) })
}

func chosen(users []gift.UserID, is func(gift.UserID) bool) []gift.UserID {
	var those []gift.UserID
	for _, user := range users {
		if is(user) {
			those = append(those, user)
		}
	}
	return those
}
