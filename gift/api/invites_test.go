package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/api"
)

func (f *family) invite(body string) api.NewInvite {
	f.t.Helper()
	return decode[api.NewInvite](f.t, f.send(request{method: post, path: "/api/v1/invites", token: f.ada.token, body: body}).want(f.t, 201))
}

func (f *family) register(token, email string) response {
	return f.send(request{method: post, path: "/api/v1/auth/register",
		body: `{"invite":"` + token + `","name":"Emil","email":"` + email + `","password":"` + password + `"}`})
}

func (f *family) look(token string) response {
	return f.send(request{method: post, path: "/api/v1/auth/invites/check", body: `{"token":"` + token + `"}`})
}

func TestAnInviteWorksOnce(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	invite := f.invite("")
	if invite.URL != "http://localhost:8000/join#"+invite.Token || invite.PersonID != nil {
		t.Errorf("invite %+v", invite)
	}
	if got := invite.ExpiresAt.Sub(f.clock.Now()); got != api.InviteLife {
		t.Errorf("it lives for %v", got)
	}
	f.look(invite.Token).want(t, 200, `"family_name":"Lovelace"`, `"person":null`)
	login := decode[api.Login](t, f.register(invite.Token, "emil@example.org").want(t, 201))
	if login.User.Admin || login.User.PersonID == nil {
		t.Errorf("login %+v", login)
	}
	f.me(login.AccessToken).want(t, 200)
	f.look(invite.Token).want(t, http.StatusGone, `"code":"used"`)
	f.register(invite.Token, "more@example.org").want(t, http.StatusGone, `"code":"used"`, "used already")
	if strings.Contains(f.log.String(), invite.Token) {
		t.Error("the log has the invite's token")
	}
}

func TestAnInviteForSomebody(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	invite := f.invite(f.fill(`{"person_id":"$dora"}`))
	f.look(invite.Token).want(t, 200, f.fill(`"person":{"id":"$dora","name":"Dora"}`))
	login := decode[api.Login](t, f.register(invite.Token, "dora@example.org").want(t, 201))
	if login.User.PersonID == nil || *login.User.PersonID != f.dora {
		t.Errorf("user %+v", login.User)
	}
	f.send(request{method: post, path: "/api/v1/invites", token: f.ada.token, body: f.fill(`{"person_id":"$dora"}`)}).
		want(t, 422, `"body.person_id"`, "has an account already")
}

func TestTheInvitersPreview(t *testing.T) {
	t.Parallel()
	about := "/invites/preview?person_id=$dora"
	prepare := func(f *family) {
		f.list("shared", f.ada, gift.ListInput{Name: "Presents", Type: gift.ListIdeas})
		for _, name := range []string{"globe", "kite", "drum"} {
			f.item(name, f.ada, "shared", gift.StatusIdea)
		}
		f.send(request{method: patch, path: f.fill("/api/v1/list-items/$globe"), token: f.ada.token, body: f.fill(`{"recipient_ids":["$dora","$person-ben"]}`)}).want(f.t, 200)
		f.send(request{method: patch, path: f.fill("/api/v1/gifts/$gift-kite"), token: f.ada.token, body: f.fill(`{"person_ids":["$dora"]}`)}).want(f.t, 200)
		f.list("open", f.ada, gift.ListInput{Name: "Dora wishes", Type: gift.ListWishlist, PersonID: &f.dora})
		f.wish("ball", f.ada, "open")
		f.item("boots", f.ada, "open", gift.StatusIdea)
	}
	runAll(t, []scenario{
		{name: "what is hidden and shown", as: "ada", method: get, path: about, status: 200, before: prepare, lacks: []string{"drum", "secret"}, want: []string{
			`"person_name":"Dora"`, `"hidden_lists":[{"id":"$board","name":"For Dora","wishes":0,"surprises":3}]`,
			`"wish_lists":[{"id":"$open","name":"Dora wishes","wishes":1,"surprises":1}]`,
			`"hidden_cards":{"count":1,"cards":[{"id":"$globe","list_id":"$shared","list_name":"Presents","gift_name":"globe"}]}`,
			`"shown_cards":{"count":1,"cards":[{"id":"$kite",`,
		}},
		{name: "not for a member", as: "ben", method: get, path: about, status: 403},
		{name: "of somebody with an account", as: "ada", method: get, path: "/invites/preview?person_id=$person-ben", status: 422, want: []string{`"query.person_id"`, "account already"}},
		{name: "of somebody unknown", as: "ada", method: get, path: "/invites/preview?person_id=$nobody", status: 422, want: []string{`"query.person_id"`}},
		{name: "of nobody", as: "ada", method: get, path: "/invites/preview", status: 422, want: []string{`"query.person_id"`}},
	})
}

