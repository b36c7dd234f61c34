package realtime_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// A login may end after its token was looked up and before the session is
// filed under it, where nobody can find it. It does not begin then, or end.
// Guarantees: S8, A33
func TestR11ALoginThatEndsWhileItIsChecked(t *testing.T) {
	refused := &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the login has ended"}
	for name, c := range map[string]struct {
		refresh bool
		then    error
		want    realtime.CloseCode
	}{
		"first auth":                     {false, refused, realtime.CloseTokenInvalid},
		"refresh":                        {true, refused, realtime.CloseTokenInvalid},
		"refresh, and then nobody knows": {true, errors.New("the database is away"), realtime.CloseInternal},
	} {
		t.Run(name, func(t *testing.T) {
			var hub *realtime.Hub
			ended := false
			auth := &fakeAuth{authenticate: func(token string) (realtime.Identity, error) {
				who := realtime.Identity{User: "anna", Session: token}
				if token != "l1" {
					return who, nil
				}
				if ended {
					return realtime.Identity{}, c.then
				}
				ended = true
				hub.EndSession("l1") // right behind the lookup
				return who, nil
			}}
			hub = realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
			defer hub.Close()
			first := ""
			if c.refresh {
				first = "l0"
			}
			conn := connect(t, hub, first)
			conn.session.Receive([]byte(`{"action":"auth","token":"l1"}`))
			if conn.closed() != c.want {
				t.Errorf("closed with %d; want %d", conn.closed(), c.want)
			}
			conn.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			if strings.Contains(conn.last(), "subscribed") {
				t.Errorf("answered %s", conn.last())
			}
		})
	}
}

// What a fresher token no longer allows ends with it.
// Guarantees: S8
func TestR54ARefreshWithFewerRights(t *testing.T) {
	auth := &fakeAuth{
		authenticate: func(token string) (realtime.Identity, error) {
			return realtime.Identity{User: "anna", Grant: token}, nil
		},
		authorize: func(who realtime.Identity, topic realtime.Topic) error {
			if !strings.Contains(who.Grant, string(topic)) {
				return realtime.ErrForbidden
			}
			return nil
		},
	}
	hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
	defer hub.Close()
	c := connect(t, hub, "list:a list:b")
	c.session.Receive([]byte(`{"action":"subscribe","topics":[{"topic":"list:a"},{"topic":"list:b"}]}`))
	c.got = nil
	c.session.Receive([]byte(`{"action":"auth","token":"list:b"}`))
	if len(c.got) != 2 || c.got[0] != `{"type":"unsubscribed","topic":"list:a","code":"revoked"}` || !strings.Contains(c.got[1], `"hello"`) {
		t.Errorf("answered %s; want list:a revoked, and then hello", c.got)
	}
	if got := hub.Stats().Topics; got != 1 {
		t.Errorf("%d topics are left; want list:b alone", got)
	}
}

// An answer about the token that a session has just left is no longer of
// interest: the fresher one is asked about before anything is taken away.
// Guarantees: S8
func TestR54ARefreshAmidARecheck(t *testing.T) {
	for name, want := range map[string]string{"wider": `"hello"`, "narrower": `"revoked"`} {
		t.Run(name, func(t *testing.T) {
			var c *fakeConn
			asked := 0
			auth := &fakeAuth{
				authenticate: func(token string) (realtime.Identity, error) {
					return realtime.Identity{User: "anna", Grant: token}, nil
				},
				authorize: func(who realtime.Identity, _ realtime.Topic) error {
					if asked++; asked == 1 || who.Grant == "wider" {
						return nil
					}
					if asked == 2 { // by Recheck
						c.session.Receive([]byte(`{"action":"auth","token":"` + name + `"}`))
					}
					return realtime.ErrForbidden
				},
			}
			hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
			defer hub.Close()
			c = connect(t, hub, "old")
			c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
			hub.Recheck("list:a")
			revoked := strings.Contains(strings.Join(c.got, ""), `"revoked"`)
			if !strings.Contains(strings.Join(c.got, ""), want) || revoked != (name == "narrower") {
				t.Errorf("told %s", c.got)
			}
		})
	}
}

