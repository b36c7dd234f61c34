package api_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/api"
)

func TestFailedLoginsAreRememberedForAnHour(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	from := netip.MustParseAddr("192.0.2.1")
	for range 4 {
		d.auth.Throttled("ada@example.org", from)
	}
	if d.auth.Throttled("ada@example.org", from) == 0 {
		t.Fatal("four tries in a row cost nothing")
	}
	d.clock.advance(time.Hour)
	for i := range 3 {
		if wait := d.auth.Throttled("ada@example.org", from); wait != 0 {
			t.Errorf("after an hour, try %d has to wait %v", i, wait)
		}
	}
}

// An account is held up where it is tried from, not for its owner elsewhere; an
// IPv6 network counts as one address.
func TestThrottlingIsPerAccountAndAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		email, from string
		waits       bool
	}{
		"the same":             {"ada@example.org", "2001:db8::1", true},
		"in other letters":     {" ADA@example.org", "2001:db8::1", true},
		"from the same net":    {"ada@example.org", "2001:db8::ffff:2", true},
		"from another net":     {"ada@example.org", "2001:db8:1::1", false},
		"from an IPv4 address": {"ada@example.org", "192.0.2.1", false},
		"another account":      {"ben@example.org", "2001:db8::1", false},
	} {
		d := newDashboard(t)
		for range 3 {
			d.auth.Throttled("ada@example.org", netip.MustParseAddr("2001:db8::1"))
		}
		if wait := d.auth.Throttled(c.email, netip.MustParseAddr(c.from)); (wait > 0) != c.waits {
			t.Errorf("%s: waits %v", name, wait)
		}
	}
}

func TestThrottleIsBounded(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	for i := range api.MaxThrottled + 100 {
		d.auth.Throttled(fmt.Sprint(i, "@example.org"), netip.Addr{})
	}
	if got := d.auth.ThrottledCount(); got > api.MaxThrottled {
		t.Errorf("%d pairs are remembered", got)
	}
}

func TestSessionCacheForgets(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	before := f.auth.KnownSessions()
	f.clock.advance(api.SessionMemory)
	fresh := f.enter(f.ben.user)
	if got := f.auth.KnownSessions(); got != 1 || before < 3 {
		t.Errorf("%d sessions are remembered, %d before", got, before)
	}
	f.me(fresh.token).want(t, 200)
}

// A tab that is very late is led over a few tokens, not over any number.
func TestLateTabsAreLedOverFewTokens(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	first := d.setUp().refreshCookie(t).Value
	newest := first
	for range api.MaxSuccessors {
		newest = d.refresh(newest).want(t, 200).refreshCookie(t).Value
	}
	if got := d.refresh(first).want(t, 200).refreshCookie(t).Value; got != newest {
		t.Errorf("got %q instead of %q", got, newest)
	}
	newest = d.refresh(newest).want(t, 200).refreshCookie(t).Value
	d.refresh(first).want(t, 401)
	d.refresh(newest).want(t, 200) // the login goes on
}

// Behind a proxy that is trusted, failed logins count by who is behind it.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	p := api.Proxies{Trusted: prefixes("192.0.2.0/24")}
	for name, c := range map[string]struct{ peer, forwarded, want string }{
		"direct":                  {"203.0.113.9:1", "", "203.0.113.9"},
		"direct, with a header":   {"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		"by a proxy":              {"192.0.2.7:1", "198.51.100.1", "198.51.100.1"},
		"by two proxies":          {"192.0.2.7:1", "198.51.100.1, 192.0.2.8", "198.51.100.1"},
		"with a forged first":     {"192.0.2.7:1", "10.0.0.1, 198.51.100.1", "198.51.100.1"},
		"by a proxy, no header":   {"192.0.2.7:1", "", "192.0.2.7"},
		"by a proxy, garbage":     {"192.0.2.7:1", "unknown", "192.0.2.7"},
		"an address in IPv6 form": {"[::ffff:203.0.113.9]:1", "", "203.0.113.9"},
	} {
		r := newRequest(c.peer, c.forwarded)
		if got := p.ClientAddress(r).String(); got != c.want {
			t.Errorf("%s: %s instead of %s", name, got, c.want)
		}
	}
}

// One byte more than the limit is refused; the limit itself is not.
func TestBodyLimit(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	body := func(size int) string {
		const start, end = `{"name":"X","description":"`, `"}`
		return start + strings.Repeat("x", size-len(start)-len(end)) + end
	}
	send := func(size int) response {
		return f.send(request{method: post, path: "/api/v1/gifts", token: f.ada.token, body: body(size)})
	}
	send(api.MaxBodyBytes).want(t, 422, `"body.description"`)
	send(api.MaxBodyBytes+1).want(t, 413, `"too_large"`)
}

// Accounts survive what tokens do not: without the person's account there is
// no session to open.
func TestUnknownUsersHaveNoSessions(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	if _, _, err := d.auth.Open(t.Context(), gift.UserID("zzzzzzzzzzzzzzzzzzzz")); err == nil {
		t.Error("a session was opened for nobody")
	}
}
