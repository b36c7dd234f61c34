package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/familygifting/tidings/gift/api"
)

// loginFrom logs in with the mark of a device.
func (d *dashboard) loginFrom(mark, email, password string) response {
	return d.send(request{method: post, path: "/api/v1/auth/login", body: `{"email":"` + email + `","password":"` + password + `"}`,
		header: map[string]string{"Cookie": api.DeviceCookie + "=" + mark}})
}

// A device that an account has logged in from is not held up by failures elsewhere,
// not even at the same address; but by its own.
// Guarantees: D9
func TestKnownDevicesAreNotHeldUp(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	c := f.login("ben@example.org", password).want(t, 200).cookie(t, api.DeviceCookie)
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/api/v1/auth" || c.MaxAge != int(api.DeviceLife.Seconds()) {
		t.Errorf("the cookie %+v", c)
	}
	for range api.FreeFailures {
		f.login("ben@example.org", "wrong password").want(t, 401)
	}
	f.login("ben@example.org", password).want(t, 429)
	res := f.loginFrom(c.Value, " BEN@example.org", password).want(t, 200)
	for _, again := range res.Cookies() {
		if again.Name == api.DeviceCookie {
			t.Error("a device that has a mark got another")
		}
	}

	name, seal, _ := strings.Cut(c.Value, ".")
	for what, mark := range map[string]string{
		"none": "", "another device's name": "x" + name + "." + seal, "half a mark": name, "another seal": name + "." + seal[1:] + "A", "nonsense": "....",
	} {
		if res := f.loginFrom(mark, "ben@example.org", password); res.StatusCode != 429 {
			t.Errorf("%s: status %d", what, res.StatusCode)
		}
	}
	for range api.FreeFailures {
		f.login("cleo@example.org", "wrong password").want(t, 401)
	}
	f.loginFrom(c.Value, "cleo@example.org", password).want(t, 429) // it is a mark of Ben's alone
	for range api.FreeFailures {
		f.loginFrom(c.Value, "ben@example.org", "wrong password").want(t, 401)
	}
	f.loginFrom(c.Value, "ben@example.org", password).want(t, 429)
}

// What was not looked at is no failure: neither a password that found no turn, nor
// one that storage had no answer for.
// Guarantees: D9
func TestOnlyWrongPasswordsCount(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	for range f.auth.HashSlots() {
		defer f.auth.TakeHashSlot()()
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 * api.FreeFailures {
		if err := f.auth.Login(gone, "ben@example.org", "x"); err == nil {
			t.Fatal("let in")
		}
	}
	if wait := f.auth.ThrottledHere("ben@example.org"); wait != 0 {
		t.Errorf("the next try has to wait %v", wait)
	}
}
