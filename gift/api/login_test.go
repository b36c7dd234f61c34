package api_test

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift/api"
)

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func (d *dashboard) login(email, password string) response {
	return d.send(request{method: post, path: "/api/v1/auth/login", body: `{"email":"` + email + `","password":"` + password + `"}`})
}

func (d *dashboard) refresh(cookie string) response {
	return d.send(request{method: post, path: "/api/v1/auth/refresh", cookie: cookie})
}

func (d *dashboard) me(token string) response {
	return d.send(request{method: get, path: "/api/v1/auth/me", token: token})
}

func TestLogin(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	for _, email := range []string{"ben@example.org", " Ben@Example.ORG "} {
		login := decode[api.Login](t, f.login(email, password).want(t, 200, `"name":"Ben"`))
		f.me(login.AccessToken).want(t, 200, `"email":"ben@example.org"`)
	}
}

// A wrong password and an unknown email cannot be told apart: the same answer
// after the same work.
func TestWrongPasswordEqualsUnknownEmail(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	var hashes atomic.Int32
	f.auth.CountHashes(func() { hashes.Add(1) })
	ask := func(email string) (response, int32) {
		before := hashes.Load()
		res := f.send(request{method: post, path: "/api/v1/auth/login", body: `{"email":"` + email + `","password":"wrong password"}`,
			header: map[string]string{"X-Request-Id": "same"}})
		return res.want(t, 401, "email or password is wrong"), hashes.Load() - before
	}
	wrong, once := ask("ben@example.org")
	unknown, alsoOnce := ask("nobody@example.org")
	if wrong.body != unknown.body || len(wrong.Header) != len(unknown.Header) {
		t.Errorf("%s differs from %s", wrong.body, unknown.body)
	}
	if once != 1 || alsoOnce != 1 {
		t.Errorf("%d and %d hashes", once, alsoOnce)
	}
}

// Failed logins slow the next ones down, per account and address.
func TestLoginGuessingSlowsDown(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	retryAfter := func(res response) time.Duration {
		t.Helper()
		seconds, err := strconv.Atoi(res.want(t, http.StatusTooManyRequests, `"code":"rate_limited"`).Header.Get("Retry-After"))
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(seconds) * time.Second
	}
	for range 3 {
		f.login("ben@example.org", "wrong password").want(t, 401)
	}
	for _, delay := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
		delay *= time.Second
		if got := retryAfter(f.login("BEN@example.org", password)); got != delay {
			t.Fatalf("wait %v instead of %v", got, delay)
		}
		f.login("cleo@example.org", password).want(t, 200) // others are not held up
		f.clock.advance(delay)
		f.login("ben@example.org", "wrong password").want(t, 401)
	}
	f.clock.advance(300 * time.Second)
	f.login("ben@example.org", password).want(t, 200)
	f.login("ben@example.org", "wrong password").want(t, 401) // forgiven
	f.login("ben@example.org", password).want(t, 200)
}

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	first := d.setUp().refreshCookie(t).Value
	res := d.refresh(first).want(t, 200, `"access_token"`, `"family"`)
	second := res.refreshCookie(t).Value
	if second == first || len(second) != 43 {
		t.Errorf("successor %q of %q", second, first)
	}
	d.me(decode[api.Login](t, res).AccessToken).want(t, 200)
	d.refresh("").want(t, 401)
	d.refresh("made-up").want(t, 401)
}

// Used again within 30 s, a refresh token leads to the same successor: two tabs
// may ask at once, and answers get lost.
func TestReuseWithinGraceGivesTheSameSuccessor(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	first := d.setUp().refreshCookie(t).Value
	second := d.refresh(first).want(t, 200).refreshCookie(t).Value
	d.clock.advance(api.ReuseGrace)
	if got := d.refresh(first).want(t, 200).refreshCookie(t).Value; got != second {
		t.Errorf("successor %q instead of %q", got, second)
	}
	if len(d.ended) != 0 {
		t.Errorf("logins %v ended", d.ended)
	}
}

