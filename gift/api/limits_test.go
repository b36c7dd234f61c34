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

// guessFromEverywhere tries an account from n addresses, once each.
func (d *dashboard) guessFromEverywhere(email string, n int) (longest time.Duration) {
	for i := range n {
		from := netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)})
		longest = max(longest, d.auth.Throttled(email, from))
	}
	return longest
}

// Many addresses cannot guess one account: over all of them, tries slow down
// too, but never by more than a few seconds, and for that account alone.
func TestGuessingFromManyAddressesSlowsDown(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	if wait := d.guessFromEverywhere("ada@example.org", api.FreeAccountFailures); wait != 0 {
		t.Fatalf("the free tries had to wait %v", wait)
	}
	elsewhere := netip.MustParseAddr("198.51.100.7")
	for _, delay := range []time.Duration{1, 2, 4, 8, 10, 10} {
		delay *= time.Second
		if got := d.auth.Throttled("ADA@example.org ", elsewhere); got != delay {
			t.Fatalf("wait %v instead of %v", got, delay)
		}
		if wait := d.auth.Throttled(fmt.Sprint("ben", delay, "@example.org"), elsewhere); wait != 0 {
			t.Fatalf("another account has to wait %v", wait)
		}
		d.clock.advance(delay)
		if got := d.auth.Throttled("ada@example.org", netip.MustParseAddr("198.51.100.8")); delay < api.MaxAccountDelay && got != 0 {
			t.Fatalf("after its delay, a try has to wait %v", got)
		}
	}
	d.clock.advance(time.Hour)
	if wait := d.auth.Throttled("ada@example.org", elsewhere); wait != 0 {
		t.Errorf("after an hour, a try has to wait %v", wait)
	}
}

// Strangers who guess do not hold up the family where it is at home: neither a
// login from an address that the account was used from, nor any refresh.
func TestGuessingDoesNotLockTheFamilyOut(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	home := map[string]string{"X-Forwarded-For": "198.51.100.7"}
	f.dashboard = openDashboard(t, f.path, func(o *api.AuthOptions, _ *api.Options) {
		o.Proxies.Trusted = prefixes("192.0.2.0/24") // where httptest's requests come from
	})
	send := func(path, cookie, body string) response {
		return f.send(request{method: post, path: "/api/v1/auth/" + path, cookie: cookie, body: body, header: home})
	}
	credentials := `{"email":"ben@example.org","password":"` + password + `"}`
	cookie := send("login", "", credentials).want(t, 200).refreshCookie(t).Value
	if wait := f.guessFromEverywhere("ben@example.org", 2*api.FreeAccountFailures); wait == 0 {
		t.Fatal("guessing from many addresses costs nothing")
	}
	send("login", "", credentials).want(t, 200)
	send("refresh", cookie, "").want(t, 200)
	f.login("ben@example.org", password).want(t, 429) // from an address that nobody knows

	// The known address still has a limit of its own, and is forgotten in time.
	from := netip.MustParseAddr("198.51.100.7")
	for range api.FreeFailures {
		f.auth.Throttled("ben@example.org", from)
	}
	if f.auth.Throttled("ben@example.org", from) == 0 {
		t.Error("guessing at a known address costs nothing")
	}
	f.clock.advance(api.AddressMemory)
	f.guessFromEverywhere("ben@example.org", api.FreeAccountFailures)
	if f.auth.Throttled("ben@example.org", from) == 0 {
		t.Error("a known address is known for ever")
	}
}

// A login that succeeds forgives its own try, not those of strangers.
func TestALoginElsewhereDoesNotHelpStrangers(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	f.guessFromEverywhere("ben@example.org", api.FreeAccountFailures-1)
	f.login("ben@example.org", password).want(t, 200)
	if wait := f.auth.Throttled("ben@example.org", netip.MustParseAddr("198.51.100.7")); wait != 0 {
		t.Errorf("the login was counted: wait %v", wait)
	}
	if wait := f.auth.Throttled("ben@example.org", netip.MustParseAddr("198.51.100.8")); wait == 0 {
		t.Error("the login forgave the strangers")
	}
}

func TestThrottleIsBounded(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	for i := range api.MaxThrottled + 100 {
		email := fmt.Sprint(i, "@example.org")
		d.auth.Throttled(email, netip.Addr{})
		d.auth.UsedFrom(email, netip.Addr{})
	}
	if got := d.auth.ThrottledCount(); got > api.MaxThrottled {
		t.Errorf("%d are remembered", got)
	}
}

func TestLoginCacheForgets(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	before := f.auth.KnownLogins()
	f.clock.advance(api.LoginMemory)
	fresh := f.enter(f.ben.user)
	if got := f.auth.KnownLogins(); got != 1 || before < 3 {
		t.Errorf("%d logins are remembered, %d before", got, before)
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

// Behind a trusted proxy, failed log-ins count by the client's address.
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
// no login to open.
func TestUnknownUsersHaveNoLogins(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	if _, _, err := d.auth.Open(t.Context(), gift.UserID("zzzzzzzzzzzzzzzzzzzz")); err == nil {
		t.Error("a login was opened for nobody")
	}
}
