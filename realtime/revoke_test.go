package realtime_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// Every subscription to a topic that is concerned is asked about, whoever's it
// is, and no other.
func TestRecheckWhere(t *testing.T) {
	allowed := true
	auth := &door{authorize: func(realtime.Identity, realtime.Topic) error {
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