// However many others lose their access meanwhile, an auth and a subscribe succeed.
// Guarantees: S8
func TestManyWithdrawalsRefuseNobodyElse(t *testing.T) {
	var hub *realtime.Hub
	left := 0
	end := func() {
		if left > 0 {
			left--
			hub.EndUser("bert")
		}
	}
	auth := &fakeAuth{
		authenticate: func(token string) (realtime.Identity, error) {
			end()
			return realtime.Identity{User: token}, nil
		},
		authorize: func(realtime.Identity, realtime.Topic) error { end(); return nil },
	}
	hub = realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
	defer hub.Close()
	left = 300
	c := connect(t, hub, "anna")
	if c.closed() != 0 || !strings.Contains(c.last(), `"hello"`) {
		t.Fatalf("closed with %d, told %s", c.closed(), c.last())
	}
	left = 300
	c.session.Receive([]byte(`{"action":"subscribe","topic":"list:a"}`))
	if !strings.Contains(c.last(), `"subscribed"`) {
		t.Errorf("answered %s", c.last())
	}
}

// Where nobody can tell of a token at the moment, the session ends, and its client
// comes back; a refresh leaves it as it was.
func TestR8ATokenThatCannotBeJudged(t *testing.T) {
	for name, why := range map[string]error{
		"said so": &realtime.Error{Code: realtime.CodeInternal, Message: "ask again"}, "failed": errors.New("the database is away"),
	} {
		t.Run(name, func(t *testing.T) {
			auth := &fakeAuth{authenticate: func(token string) (realtime.Identity, error) {
				if token == "known" {
					return realtime.Identity{User: "anna"}, nil
				}
				return realtime.Identity{}, why
			}}
			hub := realtime.NewHub(memlog.New(memlog.Options{}), auth, realtime.Options{Logger: quiet()})
			defer hub.Close()
			newcomer, old := connect(t, hub, "fresh"), connect(t, hub, "known")
			old.session.Receive([]byte(`{"action":"auth","token":"fresh"}`))
			for _, c := range []*fakeConn{newcomer, old} {
				if said := c.last(); !strings.Contains(said, `"code":"internal"`) || !strings.Contains(said, `"retry_after_ms":1000`) {
					t.Errorf("told %s", said)
				}
			}
			if newcomer.closed() != realtime.CloseInternal || old.closed() != 0 {
				t.Errorf("closed with %d, and after a refresh with %d; want 3004, and not at all", newcomer.closed(), old.closed())
			}
		})
	}
}

// A session outlives its token by 10 s, and not for longer: one that it began
// with, and one that it was refreshed with, which may end before anything else of
// the session is due.
// Guarantees: A17
func TestR10TheGrace(t *testing.T) {
	auth := &fakeAuth{authenticate: func(token string) (realtime.Identity, error) {
		lives, err := time.ParseDuration(token)
		return realtime.Identity{User: "anna", Expires: time.Now().Add(lives)}, err
	}}
	for name, c := range map[string]struct {
		first, refresh string
	}{
		"the first token": {"1m", ""}, "a shorter one": {"1h", "1s"}, "a longer one": {"13s", "2m"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubbleWith(t, auth, realtime.Options{}, func(hub *realtime.Hub, _ *memlog.Log) {
				conn, last := connect(t, hub, c.first), c.first
				conn.answer()
				if c.refresh != "" {
					time.Sleep(12 * time.Second)
					conn.session.Receive([]byte(`{"action":"auth","token":"` + c.refresh + `"}`))
					last = c.refresh
				}
				lives, _ := time.ParseDuration(last)
				time.Sleep(lives + 10*time.Second - time.Millisecond)
				if conn.closed() != 0 {
					t.Errorf("closed with %d within the grace", conn.closed())
				}
				time.Sleep(time.Second) // deadlines are exact to half of one
				if conn.closed() != realtime.CloseTokenExpired {
					t.Errorf("closed with %d after the grace; want %d", conn.closed(), realtime.CloseTokenExpired)
				}
			})
		})
	}
}
