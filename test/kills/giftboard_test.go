package kills

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestGiftboard (S1, S8, S11): the dashboard is killed while lists are made private
// and shared again, cards are hidden from whom they are for, people log out, and
// their browsers come and go.
// Guarantees: S1, S8, S11, F2
func TestGiftboard(t *testing.T) {
	s := familyScene(t, build(t, "giftboard"), true)
	s.play(*times)
	s.report()
}

// Without that anything is taken the same test fails.
// Guarantees: F3
func TestGiftboardThatHidesNothing(t *testing.T) {
	s := familyScene(t, build(t, "giftboard"), false)
	s.play(0)
	s.leaky()
}

// password is everybody's.
const password = "correct horse battery"

// member is somebody of the family.
type member struct {
	*scene
	email  string
	user   string
	person string
	token  string
}

// familyScene is a dashboard with a family: Ada plans, Ben loses and regains what
// she plans, Cleo reads one board with her, and Gil logs in and out. Hides says
// whether anything is taken from Ben.
func familyScene(t *testing.T, file string, hides bool) *scene {
	t.Helper()
	s, dir := newScene(t), t.TempDir()
	s.start = func(b bomb) *program {
		return start(t, b, file, "serve", "--addr=127.0.0.1:0", "--data="+dir)
	}
	p := s.start(never())
	ada := s.found(p)
	ben, cleo, gil := s.join(p, ada, "ben"), s.join(p, ada, "cleo"), s.join(p, ada, "gil")
	s.renew = func(p *program) {
		for _, m := range []*member{ada, ben, cleo} {
			if err := m.login(p); err != nil {
				t.Error(err)
			}
		}
	}
	dora := ada.create(p, "/persons", `{"name":"Dora"}`)

	planner := newReader("Ada", ada.bearer)
	loser := newReader("Ben", ben.bearer, "user:"+ben.user)
	other := newReader("Cleo", cleo.bearer)
	planner.always, other.always = true, true
	s.readers = []*reader{planner, loser, other}
	board := func(name, about, hide, show string) *card {
		c := ada.card(p, name, about)
		if c.hide, c.show = hide, show; !hides {
			c.hide, c.show = "", ""
		}
		planner.follows(c.topic())
		return c
	}
	private, family := `{"visibility":"private"}`, `{"visibility":"family"}`
	hidden := board("Presents", "", fmt.Sprintf(`"recipient_ids":[%q],`, ben.person), `"recipient_ids":[],`)
	other.follows(hidden.topic())
	for _, c := range []*card{board("Ideas", "", private, family), board("For Dora", dora, private, family), hidden} {
		loser.follows(c.topic())
		s.keepers = append(s.keepers, s.newTaker(c.topic(), loser, c))
	}
	open := board("Open", "", "", "")
	s.keepers = append(s.keepers, &guests{scene: s, logins: familyLogins{gil}, note: open.note, topic: open.topic()})
	p.end()
	return s
}

var setupToken = regexp.MustCompile(`/setup#(\S+)`)

// found founds the family, with Ada.
func (s *scene) found(p *program) *member {
	s.t.Helper()
	found := setupToken.FindStringSubmatch(p.line)
	if found == nil {
		s.t.Fatalf("no link to set it up: %s", p.line)
	}
	m := &member{scene: s, email: "ada@example.org"}
	m.enter(p.must(s.t, request{method: http.MethodPost, path: "/api/v1/setup",
		body: fmt.Sprintf(`{"token":%q,"family_name":"Byron","name":"Ada","email":%q,"password":%q}`, found[1], m.email, password)}))
	return m
}

// join has somebody accept an invite.
func (s *scene) join(p *program, by *member, name string) *member {
	s.t.Helper()
	var invite struct{ Token string }
	by.parse(by.must(p, http.MethodPost, "/invites", "{}"), &invite)
	m := &member{scene: s, email: name + "@example.org"}
	m.enter(p.must(s.t, request{method: http.MethodPost, path: "/api/v1/auth/register",
		body: fmt.Sprintf(`{"invite":%q,"name":%q,"email":%q,"password":%q}`, invite.Token, name, m.email, password)}))
	return m
}

// enter takes what a login has answered.
func (m *member) enter(a answer) {
	m.t.Helper()
	var login struct {
		AccessToken string `json:"access_token"`
		User        struct {
			ID       string
			PersonID string `json:"person_id"`
		}
	}
	m.parse(a, &login)
	m.token, m.user, m.person = login.AccessToken, login.User.ID, login.User.PersonID
}

func (m *member) parse(a answer, v any) {
	m.t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		m.t.Fatalf("%s: %v", a.body, err)
	}
}

