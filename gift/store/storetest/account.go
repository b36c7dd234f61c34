package storetest

import (
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
)

var accountTests = []test{
	{"setup creates an admin with a person", func(t *testing.T, f *family) {
		equal(t, must(f.s.Family(f.ctx))(t), gift.Family{Name: "The Byrons", Currency: gift.DefaultCurrency})
		if !f.ada.Admin || f.ben.Admin {
			t.Fatal("the first account is the admin, and only it")
		}
		p := must(f.s.Person(f.ctx, f.ben.ID, *f.ada.PersonID))(t)
		equal(t, p.Name, "Ada")
		equal(t, *p.UserID, f.ada.ID)
		equal(t, f.ada.Color, p.Color)
	}},
	{"setup works once", func(t *testing.T, f *family) {
		_, err := f.s.Setup(f.ctx, gift.Family{Name: "Others"}, account("Eve"))
		refused(t, err, gift.EUSED, "")
	}},
	{"emails are compared trimmed and in lower case", func(t *testing.T, f *family) {
		c := must(f.s.Credentials(f.ctx, "  ADA@Example.ORG "))(t)
		equal(t, c, gift.Credentials{User: f.ada.ID, PasswordHash: "hash of Ada"})
		_, err := f.s.Credentials(f.ctx, "eve@example.org")
		refused(t, err, gift.ENOTFOUND, "")
	}},
	{"emails are for admins and oneself", func(t *testing.T, f *family) {
		seen := func(by gift.User) []string {
			return names(must(f.s.Users(f.ctx, by.ID))(t), func(u gift.User) string { return u.Name + " " + u.Email })
		}
		equal(t, seen(f.ada), []string{"Ada ada@example.org", "Ben ben@example.org", "Cleo cleo@example.org"})
		equal(t, seen(f.ben), []string{"Ada ", "Ben ben@example.org", "Cleo "})
		_, err := f.s.Users(f.ctx, "nobody")
		refused(t, err, gift.EUNAUTHORIZED, "")
		_, err = f.s.User(f.ctx, "nobody")
		refused(t, err, gift.ENOTFOUND, "")
	}},
	{"an invite works once", func(t *testing.T, f *family) {
		_, err := f.s.AcceptInvite(f.ctx, "invite of Ben", account("Eve"), time.Now())
		refused(t, err, gift.EUSED, "")
		_, err = f.s.FindInvite(f.ctx, "invite of Ben", time.Now())
		refused(t, err, gift.EUSED, "")
		_, err = f.s.FindInvite(f.ctx, "made up", time.Now())
		refused(t, err, gift.ENOTFOUND, "")
	}},
	{"an invite expires", func(t *testing.T, f *family) {
		now := time.Now()
		in := must(f.s.CreateInvite(f.ctx, f.ada.ID, "hash", nil, now.Add(time.Minute)))(t)
		equal(t, must(f.s.FindInvite(f.ctx, "hash", now))(t), in)
		_, err := f.s.AcceptInvite(f.ctx, "hash", account("Eve"), now.Add(time.Minute))
		refused(t, err, gift.EEXPIRED, "")
	}},
	{"only an admin invites", func(t *testing.T, f *family) {
		_, err := f.s.CreateInvite(f.ctx, f.ben.ID, "hash", nil, time.Now().Add(time.Minute))
		refused(t, err, gift.EFORBIDDEN, "")
	}},
	{"an invite links its person", func(t *testing.T, f *family) {
		now := time.Now()
		must(f.s.CreateInvite(f.ctx, f.ada.ID, "one", &f.dan.ID, now.Add(time.Hour)))(t)
		must(f.s.CreateInvite(f.ctx, f.ada.ID, "two", &f.dan.ID, now.Add(time.Hour)))(t)
		dan := must(f.s.AcceptInvite(f.ctx, "one", account("Daniel"), now))(t)
		equal(t, *dan.PersonID, f.dan.ID)
		equal(t, *must(f.s.Person(f.ctx, f.ada.ID, f.dan.ID))(t).UserID, dan.ID)
		_, err := f.s.AcceptInvite(f.ctx, "two", account("Daniela"), now)
		refused(t, err, gift.EUSED, "")
		_, err = f.s.CreateInvite(f.ctx, f.ada.ID, "three", &f.dan.ID, now.Add(time.Hour))
		refused(t, err, gift.EINVALID, "person_id")
		unknown := gift.PersonID("unknown")
		_, err = f.s.CreateInvite(f.ctx, f.ada.ID, "four", &unknown, now.Add(time.Hour))
		refused(t, err, gift.EINVALID, "person_id")
	}},
	{"an email is taken once, and the invite stays open", func(t *testing.T, f *family) {
		now := time.Now()
		must(f.s.CreateInvite(f.ctx, f.ada.ID, "hash", nil, now.Add(time.Hour)))(t)
		_, err := f.s.AcceptInvite(f.ctx, "hash", gift.NewAccount{Name: "Ben", Email: "BEN@example.org"}, now)
		refused(t, err, gift.EEXISTS, "email")
		must(f.s.AcceptInvite(f.ctx, "hash", account("Eve"), now))(t)
	}},
	{"ready", func(t *testing.T, f *family) { mustNot(t, f.s.Ready(f.ctx)) }},
}

