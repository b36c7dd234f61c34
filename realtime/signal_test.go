package realtime_test

import (
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// A signal names its sender, so it goes only to those who may know of others.
func TestR80WhoMeetsNobodyGetsNoSignals(t *testing.T) {
	outcast := "bert"
	auth := &door{group: without(&outcast)}
	hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
	defer hub.Close()
	guests := make(map[string]*fakeConn)
	for _, user := range []string{"anna", "bert", "carl"} {
		guests[user] = connect(t, hub, user)
		guests[user].session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	}
	expect := func(when string, want map[string]bool) {
		t.Helper()
		guests["anna"].session.Receive([]byte(`{"action":"signal","topic":"list:a","data":1}`))
		for user, c := range guests {
			if got := strings.Contains(c.last(), `"signal"`); got != want[user] {
				t.Errorf("%s: %s got the signal: %t; want %t", when, user, got, want[user])
			}
			c.got = nil
		}
	}
	expect("refused from the beginning", map[string]bool{"carl": true})
	outcast = "carl"
	hub.Recheck("list:a")
	expect("withdrawn", map[string]bool{})
	guests["bert"].session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	expect("asked again", map[string]bool{"bert": true})
}

// A login may end while it is asked whether its signal may pass: it may not then.
func TestR80ASignalOfALoginThatHasEnded(t *testing.T) {
	for name, withdraw := range map[string]func(*realtime.Hub){
		"its login ends":          func(hub *realtime.Hub) { hub.EndUser("anna") },
		"its access is withdrawn": func(hub *realtime.Hub) { hub.RecheckUser("anna") },
	} {
		t.Run(name, func(t *testing.T) {
			var hub *realtime.Hub
			signals, withdrawn := false, false
			auth := &door{
				authorize: func(who realtime.Identity, _ realtime.Topic) error {
					if withdrawn && who.User == "anna" {
						return realtime.ErrForbidden
					}
					return nil
				},
				group: func(realtime.Identity, realtime.Topic) string {
					if signals && !withdrawn {
						withdrawn = true
						withdraw(hub)
					}
					return "all"
				},
			}
			hub = realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
			defer hub.Close()
			anna, bert := connect(t, hub, "anna"), connect(t, hub, "bert")
			for _, c := range []*fakeConn{anna, bert} {
				c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			}
			signals = true
			anna.session.Receive([]byte(`{"action":"signal","topic":"list:a","data":1}`))
			if strings.Contains(bert.last(), `"signal"`) {
				t.Errorf("bert was sent %s", bert.last())
			}
		})
	}
}