func (m *member) bearer() string { return m.token }

// ask sends a request of the member's.
func (m *member) ask(p *program, method, path, body string) (answer, error) {
	return p.ask(request{method, "/api/v1" + path, body, []string{"Authorization", "Bearer " + m.token}})
}

// must sends one that has to succeed, while nothing is killed.
func (m *member) must(p *program, method, path, body string) answer {
	m.t.Helper()
	return p.must(m.t, request{method, "/api/v1" + path, body, []string{"Authorization", "Bearer " + m.token}})
}

// create returns the id of something new.
func (m *member) create(p *program, path, body string) string {
	m.t.Helper()
	var made struct{ ID string }
	m.parse(m.must(p, http.MethodPost, path, body), &made)
	return made.ID
}

// card is the one card of a list. It is taken with its list, or, where hide is no
// whole object, by what hide says in a change of the card.
type card struct {
	*member
	list, item string
	hide, show string
	// sent is the mark of the change that was sent last, and kept the one that was
	// acknowledged last, as run has seen it.
	sent, kept int
	run        *program
}

// card makes a list, about somebody or nobody in particular, with a card.
func (m *member) card(p *program, name, about string) *card {
	m.t.Helper()
	person := ""
	if about != "" {
		person = fmt.Sprintf(`,"person_id":%q`, about)
	}
	c := &card{member: m, sent: -1, kept: -1}
	c.list = m.create(p, "/lists", fmt.Sprintf(`{"name":%q,"type":"ideas","visibility":"family"%s}`, name, person))
	c.item = m.create(p, "/list-items", fmt.Sprintf(`{"list_id":%q,"gift":{"name":"Kite"}}`, c.list))
	return c
}

func (c *card) topic() string { return "list-items:" + c.list }

func (c *card) note(p *program, mark int) error { return c.patch(p, "", mark) }

func (c *card) take(p *program, mark int) error { return c.turn(p, c.hide, mark) }

func (c *card) give(p *program, mark int) error { return c.turn(p, c.show, mark) }

// turn changes who sees the card.
func (c *card) turn(p *program, how string, mark int) error {
	if !strings.HasPrefix(how, "{") {
		return c.patch(p, how, mark)
	}
	a, err := c.ask(p, http.MethodPatch, "/lists/"+c.list, how)
	if err == nil && a.status != http.StatusOK {
		return c.fail(p, "%s: %d %s", how, a.status, a.body)
	}
	if err != nil {
		return err
	}
	return c.patch(p, "", mark)
}

// patch notes the mark on the card, unless it is there. In a new run what was
// acknowledged must be there.
func (c *card) patch(p *program, members string, mark int) error {
	if c.sent == mark || c.run != p && c.kept >= 0 {
		a, err := c.ask(p, http.MethodGet, "/list-items/"+c.item, "")
		switch {
		case err != nil:
			return err
		case c.sent == mark && strings.Contains(a.body, text(mark)):
			c.kept = mark
			return nil
		case c.kept >= 0 && !strings.Contains(a.body, text(c.kept)):
			return c.fail(p, "%d was acknowledged, and is not there: %d %s", c.kept, a.status, a.body)
		}
	}
	c.sent, c.run = mark, p
	a, err := c.ask(p, http.MethodPatch, "/list-items/"+c.item, fmt.Sprintf(`{%s"notes":%q}`, members, text(mark)))
	if err == nil && (a.status != http.StatusOK || !strings.Contains(a.body, text(mark))) {
		return c.fail(p, "noting %d: %d %s", mark, a.status, a.body)
	}
	if err == nil {
		c.kept = mark
	}
	return err
}

// familyLogins are logins of one member.
type familyLogins struct{ *member }

func (l familyLogins) login(p *program, _ int) (token string, err error) {
	again := &member{scene: l.scene, email: l.email}
	err = again.login(p)
	return again.token, err
}

func (m *member) login(p *program) error {
	a, err := p.ask(request{method: http.MethodPost, path: "/api/v1/auth/login", body: fmt.Sprintf(`{"email":%q,"password":%q}`, m.email, password)})
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return m.fail(p, "the login of %s: %d %s", m.email, a.status, a.body)
	}
	m.enter(a)
	return nil
}

func (l familyLogins) logout(p *program, token string) error {
	a, err := p.ask(request{http.MethodPost, "/api/v1/auth/logout", "", []string{"Authorization", "Bearer " + token}})
	if err == nil && a.status != http.StatusNoContent {
		return l.fail(p, "the logout: %d %s", a.status, a.body)
	}
	return err
}