func TestInvitesExpire(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	invite := f.invite("")
	f.clock.advance(api.InviteLife)
	f.look(invite.Token).want(t, http.StatusGone, `"code":"expired"`)
	f.register(invite.Token, "emil@example.org").want(t, http.StatusGone, `"code":"expired"`, "too old")
}

func TestInvitesThatAreNone(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	f.look("made-up").want(t, 404, `"code":"not_found"`)
	f.register("made-up", "emil@example.org").want(t, 404)
	f.look("").want(t, 422, `"location":"body.token"`)
	if long := strings.Repeat("s", 201); strings.Contains(f.look(long).want(t, 422, `"location":"body.token"`).body, long) {
		t.Error("the problem repeats the token")
	}
	// An address would stand in the logs of proxies.
	f.send(request{method: get, path: "/api/v1/auth/invites/" + f.invite("").Token}).want(t, 404)
	f.send(request{method: post, path: "/api/v1/invites", body: "{}"}).want(t, 401)
}

// An email that is taken leaves the invite as it was.
func TestRegisterWithATakenEmail(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	invite := f.invite("")
	f.register(invite.Token, "BEN@example.org").want(t, http.StatusConflict, `"code":"exists"`, `"body.email"`)
	f.register(invite.Token, "emil@example.org").want(t, 201)
}

// The link carries the address that others reach: the public one, else the
// server's own. What the request says counts on this machine alone.
func TestInviteLinks(t *testing.T) {
	t.Parallel()
	const local, lan = "http://localhost:9000", "http://192.168.1.5:9000"
	public := &url.URL{Scheme: "https", Host: "gifts.example.org"}
	for name, c := range map[string]struct {
		base     string
		insecure bool
		public   *url.URL
		asked    string
		want     string
	}{
		"on this machine":            {base: local, asked: "http://localhost:8000", want: "http://localhost:8000"},
		"by a forwarded port":        {base: local, asked: "http://127.0.0.1:18000", want: "http://127.0.0.1:18000"},
		"by a made-up host":          {base: local, asked: "https://evil.example", want: local},
		"by a host that looks local": {base: local, asked: "https://localhost.evil.example:9000", want: local},
		"no base":                    {asked: "https://evil.example", want: "http://localhost"},
		"LAN":                        {base: lan, insecure: true, asked: "http://localhost:9000", want: lan},
		"LAN, by a made-up host":     {base: lan, insecure: true, asked: "http://evil.example", want: lan},
		"public":                     {base: lan, insecure: true, public: public, asked: "http://localhost:9000", want: "https://gifts.example.org"},
		"public, by a made-up host":  {base: local, public: public, asked: "https://evil.example", want: "https://gifts.example.org"},
	} {
		d := newDashboard(t, func(o *api.AuthOptions, _ *api.Options) {
			o.Base, o.InsecureLAN, o.Proxies.PublicURL = c.base, c.insecure, c.public
		})
		login := decode[api.Login](t, d.setUp().want(t, 201))
		invite := decode[api.NewInvite](t, d.send(request{method: post, url: c.asked, path: "/api/v1/invites", token: login.AccessToken}).want(t, 201))
		if !strings.HasPrefix(invite.URL, c.want+"/join#") {
			t.Errorf("%s: %s", name, invite.URL)
		}
	}
}
