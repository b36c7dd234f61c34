package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift/api"
)

const setupBody = `{"token":"` + setupToken + `","family_name":"Lovelace","name":"Ada","email":"ada@example.org","password":"` + password + `"}`

func (d *dashboard) setUp() response {
	return d.send(request{method: post, path: "/api/v1/setup", body: setupBody})
}

func TestSetupWorksOnce(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	d.send(request{method: get, path: "/api/v1/setup"}).want(t, 200, `{"needed":true}`)
	login := decode[api.Login](t, d.setUp().want(t, 201, `"currency":"EUR"`))
	if !login.User.Admin || login.User.Email != "ada@example.org" || login.Family.Name != "Lovelace" {
		t.Errorf("login %+v", login)
	}
	if got := login.ExpiresAt.Sub(d.clock.Now()); got != api.AccessTokenLife {
		t.Errorf("the access token lives for %v", got)
	}
	d.send(request{method: get, path: "/api/v1/auth/me", token: login.AccessToken}).want(t, 200)
	d.send(request{method: get, path: "/api/v1/setup"}).want(t, 200, `{"needed":false}`)
	d.setUp().want(t, http.StatusGone, `"code":"used"`, "set up already")
}

func TestSetupNeedsItsLink(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*dashboard{
		"wrong":   newDashboard(t, func(o *api.AuthOptions, _ *api.Options) { o.SetupToken = "another" }),
		"closed":  newDashboard(t, func(o *api.AuthOptions, _ *api.Options) { o.SetupToken = "" }),
		"shorter": newDashboard(t, func(o *api.AuthOptions, _ *api.Options) { o.SetupToken = setupToken + "x" }),
	} {
		d.setUp().want(t, http.StatusForbidden, `"code":"forbidden"`, `"body.token"`)
		if res := d.send(request{method: get, path: "/api/v1/setup"}); !strings.Contains(res.body, "true") {
			t.Errorf("%s: the family was founded", name)
		}
	}
}

func TestSetupLinkIsCheckedWithoutUse(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	check := func(token string) response {
		return d.send(request{method: post, path: "/api/v1/setup/check", body: `{"token":"` + token + `"}`})
	}
	check("another").want(t, http.StatusForbidden, `"code":"forbidden"`, `"body.token"`)
	check("").want(t, http.StatusForbidden)
	check(setupToken).want(t, http.StatusNoContent)
	d.setUp().want(t, http.StatusCreated)
	check(setupToken).want(t, http.StatusGone, `"code":"used"`)
}

func TestSetupChecksItsFields(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	for field, value := range map[string]string{
		"password": "123456789", "email": "nobody", "name": "", "family_name": strings.Repeat("x", 201),
	} {
		body := setupBody
		for _, current := range []string{`"password":"` + password, `"email":"ada@example.org`, `"name":"Ada`, `"family_name":"Lovelace`} {
			if strings.HasPrefix(current, `"`+field+`"`) {
				body = strings.Replace(body, current, `"`+field+`":"`+value, 1)
			}
		}
		d.send(request{method: post, path: "/api/v1/setup", body: body}).want(t, 422, `"body.`+field+`"`)
	}
	tooLong := strings.Replace(setupBody, password, strings.Repeat("x", api.MaxPassword+1), 1)
	d.send(request{method: post, path: "/api/v1/setup", body: tooLong}).want(t, 422, `"body.password"`)
	currency := strings.Replace(setupBody, `"name"`, `"currency":"euro","name"`, 1)
	d.send(request{method: post, path: "/api/v1/setup", body: currency}).want(t, 422, `"body.currency"`)
}

