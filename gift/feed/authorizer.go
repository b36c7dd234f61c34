package feed

import (
	"context"
	"strings"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// Access answers what users may see. It has to be fast: it is asked for every
// subscribe and resume. What does not exist is AccessNone, and not seen.
type Access interface {
	ListAccess(ctx context.Context, user gift.UserID, list gift.ListID) (gift.Access, error)
	SeesGift(ctx context.Context, user gift.UserID, id gift.GiftID) (bool, error)
}

// Authenticate turns a token into an identity, as [realtime.Authorizer] says.
type Authenticate func(ctx context.Context, token string) (realtime.Identity, error)

// Authorizer is the dashboard's [realtime.Authorizer].
type Authorizer struct {
	access       Access
	authenticate Authenticate
}

var (
	_ realtime.Authorizer = (*Authorizer)(nil)
	_ realtime.Meeting    = (*Authorizer)(nil)
)

// NewAuthorizer returns an authorizer over the store's access rules.
func NewAuthorizer(access Access, authenticate Authenticate) *Authorizer {
	return &Authorizer{access: access, authenticate: authenticate}
}

// Authenticate implements [realtime.Authorizer].
func (a *Authorizer) Authenticate(ctx context.Context, token string) (realtime.Identity, error) {
	return a.authenticate(ctx, token)
}

// reader decides whether a user may read the topic with an identifier.
type reader func(ctx context.Context, access Access, user gift.UserID, id string) (bool, error)

// readers is the whole of topic × who may subscribe.
var readers = map[string]reader{
	boardTopic:  listWith(gift.AccessPlanner),
	giftsTopic:  listWith(gift.AccessPlanner),
	wishesTopic: listWith(gift.AccessPlanner, gift.AccessWisher),
	giftTopic: func(ctx context.Context, access Access, user gift.UserID, id string) (bool, error) {
		return access.SeesGift(ctx, user, gift.GiftID(id))
	},
	userTopic: func(_ context.Context, _ Access, user gift.UserID, id string) (bool, error) {
		return id == string(user), nil
	},
}

func listWith(allowed ...gift.Access) reader {
	return func(ctx context.Context, access Access, user gift.UserID, id string) (bool, error) {
		has, err := access.ListAccess(ctx, user, gift.ListID(id))
		if err != nil {
			return false, err
		}
		for _, a := range allowed {
			if has == a {
				return true, nil
			}
		}
		return false, nil
	}
}

// Authorize implements [realtime.Authorizer].
func (a *Authorizer) Authorize(ctx context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	topic = canonical(topic)
	read, known := readers[topic.Type()]
	if !known || who.User == "" {
		return "", realtime.ErrForbidden
	}
	allowed, err := read(ctx, a.access, gift.UserID(who.User), topic.ID())
	if err != nil {
		return "", err
	}
	if !allowed {
		return "", realtime.ErrForbidden
	}
	return topic, nil
}

// canonical resolves the other name of a board.
func canonical(topic realtime.Topic) realtime.Topic {
	if topic.Type() != aliasTopic {
		return topic
	}
	list, ok := strings.CutPrefix(topic.ID(), aliasPrefix)
	if !ok {
		return topic
	}
	return topicOf(boardTopic, list)
}

// Group implements [realtime.Meeting]: planners see who else works on a board. On
// topics that a wisher reads too, nobody is seen.
func (a *Authorizer) Group(_ context.Context, _ realtime.Identity, topic realtime.Topic) string {
	if topic.Type() != boardTopic {
		return ""
	}
	return string(topic)
}
