package realtime_test

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// beyond tells of each limit that takes [realtime.Unlimited] whether a client that
// goes beyond its default is refused.
var beyond = map[string]func(t *testing.T, hub *realtime.Hub, log *memlog.Log) (refused bool){
	"MaxTopicsPerFrame": func(t *testing.T, hub *realtime.Hub, _ *memlog.Log) bool {
		c := connect(t, hub, "anna")
		c.subscribeTo(0, realtime.DefaultMaxTopicsPerFrame+1)
		return strings.Contains(c.last(), `"too_many_topics"`)
	},
	"MaxTopics": func(t *testing.T, hub *realtime.Hub, _ *memlog.Log) bool {
		c := connect(t, hub, "anna")
		for from := 0; from <= realtime.DefaultMaxTopics; from += realtime.DefaultMaxTopicsPerFrame {
			c.subscribeTo(from, realtime.DefaultMaxTopicsPerFrame)
		}
		return strings.Contains(c.last(), `"too_many_topics"`)
	},
	"MaxSessionsPerUser": func(t *testing.T, hub *realtime.Hub, _ *memlog.Log) bool {
		for range realtime.DefaultMaxSessionsPerUser {
			connect(t, hub, "anna")
		}
		return connect(t, hub, "anna").closed() == realtime.CloseTooManySessions
	},
	"MaxSessionsPerAddress": func(_ *testing.T, hub *realtime.Hub, _ *memlog.Log) bool {
		for range realtime.DefaultMaxSessionsPerAddress + 1 {
			if _, err := hub.Admit(netip.IPv6Loopback()); err != nil {
				return true
			}
		}
		return false
	},
	"InboundRate":  floods,
	"InboundBurst": floods,
	"MaxStrikes": func(t *testing.T, hub *realtime.Hub, _ *memlog.Log) bool {
		c := connect(t, hub, "anna")
		for range realtime.DefaultMaxStrikes + 1 {
			c.session.Receive([]byte("nonsense"))
		}
		return c.closed() == realtime.CloseBadRequest
	},
	"MaxReplay": func(t *testing.T, hub *realtime.Hub, log *memlog.Log) bool {
		events := make([]realtime.Event, realtime.DefaultMaxReplay+1)
		for i := range events {
			events[i] = realtime.Event{Topic: "list:a", Type: realtime.Added, EntityID: "e"}
		}
		epoch := log.Append(events...)[0].Epoch
		c := connect(t, hub, "anna")
		c.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":"list:a","since":{"epoch":%q,"seq":0}}`, epoch))
		synctest.Wait()
		return strings.Contains(c.last(), `"recovered":false`)
	},
}

// floods sends one message more than may come at once.
func floods(t *testing.T, hub *realtime.Hub, _ *memlog.Log) (refused bool) {
	c := connect(t, hub, "anna")
	for range realtime.DefaultInboundBurst + 1 {
		c.session.Receive([]byte(`{"action":"ping"}`))
	}
	return strings.Contains(c.last(), `"rate_limited"`)
}

// subscribeTo asks for count topics in one message.
func (c *fakeConn) subscribeTo(from, count int) {
	topics := make([]string, count)
	for i := range topics {
		topics[i] = fmt.Sprintf(`{"topic":"list:%d"}`, from+i)
	}
	c.session.Receive([]byte(`{"action":"subscribe","topics":[` + strings.Join(topics, ",") + `]}`))
}

// Every limit that counts something takes Unlimited, and holds without it.
func TestUnlimited(t *testing.T) {
	for name, goBeyond := range beyond {
		t.Run(name, func(t *testing.T) {
			for value, want := range map[int]bool{0: true, realtime.Unlimited: false} {
				opts := realtime.Options{Logger: quiet()}
				setOption(&opts, name, value)
				synctest.Test(t, func(t *testing.T) {
					log := memlog.New(memlog.Options{KeepCount: 2 * realtime.DefaultMaxReplay})
					hub := realtime.NewHub(log, new(fakeAuth), opts)
					defer hub.Close()
					if got := goBeyond(t, hub, log); got != want {
						t.Errorf("with %d, who goes beyond the default is refused: %v; want %v", value, got, want)
					}
				})
			}
		})
	}
}

// All that is a number takes Unlimited, is refused by its name where it is
// negative, or says itself what that means.
func TestOptionsThatAreNegative(t *testing.T) {
	options := reflect.TypeFor[realtime.Options]()
	for i := range options.NumField() {
		field := options.Field(i)
		if kind := field.Type.Kind(); kind != reflect.Int && kind != reflect.Int64 && kind != reflect.Float64 {
			continue
		}
		if beyond[field.Name] != nil || field.Name == "TokenGrace" {
			continue
		}
		opts := realtime.Options{Logger: quiet()}
		setOption(&opts, field.Name, -1)
		if got, want := refusal(opts), "realtime: Options."+field.Name+" must not be negative"; got != want {
			t.Errorf("%s: NewHub panics with %q; want %q", field.Name, got, want)
		}
	}
}

// refusal is what NewHub panics with; empty when it does not.
func refusal(opts realtime.Options) (said string) {
	defer func() {
		if why := recover(); why != nil {
			said = fmt.Sprint(why)
		}
	}()
	realtime.NewHub(memlog.New(memlog.Options{}), open{}, opts).Close()
	return ""
}

func setOption(opts *realtime.Options, name string, value int) {
	field := reflect.ValueOf(opts).Elem().FieldByName(name)
	if field.CanFloat() {
		field.SetFloat(float64(value))
	} else {
		field.SetInt(int64(value))
	}
}