// Passwords cross a network only encrypted, unless its owner says otherwise;
// cookies are Secure unless the page itself is not.
func TestPasswordsNeedAnEncryptedWay(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("https://gifts.example.org")
	if err != nil {
		t.Fatal(err)
	}
	insecure := func(o *api.AuthOptions, _ *api.Options) { o.InsecureLAN = true }
	proxied := func(o *api.AuthOptions, _ *api.Options) { o.Proxies.PublicURL = public }
	trusting := func(o *api.AuthOptions, _ *api.Options) { o.Proxies.Trusted = prefixes("192.0.2.0/24") }
	forwarded := map[string]string{"X-Forwarded-Proto": "https"}
	for name, c := range map[string]struct {
		adjust  func(*api.AuthOptions, *api.Options)
		url     string
		header  map[string]string
		refused bool
		secure  bool
	}{
		"localhost":             {url: "http://localhost:8000"},
		"127.0.0.1":             {url: "http://127.0.0.1:8000"},
		"IPv6 loopback":         {url: "http://[::1]:8000"},
		"LAN":                   {url: "http://192.168.1.5:8000", refused: true},
		"a name like localhost": {url: "http://localhost.example.org", refused: true},
		"LAN, allowed":          {url: "http://192.168.1.5:8000", adjust: insecure},
		"https":                 {url: "https://192.168.1.5:8000", secure: true},
		"https, LAN allowed":    {url: "https://192.168.1.5:8000", adjust: insecure, secure: true},
		"public URL":            {url: "http://gifts.example.org", adjust: proxied, secure: true},
		"not the public URL":    {url: "http://192.168.1.5:8000", adjust: proxied, refused: true},
		"trusted proxy":         {url: "http://gifts.example.org", adjust: trusting, header: forwarded, secure: true},
		"another's header":      {url: "http://gifts.example.org", header: forwarded, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.adjust == nil {
				c.adjust = func(*api.AuthOptions, *api.Options) {}
			}
			d := newDashboard(t, c.adjust)
			for _, path := range []string{"/setup", "/auth/login", "/auth/register"} {
				body := map[string]string{
					"/setup":         setupBody,
					"/auth/login":    `{"email":"ada@example.org","password":"` + password + `"}`,
					"/auth/register": `{"invite":"x","name":"B","email":"b@example.org","password":"` + password + `"}`,
				}[path]
				res := d.send(request{method: post, url: c.url, path: "/api/v1" + path, body: body, header: c.header})
				if c.refused {
					res.want(t, http.StatusForbidden, "--insecure-lan", "not encrypted")
				} else if strings.Contains(res.body, "encrypted") {
					t.Errorf("%s was refused: %s", path, res.body)
				}
				if path == "/setup" && !c.refused {
					if cookie := res.refreshCookie(t); cookie.Secure != c.secure {
						t.Errorf("cookie %v", cookie)
					}
				}
			}
		})
	}
}

func TestTheRefreshCookie(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	cookie := d.setUp().refreshCookie(t)
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/api/v1/auth" || cookie.Domain != "" {
		t.Errorf("cookie %v", cookie)
	}
	if got := time.Duration(cookie.MaxAge) * time.Second; got != api.LoginLife {
		t.Errorf("it lives for %v", got)
	}
	if len(cookie.Value) != 43 {
		t.Errorf("%d characters for 256 bits", len(cookie.Value))
	}
}

func TestScriptsCanSeeWhetherThereIsARefreshCookie(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	in := d.setUp()
	hint, refresh := in.cookie(t, api.HintCookie), in.refreshCookie(t)
	if hint.HttpOnly || hint.Path != "/" || hint.SameSite != http.SameSiteStrictMode || hint.MaxAge != refresh.MaxAge {
		t.Errorf("the hint is %v, the refresh cookie %v", hint, refresh)
	}
	if strings.Contains(hint.Value, refresh.Value) || len(hint.Value) > 3 {
		t.Errorf("the hint tells %q", hint.Value)
	}
	out := d.send(request{method: post, path: "/api/v1/auth/logout", cookie: refresh.Value})
	if hint := out.cookie(t, api.HintCookie); hint.MaxAge >= 0 {
		t.Errorf("after the log-out the hint stays: %v", hint)
	}
}
