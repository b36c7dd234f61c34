package feed

import (
	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// The types of the dashboard's topics. Of a list that is about nobody in
// particular, and of every gift, each account has a topic of its own, which
// everybody asks for by the name without an account.
const (
	boardTopic  = "list-items" // list-items:{list}, list-items:{list}~{user}
	wishesTopic = "wishes"     // wishes:{list}, wishes:{list}~{user}
	giftsTopic  = "gift-list"  // gift-list:{list}, gift-list:{list}~{user}
	giftTopic   = "gift"       // gift:{gift}~{user}
	userTopic   = "user"       // user:{user}

	// aliasTopic is another name of boardTopic: list-item:list-{list}.
	aliasTopic  = "list-item"
	aliasPrefix = "list-"
)

// ownMark stands between the identifier of a thing and the account whose topic
// it is. No id has it.
const ownMark = "~"

func topicOf[ID ~string](kind string, id ID) realtime.Topic {
	return realtime.Topic(kind + ":" + string(id))
}

// ownTopic is the account's own topic of a thing.
func ownTopic[ID ~string](kind string, id ID, user gift.UserID) realtime.Topic {
	return topicOf(kind, string(id)+ownMark+string(user))
}

// ownTopics are the accounts' own topics of a thing.
func ownTopics[ID ~string](kind string, id ID, users []gift.UserID) []realtime.Topic {
	topics := make([]realtime.Topic, len(users))
	for i, user := range users {
		topics[i] = ownTopic(kind, id, user)
	}
	return topics
}

// scopeTopics are the topics whose position a read carries.
var scopeTopics = map[gift.ScopeKind]string{
	gift.ScopeBoard:  boardTopic,
	gift.ScopeWishes: wishesTopic,
	gift.ScopeGifts:  giftsTopic,
	gift.ScopeGift:   giftTopic,
}
