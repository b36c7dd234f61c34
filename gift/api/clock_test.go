package api_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift/api"
)

// wallClock is a dashboard whose wall clock can be set while time goes on.
type wallClock struct {
	*dashboard
	run atomic.Int64 // how long the process has run
}

func newWallClock(t *testing.T) *wallClock {
	return openWallClock(t, filepath.Join(t.TempDir(), "test.db"))
}

// openWallClock starts a process on a database file.
func openWallClock(t *testing.T, path string) *wallClock {
	t.Helper()
	w := &wallClock{}
	w.dashboard = openDashboard(t, path, func(o *api.AuthOptions, _ *api.Options) {
		o.Elapsed = func() time.Duration { return time.Duration(w.run.Load()) }
	})
	return w
}

// pass lets time go on.
func (w *wallClock) pass(d time.Duration) {
	w.clock.advance(d)
	w.run.Add(int64(d))
}

// set moves the wall clock alone.
func (w *wallClock) set(d time.Duration) { w.clock.advance(d) }

// restart is another process with the same files and the same wall clock.
func (w *wallClock) restart(t *testing.T) *wallClock {
	t.Helper()
	now := w.clock.Now()
	w.close()
	again := openWallClock(t, w.path)
	again.clock.advance(now.Sub(again.clock.Now()))
	return again
}

const behind = 45 * 24 * time.Hour

// A clock that is behind for a while, and then put right, logs nobody out: neither those who
// refresh meanwhile nor those who log in, whether or not there is a restart between.
// Guarantees: F6
func TestALoginSurvivesAClockThatIsBehind(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"in one process": false, "over restarts": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWallClock(t)
			again := func() {
				if restart {
					w = w.restart(t)
				}
			}
			cookie := w.setUp().refreshCookie(t).Value
			w.pass(time.Hour)
			w.set(-behind)
			again()
			w.pass(time.Minute)
			cookie = w.refresh(cookie).want(t, 200).refreshCookie(t).Value
			other := w.dashboard.login("ada@example.org", password).want(t, 200).refreshCookie(t)
			if other.MaxAge < int(api.LoginLife.Seconds()) {
				t.Errorf("the cookie lives for %d s", other.MaxAge)
			}
			w.set(behind)
			again()
			w.pass(time.Minute)
			for _, c := range []string{cookie, other.Value} {
				res := w.refresh(c).want(t, 200)
				if got := res.refreshCookie(t).MaxAge; got <= 0 {
					t.Errorf("the cookie lives for %d s", got)
				}
				w.me(decode[api.Login](t, res).AccessToken).want(t, 200)
			}
		})
	}
}

// A clock that was wrong from the first start on leaves no trace of the right time; the
// process that issued a login knows how old it is all the same.
// Guarantees: F6
func TestALoginSurvivesAFirstClock(t *testing.T) {
	t.Parallel()
	w := newWallClock(t)
	cookie := w.setUp().refreshCookie(t).Value
	w.set(behind)
	w.pass(time.Minute)
	cookie = w.refresh(cookie).want(t, 200).refreshCookie(t).Value
	w.pass(api.LoginLife - time.Hour)
	cookie = w.refresh(cookie).want(t, 200).refreshCookie(t).Value
	w.pass(api.LoginLife + time.Second)
	w.refresh(cookie).want(t, 401) // unused for 30 days
}

// Two tabs that refresh at once stay logged in, though the clock jumps in between; and
// a token that is used again later ends the login, wherever the clock has gone.
// Guarantees: F6
func TestALoginSurvivesAJumpBetweenTwoTabs(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{
		"an hour on": time.Hour, "an hour back": -time.Hour, "45 days on": behind, "45 days back": -behind,
	} {
		w := newWallClock(t)
		cookie := w.setUp().refreshCookie(t).Value
		next := w.refresh(cookie).want(t, 200).refreshCookie(t).Value
		w.set(jump)
		w.pass(time.Second)
		second := w.refresh(cookie).want(t, 200).refreshCookie(t)
		if second.Value != next || second.MaxAge <= 0 {
			t.Errorf("%s: the second tab got %+v; want %q", name, second, next)
		}
		last := w.refresh(next).want(t, 200).refreshCookie(t).Value
		w.pass(api.ReuseGrace + time.Second)
		w.refresh(next).want(t, 401)
		if res := w.refresh(last); res.StatusCode != 401 {
			t.Errorf("%s: a stolen token left the login alive", name)
		}
	}
}

// A clock that was years ahead once does not let logins live for years.
// Guarantees: F6
func TestAClockThatWasAhead(t *testing.T) {
	t.Parallel()
	w := newWallClock(t)
	w.set(4 * 365 * 24 * time.Hour)
	w.setUp()
	w.set(-4 * 365 * 24 * time.Hour)
	cookie := w.dashboard.login("ada@example.org", password).want(t, 200).refreshCookie(t)
	if got := time.Duration(cookie.MaxAge) * time.Second; got > api.LoginLife {
		t.Errorf("the login lives for %v", got)
	}
}