// A tab that is late, while another went on already, gets the newest token: the
// cookie is shared, and an older one would end the login at its next use.
func TestALateTabGetsTheNewestToken(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	first := d.setUp().refreshCookie(t).Value
	second := d.refresh(first).want(t, 200).refreshCookie(t).Value
	third := d.refresh(second).want(t, 200).refreshCookie(t).Value
	if got := d.refresh(first).want(t, 200).refreshCookie(t).Value; got != third {
		t.Errorf("got %q instead of the newest %q", got, third)
	}
}

// Used again later, it has been stolen: the family of tokens dies, and its
// sockets with it.
func TestLateReuseEndsTheFamily(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	first := d.setUp().refreshCookie(t).Value
	res := d.refresh(first).want(t, 200)
	second, access := res.refreshCookie(t).Value, decode[api.Login](t, res).AccessToken
	_, login, _, err := d.auth.Identify(t.Context(), access)
	if err != nil {
		t.Fatal(err)
	}
	d.clock.advance(api.ReuseGrace + time.Second)
	d.refresh(first).want(t, 401, `"code":"unauthorized"`)
	d.refresh(second).want(t, 401)
	d.me(access).want(t, 401)
	if !slices.Equal(d.ended, []string{login}) {
		t.Errorf("ended %v instead of %s", d.ended, login)
	}
}

func TestTwoTabsRefreshAtOnce(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	cookie := d.setUp().refreshCookie(t).Value
	for range 5 {
		const tabs = 8
		answers := make([]response, tabs)
		var wg sync.WaitGroup
		for i := range tabs {
			wg.Go(func() { answers[i] = d.refresh(cookie) })
		}
		wg.Wait()
		next := answers[0].want(t, 200).refreshCookie(t).Value
		for _, res := range answers {
			d.me(decode[api.Login](t, res.want(t, 200)).AccessToken).want(t, 200)
			if got := res.refreshCookie(t).Value; got != next {
				t.Fatalf("tabs hold different tokens: %q, %q", got, next)
			}
		}
		cookie = next
		d.clock.advance(time.Hour)
	}
}

func TestLoginsSlide(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	cookie := d.setUp().refreshCookie(t).Value
	start := d.clock.Now()
	for d.clock.Now().Sub(start) < api.MaxLoginLife-api.LoginLife {
		d.clock.advance(api.LoginLife - time.Hour)
		cookie = d.refresh(cookie).want(t, 200).refreshCookie(t).Value
	}
	d.clock.advance(api.LoginLife)
	d.refresh(cookie).want(t, 401) // unused for 30 days
}

func TestLoginsEndAfterAYear(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	cookie := d.setUp().refreshCookie(t).Value
	for range 14 {
		res := d.refresh(cookie)
		if res.StatusCode == 401 {
			break
		}
		cookie = res.want(t, 200).refreshCookie(t).Value
		d.clock.advance(api.LoginLife - time.Hour)
	}
	d.refresh(cookie).want(t, 401)
}

func TestLogout(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]func(r *request, cookie, access string){
		"by cookie":       func(r *request, cookie, _ string) { r.cookie = cookie },
		"by access token": func(r *request, _, access string) { r.token = access },
		"by both":         func(r *request, cookie, access string) { r.cookie, r.token = cookie, access },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDashboard(t)
			res := d.setUp()
			cookie, access := res.refreshCookie(t).Value, decode[api.Login](t, res).AccessToken
			d.me(access).want(t, 200)
			r := request{method: post, path: "/api/v1/auth/logout"}
			by(&r, cookie, access)
			out := d.send(r).want(t, 204)
			if c := out.refreshCookie(t); c.MaxAge >= 0 || c.Value != "" || c.Path != "/api/v1/auth" {
				t.Errorf("cookie %v", c)
			}
			d.me(access).want(t, 401, "login has ended")
			d.refresh(cookie).want(t, 401)
			if len(d.ended) != 1 {
				t.Errorf("ended %v", d.ended)
			}
			d.send(r).want(t, 204) // again is no error
		})
	}
}