// newLogin starts a login that ends in an hour.
func newLogin(t *testing.T, f *family, now time.Time) gift.Login {
	t.Helper()
	s := gift.Login{ID: gift.NewID[gift.LoginID](), User: f.ben.ID, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	mustNot(t, f.s.CreateLogin(f.ctx, s, gift.RefreshToken{Hash: "first", Login: s.ID, ExpiresAt: now.Add(time.Hour)}))
	return s
}

var loginTests = []test{
	{"a login is found by id and by token", func(t *testing.T, f *family) {
		now := time.Now().UTC().Truncate(time.Second)
		s := newLogin(t, f, now)
		equal(t, must(f.s.Login(f.ctx, s.ID))(t), s)
		token, of, err := f.s.FindRefreshToken(f.ctx, "first")
		mustNot(t, err)
		equal(t, of, s)
		equal(t, token, gift.RefreshToken{Hash: "first", Login: s.ID, ExpiresAt: now.Add(time.Hour)})
		_, err = f.s.Login(f.ctx, "unknown")
		refused(t, err, gift.ENOTFOUND, "")
		_, _, err = f.s.FindRefreshToken(f.ctx, "unknown")
		refused(t, err, gift.ENOTFOUND, "")
	}},
	{"a token rotates once", func(t *testing.T, f *family) {
		now := time.Now().UTC().Truncate(time.Second)
		s := newLogin(t, f, now)
		rotate := func(successor string, at time.Time) error {
			return f.s.RotateRefreshToken(f.ctx, "first", gift.RefreshToken{Hash: successor, Login: s.ID, ExpiresAt: at.Add(time.Hour)}, at)
		}
		mustNot(t, rotate("second", now))
		mustNot(t, rotate("third", now.Add(time.Minute)))
		token, _, err := f.s.FindRefreshToken(f.ctx, "first")
		mustNot(t, err)
		equal(t, *token.UsedAt, now)
		_, _, err = f.s.FindRefreshToken(f.ctx, "second")
		mustNot(t, err)
		_, _, err = f.s.FindRefreshToken(f.ctx, "third")
		refused(t, err, gift.ENOTFOUND, "")
		refused(t, f.s.RotateRefreshToken(f.ctx, "unknown", gift.RefreshToken{Hash: "x"}, now), gift.ENOTFOUND, "")
	}},
	{"the latest expiry of all tokens is known", func(t *testing.T, f *family) {
		equal(t, must(f.s.LatestExpiry(f.ctx))(t), time.Time{})
		now := time.Now().UTC().Truncate(time.Second)
		s := newLogin(t, f, now)
		equal(t, must(f.s.LatestExpiry(f.ctx))(t), now.Add(time.Hour))
		mustNot(t, f.s.RotateRefreshToken(f.ctx, "first", gift.RefreshToken{Hash: "second", Login: s.ID, ExpiresAt: now.Add(3 * time.Hour)}, now))
		equal(t, must(f.s.LatestExpiry(f.ctx))(t), now.Add(3*time.Hour))
	}},
	{"a login ends once", func(t *testing.T, f *family) {
		now := time.Now().UTC().Truncate(time.Second)
		s := newLogin(t, f, now)
		mustNot(t, f.s.EndLogin(f.ctx, s.ID, now))
		mustNot(t, f.s.EndLogin(f.ctx, s.ID, now.Add(time.Minute)))
		equal(t, *must(f.s.Login(f.ctx, s.ID))(t).EndedAt, now)
		mustNot(t, f.s.EndLogin(f.ctx, "unknown", now))
	}},
	{"ended logins are listed since a time", func(t *testing.T, f *family) {
		now := time.Now().UTC().Truncate(time.Second)
		s := newLogin(t, f, now)
		equal(t, must(f.s.EndedLogins(f.ctx, time.Time{}))(t), []gift.LoginID{})
		mustNot(t, f.s.EndLogin(f.ctx, s.ID, now))
		equal(t, must(f.s.EndedLogins(f.ctx, now))(t), []gift.LoginID{s.ID})
		equal(t, must(f.s.EndedLogins(f.ctx, now.Add(time.Microsecond)))(t), []gift.LoginID{})
	}},
}
