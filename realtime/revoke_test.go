package realtime_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// Every subscription to a topic that matches is authorized again, and no other.
// Guarantees: A22
func TestRecheckWhere(t *testing.T) {
	allowed := true
	auth := &fakeAuth{authorize: func(realtime.Identity, realtime.Topic) error {
		if allowed {
			return nil
		}
		return realtime.ErrForbidden
	}}
	hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
	defer hub.Close()
	anna, bert := connect(t, hub, "anna"), connect(t, hub, "bert")
	for _, c := range []*fakeConn{anna, bert} {
		c.session.Receive([]byte(`{"action":"subscribe","topics":[{"topic":"list:a"},{"topic":"list:b"},{"topic":"user:a"}]}`))
		c.got = nil
	}
	allowed = false
	hub.RecheckWhere(func(topic realtime.Topic) bool { return topic.Type() == "list" })
	want := []string{`{"type":"unsubscribed","topic":"list:a","code":"revoked"}`, `{"type":"unsubscribed","topic":"list:b","code":"revoked"}`}
	for _, c := range []*fakeConn{anna, bert} {
		slices.SortFunc(c.got, strings.Compare)
		if !slices.Equal(c.got, want) {
			t.Errorf("told %s; want %s", c.got, want)
		}
	}
	if got := hub.Stats().Topics; got != 1 {
		t.Errorf("%d topics are left; want user:a alone", got)
	}
}

// A login that ends right behind the lookup of its token begins no session, by
// whichever way it ends.
// Guarantees: A33
func TestR11EveryWayToEndALoginIsNoticedWhileItIsChecked(t *testing.T) {
	for name, end := range map[string]func(*realtime.Hub){
		"EndSession":   func(hub *realtime.Hub) { hub.EndSession("l1") },
		"EndUser":      func(hub *realtime.Hub) { hub.EndUser("anna") },
		"EndUserWhere": func(hub *realtime.Hub) { hub.EndUserWhere("anna", func(realtime.Identity) bool { return true }) },
		"EndToken":     func(hub *realtime.Hub) { hub.EndToken("t1") },
	} {
		t.Run(name, func(t *testing.T) {
			var hub *realtime.Hub
			ended := false
			auth := &fakeAuth{authenticate: func(string) (realtime.Identity, error) {
				if ended {
					return realtime.Identity{}, &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the login has ended"}
				}
				ended = true
				end(hub)
				return realtime.Identity{User: "anna", Session: "l1", Token: "t1"}, nil
			}}
			hub = realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
			defer hub.Close()
			if c := connect(t, hub, "token"); c.closed() != realtime.CloseTokenInvalid {
				t.Errorf("closed with %d, told %s; want %d", c.closed(), c.got, realtime.CloseTokenInvalid)
			}
		})
	}
}

// Access that is taken away right behind the lookup opens nothing, by whichever
// way it is taken.
// Guarantees: A22
func TestR54EveryWayToRecheckIsNoticedDuringASubscribe(t *testing.T) {
	nothing := func(realtime.Topic) bool { return false }
	for name, recheck := range map[string]func(*realtime.Hub){
		"Recheck":      func(hub *realtime.Hub) { hub.Recheck("list:a") },
		"RecheckUser":  func(hub *realtime.Hub) { hub.RecheckUser("anna") },
		"RecheckWhere": func(hub *realtime.Hub) { hub.RecheckWhere(nothing) },
	} {
		t.Run(name, func(t *testing.T) {
			var hub *realtime.Hub
			asked := 0
			auth := &fakeAuth{authorize: func(realtime.Identity, realtime.Topic) error {
				if asked++; asked > 1 {
					return realtime.ErrForbidden
				}
				recheck(hub)
				return nil
			}}
			hub = realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
			defer hub.Close()
			c := connect(t, hub, "anna")
			c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			if !strings.Contains(c.last(), `"forbidden"`) {
				t.Errorf("told %s; want forbidden", c.got)
			}
		})
	}
}

// Nor does a subscription slip in while RecheckWhere goes through the topics.
// Guarantees: A22
func TestR54ASubscribeAmidARecheckWhere(t *testing.T) {
	var hub *realtime.Hub
	looked, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	look := sync.OnceFunc(func() { close(looked) })
	asked := 0
	auth := &fakeAuth{authorize: func(_ realtime.Identity, topic realtime.Topic) error {
		if topic != "list:new" {
			return nil
		}
		if asked++; asked > 1 {
			return realtime.ErrForbidden
		}
		go func() {
			defer close(done)
			hub.RecheckWhere(func(realtime.Topic) bool { look(); <-goOn; return true })
		}()
		<-looked
		return nil
	}}
	hub = realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
	defer hub.Close()
	c := connect(t, hub, "anna")
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:old"}`))
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:new"}`))
	close(goOn)
	<-done
	if !strings.Contains(c.last(), `"forbidden"`) {
		t.Errorf("told %s; want list:new forbidden", c.got)
	}
}

// renaming is an Authorizer that lets everyone read a topic under another name
// from some moment on.
type renaming struct {
	open
	renamed bool
}

func (r *renaming) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	if r.renamed {
		return "list:other", nil
	}
	return topic, nil
}

// rechecking is an Authorizer that names a topic, revokes what it has said, and
// names another one.
type rechecking struct {
	open
	hub   *realtime.Hub
	asked int
}

func (r *rechecking) Authorize(_ context.Context, _ realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	if r.asked++; r.asked > 1 {
		return "list:other", nil
	}
	r.hub.Recheck(topic)
	return topic, nil
}

// A name that means something else by the time that its topic would be opened
// opens that.
// Guarantees: A22
func TestR54ANameThatChangesDuringASubscribe(t *testing.T) {
	auth := new(rechecking)
	auth.hub = realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet(), Anonymous: true})
	defer auth.hub.Close()
	c := connect(t, auth.hub, "")
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	if !strings.Contains(c.last(), `"subscribed","topic":"list:a","canonical":"list:other"`) {
		t.Errorf("told %s; want list:other subscribed", c.got)
	}
	if got := auth.hub.Stats().Topics; got != 1 {
		t.Errorf("%d topics are left; want list:other alone", got)
	}
}

// Who may read something else under a topic's name may not read the topic.
// Guarantees: A22
func TestR54ANameThatMeansSomethingElse(t *testing.T) {
	auth := new(renaming)
	hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet(), Anonymous: true})
	defer hub.Close()
	c := connect(t, hub, "")
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	auth.renamed = true
	hub.Recheck("list:a")
	if want := `{"type":"unsubscribed","topic":"list:a","code":"renamed"}`; c.last() != want {
		t.Errorf("told %s; want %s", c.last(), want)
	}
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	if !strings.Contains(c.last(), `"canonical":"list:other"`) {
		t.Errorf("asked again, told %s; want the name that it has now", c.last())
	}
}
