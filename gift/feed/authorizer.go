package feed

import (
	"context"
	"slices"
	"strings"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/realtime"
)

// Access answers what users may see. It has to be fast: it is asked for every
// subscribe and resume. What does not exist is AccessNone, and not seen.
type Access interface {
	// ListAccess answers what a user may do with a list, and whether the list is
	// about nobody in particular.
	ListAccess(ctx context.Context, user gift.UserID, list gift.ListID) (access gift.Access, shared bool, err error)
	SeesGift(ctx context.Context, user gift.UserID, id gift.GiftID) (bool, error)
	// SeesItem answers whether a user sees the card on the board of that list.
	SeesItem(ctx context.Context, user gift.UserID, list gift.ListID, id gift.ItemID) (bool, error)
}

// Authenticate turns a token into an identity, as [realtime.Authorizer] says.
type Authenticate func(ctx context.Context, token string) (realtime.Identity, error)

// Authorizer is the dashboard's [realtime.Authorizer].
type Authorizer struct {
	access       Access
	authenticate Authenticate
}

var (
	_ realtime.Authorizer      = (*Authorizer)(nil)
	_ realtime.GroupAuthorizer = (*Authorizer)(nil)
	_ realtime.Holder          = (*Authorizer)(nil)
)

// NewAuthorizer returns an authorizer over the store's access rules.
func NewAuthorizer(access Access, authenticate Authenticate) *Authorizer {
	return &Authorizer{access: access, authenticate: authenticate}
}

// Authenticate implements [realtime.Authorizer].
func (a *Authorizer) Authenticate(ctx context.Context, token string) (realtime.Identity, error) {
	return a.authenticate(ctx, token)
}

// reader decides whether a user may read the topic of a thing, and whether it
// is the user's own topic of it.
type reader func(ctx context.Context, access Access, user gift.UserID, id string) (allowed, own bool, err error)

// readers is the whole of topic × who may subscribe.
var readers = map[string]reader{
	boardTopic:  listWith(gift.AccessPlanner),
	giftsTopic:  listWith(gift.AccessPlanner),
	wishesTopic: listWith(gift.AccessPlanner, gift.AccessWisher),
	giftTopic: func(ctx context.Context, access Access, user gift.UserID, id string) (bool, bool, error) {
		sees, err := access.SeesGift(ctx, user, gift.GiftID(id))
		return sees, true, err
	},
	userTopic: func(_ context.Context, _ Access, user gift.UserID, id string) (bool, bool, error) {
		return id == string(user), false, nil
	},
}

func listWith(allowed ...gift.Access) reader {
	return func(ctx context.Context, access Access, user gift.UserID, id string) (bool, bool, error) {
		has, shared, err := access.ListAccess(ctx, user, gift.ListID(id))
		return err == nil && slices.Contains(allowed, has), shared, err
	}
}

// Authorize implements [realtime.Authorizer]. Another account's own topic is as
// unknown as one that does not exist.
func (a *Authorizer) Authorize(ctx context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	user := gift.UserID(who.User)
	kind, id, named := resolve(topic)
	read, known := readers[kind]
	if !known || user == "" || named != "" && named != user {
		return "", realtime.ErrForbidden
	}
	allowed, own, err := read(ctx, a.access, user, id)
	switch {
	case err != nil:
		return "", err
	case !allowed:
		return "", realtime.ErrForbidden
	case own:
		return ownTopic(kind, id, user), nil
	}
	return topicOf(kind, id), nil
}

// resolve takes a topic's name apart, under whichever of its names it comes.
// user is the account that it names, if it names one.
func resolve(topic realtime.Topic) (kind, id string, user gift.UserID) {
	kind, id = topic.Type(), topic.ID()
	if list, other := strings.CutPrefix(id, aliasPrefix); kind == aliasTopic && other {
		kind, id = boardTopic, list
	}
	thing, account, own := strings.Cut(id, ownMark)
	switch {
	case !own:
		return kind, id, ""
	case account == "":
		return "", "", "" // it names an account that has no name
	}
	return kind, thing, gift.UserID(account)
}

// Group implements [realtime.GroupAuthorizer]: planners see who else works on a board,
// though on a board about nobody each reads a topic of their own. On topics
// that a wisher reads too, nobody is seen.
func (a *Authorizer) Group(_ context.Context, _ realtime.Identity, canonical realtime.Topic) string {
	kind, id, _ := resolve(canonical)
	if kind != boardTopic {
		return ""
	}
	return string(topicOf(boardTopic, id))
}

// Holds implements [realtime.Holder]: a board holds the cards that whose topic
// it is may see.
func (a *Authorizer) Holds(ctx context.Context, who realtime.Identity, canonical realtime.Topic, entity string) (bool, error) {
	kind, id, user := resolve(canonical)
	if kind != boardTopic {
		return false, nil
	}
	if user == "" {
		user = gift.UserID(who.User)
	}
	return a.access.SeesItem(ctx, user, gift.ListID(id), gift.ItemID(entity))
}
