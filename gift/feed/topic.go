package feed

import (
	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// The types of the dashboard's topics.
const (
	boardTopic  = "list-items" // list-items:{list}
	wishesTopic = "wishes"     // wishes:{list}
	giftsTopic  = "gift-list"  // gift-list:{list}
	giftTopic   = "gift"       // gift:{gift}
	userTopic   = "user"       // user:{user}

	// aliasTopic is another name of boardTopic: list-item:list-{list}.
	aliasTopic  = "list-item"
	aliasPrefix = "list-"
)

func topicOf[ID ~string](kind string, id ID) realtime.Topic {
	return realtime.Topic(kind + ":" + string(id))
}

// scopeTopics are the topics whose position a read carries.
var scopeTopics = map[gift.ScopeKind]string{
	gift.ScopeBoard:  boardTopic,
	gift.ScopeWishes: wishesTopic,
	gift.ScopeGifts:  giftsTopic,
	gift.ScopeGift:   giftTopic,
}