// A login that ends elsewhere, in another process, ends here within a second.
func TestLoginsAreCheckedEverySecond(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	f.me(f.ben.token).want(t, 200)
	if err := f.store.SetPassword(t.Context(), "ben@example.org", passwordHash(), f.clock.Now()); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(time.Second)
	f.me(f.ben.token).want(t, 401)
	f.me(f.ada.token).want(t, 200)
}

// Its sockets close as well, once; those of others stay.
func TestLoginsThatEndElsewhereAreNoticed(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	notice := func(want ...string) {
		t.Helper()
		if err := f.auth.NoticeEnded(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(f.ended, want) {
			t.Fatalf("ended %v instead of %v", f.ended, want)
		}
	}
	notice()
	noted := f.clock.Now()
	f.clock.advance(5 * time.Second) // it waited for others that wrote
	if err := f.store.SetPassword(t.Context(), "ben@example.org", passwordHash(), noted); err != nil {
		t.Fatal(err)
	}
	f.me(f.ben.token).want(t, 401) // REST finds out by itself, and leaves the sockets to this
	notice(f.ben.login)
	notice(f.ben.login)
	f.send(request{method: post, path: "/api/v1/auth/logout", token: f.ada.token}).want(t, 204)
	notice(f.ben.login, f.ada.login)
	f.me(f.cleo.token).want(t, 200)
	f.clock.advance(time.Hour) // by now it is history
	notice(f.ben.login, f.ada.login)
}

func TestCrossSiteWritesAreRefused(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	for name, header := range map[string]map[string]string{
		"by fetch metadata": {"Sec-Fetch-Site": "cross-site"},
		"from a sibling":    {"Sec-Fetch-Site": "same-site"},
		"by origin":         {"Origin": "https://evil.example"},
		"null origin":       {"Origin": "null"},
	} {
		for _, path := range []string{"/auth/refresh", "/auth/logout", "/auth/login", "/gifts"} {
			res := f.send(request{method: post, path: "/api/v1" + path, body: `{}`, header: header, token: f.ada.token})
			if res.StatusCode != http.StatusForbidden || res.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s, %s: status %d: %s", name, path, res.StatusCode, res.body)
			}
		}
	}
	own := map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8000"}
	f.send(request{method: post, path: "/api/v1/gifts", body: `{"name":"Kite"}`, header: own, token: f.ada.token}).want(t, 201)
}

func TestCORS(t *testing.T) {
	t.Parallel()
	d := newDashboard(t, func(_ *api.AuthOptions, o *api.Options) { o.AllowedOrigins = []string{"https://app.example.org"} })
	ask := func(origin string) response {
		return d.send(request{method: get, path: "/api/v1/setup", header: map[string]string{"Origin": origin, "Sec-Fetch-Site": "cross-site"}})
	}
	allowed := ask("https://app.example.org").Header
	if allowed.Get("Access-Control-Allow-Origin") != "https://app.example.org" || allowed.Get("Access-Control-Expose-Headers") != "Tidings-Position, X-Request-Id, Retry-After" {
		t.Errorf("headers %v", allowed)
	}
	for _, origin := range []string{"https://evil.example", "https://app.example.org.evil.example", "null"} {
		if got := ask(origin).Header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s may read answers: %q", origin, got)
		}
	}
	preflight := d.send(request{method: http.MethodOptions, path: "/api/v1/gifts", header: map[string]string{
		"Origin": "https://app.example.org", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "mutation-id"}})
	if preflight.StatusCode != 204 || preflight.Header.Get("Access-Control-Allow-Methods") == "" {
		t.Errorf("status %d, headers %v", preflight.StatusCode, preflight.Header)
	}
	write := d.send(request{method: post, path: "/api/v1/setup", body: setupBody, header: map[string]string{"Origin": "https://app.example.org", "Sec-Fetch-Site": "cross-site"}})
	write.want(t, 201)
}
