package realtime_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// A change of access is asked about by whom it names, and by nobody else. In one
// generation a row with the user counts over one for everybody.
// Guarantees: S8
func TestR54WhomAChangeNames(t *testing.T) {
	lost := func(at realtime.Generation, user string) realtime.AccessChange {
		return realtime.AccessChange{Generation: at, User: user}
	}
	opened := func(at realtime.Generation, user string) realtime.AccessChange {
		return realtime.AccessChange{Generation: at, User: user, Opened: true}
	}
	for name, c := range map[string]struct {
		changes []realtime.AccessChange
		asked   []string
	}{
		"one":                              {[]realtime.AccessChange{lost(1, "anna")}, []string{"anna"}},
		"two":                              {[]realtime.AccessChange{lost(1, "anna"), lost(1, "bert")}, []string{"anna", "bert"}},
		"one in each generation":           {[]realtime.AccessChange{lost(1, "anna"), lost(2, "bert")}, []string{"anna", "bert"}},
		"somebody who is not there":        {[]realtime.AccessChange{lost(1, "dora")}, nil},
		"everybody":                        {[]realtime.AccessChange{lost(1, "")}, []string{"anna", "bert", "carl"}},
		"everybody but one":                {[]realtime.AccessChange{lost(1, ""), opened(1, "bert")}, []string{"anna", "carl"}},
		"everybody but one, and then them": {[]realtime.AccessChange{lost(1, ""), opened(1, "bert"), lost(2, "bert")}, []string{"anna", "bert", "carl"}},
		"everybody, and one in the next":   {[]realtime.AccessChange{lost(1, ""), opened(2, "bert")}, []string{"anna", "bert", "carl"}},
		"opened to everybody but one":      {[]realtime.AccessChange{opened(1, ""), lost(1, "bert")}, []string{"bert"}},
		"opened":                           {[]realtime.AccessChange{opened(1, ""), opened(2, "anna")}, nil},
		"nobody knows":                     {[]realtime.AccessChange{opened(2, "anna")}, []string{"anna", "bert", "carl"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := map[string]bool{}
				auth := &fakeAuth{authorize: func(who realtime.Identity, _ realtime.Topic) error { asked[who.User] = true; return nil }}
				log := &rewritten{Log: memlog.New(memlog.Options{})}
				hub := realtime.NewHub(log, auth, realtime.Options{Logger: quiet(), MaxAuthorizations: 1})
				defer hub.Close()
				for _, user := range []string{"anna", "bert", "carl"} {
					connect(t, hub, user).session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
				}
				clear(asked)
				log.changes = c.changes
				hub.Wake("list:a")
				synctest.Wait()
				if got := slices.Sorted(maps.Keys(asked)); !slices.Equal(got, c.asked) {
					t.Errorf("asked about %q; want %q", got, c.asked)
				}
			})
		})
	}
}

// rewritten is a log whose changes of access are what a test says.
type rewritten struct {
	*memlog.Log
	changes []realtime.AccessChange
}

func (l *rewritten) Heads(ctx context.Context, topics []realtime.Topic) ([]realtime.Head, error) {
	heads, err := l.Log.Heads(ctx, topics)
	if len(l.changes) > 0 {
		heads[0].Generation = l.changes[len(l.changes)-1].Generation
	}
	return heads, err
}

func (l *rewritten) HeadsAndRights(ctx context.Context, user string, topics []realtime.Topic) ([]realtime.Head, []realtime.Right, error) {
	heads, err := l.Heads(ctx, topics)
	return heads, make([]realtime.Right, len(topics)), err
}

func (l *rewritten) AccessChanges(context.Context, realtime.Topic, realtime.Generation) ([]realtime.AccessChange, error) {
	return l.changes, nil
}
