package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/familygifting/tidings/gift"
)

// scenario is a request to a family with a board, and what comes of it. $names
// stand for ids.
type scenario struct {
	name string
	// as is the user: ada, ben, cleo, or "" for none.
	as           string
	method, path string
	body         string
	header       map[string]string
	status       int
	// want and lacks are parts of the answer, and what it must not have.
	want, lacks []string
	// changes are the kinds of changes that others hear of.
	changes []string
	// before prepares the family.
	before func(f *family)
}

// newBoard is a family with lists:
//
//	$board    ideas for Dora, of Ada, for the family: items $lego and $book in idea, $ball in selected
//	$private  private, of Ada: item $secret
//	$hidden   about Ben, of Ada, hidden from him: item $bike
//	$wishes   Ben's wishlist: wish $tent, surprise $lamp
func newBoard(t *testing.T) *family {
	t.Helper()
	boardTemplate.once.Do(func() { boardTemplate.build(t) })
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, boardTemplate.file, 0o600); err != nil {
		t.Fatal(err)
	}
	f := boardTemplate.family
	f.names = slices.Clone(f.names) // a test may name more
	f.dashboard = openDashboard(t, path)
	return &f
}

// boardTemplate is the board's database, made once and then copied: making it
// anew for every scenario takes most of the time.
var boardTemplate template

type template struct {
	once   sync.Once
	file   []byte
	family family
}

func (b *template) build(t *testing.T) {
	f := makeBoard(t)
	f.close()
	var err error
	if b.file, err = os.ReadFile(f.path); err != nil {
		t.Fatal(err)
	}
	b.family = *f
}

func makeBoard(t *testing.T) *family {
	t.Helper()
	f := newFamily(t)
	f.list("board", f.ada, gift.ListInput{Name: "For Dora", Type: gift.ListIdeas, PersonID: &f.dora})
	f.item("lego", f.ada, "board", gift.StatusIdea)
	f.item("book", f.ada, "board", gift.StatusIdea)
	f.item("ball", f.ada, "board", gift.StatusSelected)
	f.list("private", f.ada, gift.ListInput{Name: "Mine", Type: gift.ListIdeas, Visibility: gift.VisibilityPrivate})
	f.item("secret", f.ada, "private", gift.StatusIdea)
	f.list("hidden", f.ada, gift.ListInput{Name: "For Ben", Type: gift.ListIdeas, PersonID: f.ben.user.PersonID})
	f.item("bike", f.ada, "hidden", gift.StatusIdea)
	f.list("wishes", f.ben, gift.ListInput{Name: "Ben wishes", Type: gift.ListWishlist})
	f.wish("tent", f.ben, "wishes")
	f.item("lamp", f.ada, "wishes", gift.StatusPurchased)
	return f
}

func (f *family) list(name string, by member, in gift.ListInput) {
	f.t.Helper()
	l, err := f.store.CreateList(f.t.Context(), f.by(by), in)
	if err != nil {
		f.t.Fatal(err)
	}
	f.name(name, l.ID)
}

func (f *family) item(name string, by member, list string, status gift.Status) {
	f.t.Helper()
	i, err := f.store.CreateListItem(f.t.Context(), f.by(by), gift.ListItemInput{
		ListID: gift.ListID(f.fill("$" + list)), Status: status, Gift: &gift.GiftInput{Name: name},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.name(name, i.ID, "gift-"+name, i.GiftID, "rank-"+name, i.Position)
}

func (f *family) wish(name string, by member, list string) {
	f.t.Helper()
	w, err := f.store.CreateWish(f.t.Context(), f.by(by), gift.WishInput{
		ListID: gift.ListID(f.fill("$" + list)), Gift: &gift.GiftInput{Name: name},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.name(name, w.ID, "gift-"+name, w.GiftID)
}

// tokenOf returns the access token of a scenario's user.
func (f *family) tokenOf(as string) string {
	return map[string]string{"ada": f.ada.token, "ben": f.ben.token, "cleo": f.cleo.token}[as]
}

func (s scenario) run(t *testing.T) {
	f := newBoard(t)
	if s.before != nil {
		s.before(f)
		f.hook.take()
	}
	res := f.send(request{
		method: s.method, path: "/api/v1" + f.fill(s.path), body: f.fill(s.body),
		token: f.tokenOf(s.as), header: s.header,
	})
	if res.StatusCode != s.status {
		t.Fatalf("status %d instead of %d: %s", res.StatusCode, s.status, res.body)
	}
	for _, part := range s.want {
		if !strings.Contains(res.body, f.fill(part)) {
			t.Errorf("the answer lacks %q: %s", f.fill(part), res.body)
		}
	}
	for _, part := range s.lacks {
		if strings.Contains(res.body, f.fill(part)) {
			t.Errorf("the answer has %q: %s", f.fill(part), res.body)
		}
	}
	if changes := f.hook.take(); !slices.Equal(changes, s.changes) {
		t.Errorf("changes %v instead of %v", changes, s.changes)
	}
	s.checkForm(t, res)
}

// checkForm checks what holds for every answer.
func (s scenario) checkForm(t *testing.T, res response) {
	if res.Header.Get("X-Request-Id") == "" || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", res.Header)
	}
	if res.StatusCode < 400 {
		return
	}
	if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q of a problem", got)
	}
	p := decode[struct {
		Type, Title, Detail, Code string
		Status                    int
	}](t, res)
	if p.Status != res.StatusCode || p.Title != http.StatusText(res.StatusCode) || p.Detail == "" || p.Code == "" || p.Type != "about:blank" {
		t.Errorf("problem %s", res.body)
	}
}

func runAll(t *testing.T, scenarios []scenario) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}
