package realtime_test

import (
	"context"

	"github.com/familygifting/tidings/realtime"
)

// fakeAuth is an Authorizer that tests change while it is asked. What is nil
// refuses nobody.
type fakeAuth struct {
	authenticate func(token string) (realtime.Identity, error)
	authorize    func(who realtime.Identity, topic realtime.Topic) error
	group        func(who realtime.Identity, topic realtime.Topic) string
}

func (d *fakeAuth) Authenticate(_ context.Context, token string) (realtime.Identity, error) {
	if d.authenticate == nil {
		return realtime.Identity{User: token}, nil
	}
	return d.authenticate(token)
}

func (d *fakeAuth) Authorize(_ context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	if d.authorize == nil {
		return topic, nil
	}
	return topic, d.authorize(who, topic)
}

func (d *fakeAuth) Group(_ context.Context, who realtime.Identity, topic realtime.Topic) string {
	if d.group == nil {
		return string(topic)
	}
	return d.group(who, topic)
}

// without is a group that everyone is in but the outcast.
func without(outcast *string) func(realtime.Identity, realtime.Topic) string {
	return func(who realtime.Identity, _ realtime.Topic) string {
		if who.User == *outcast {
			return ""
		}
		return "everyone else"
	}
}
