package crawl_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/api"
	"github.com/familygifting/tidings/gift/feed"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/gift/store/storetest"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// markerOf stands in every text that somebody may not see.
func markerOf(name string) string { return "Zwetschge-of-" + name }

// unknown is an id that nothing has.
const unknown = "zzzzzzzzzzzzzzzzzzzz"

// person is somebody with an account.
type person struct {
	name  string
	user  gift.User
	token string
}

// world is a family with everything the dashboard has. What is random in it,
// and its clock, follow from what is done, so that two worlds can be compared
// byte for byte.
type world struct {
	t     *testing.T
	now   time.Time
	store *store.Store
	hub   *realtime.Hub
	auth  *api.Auth
	api   *api.API
	// people have accounts; ids are the things that steps have named, known all
	// ids there ever were, by kind.
	people map[string]*person
	ids    map[string]string
	known  map[string][]string
	seen   map[string]bool // what the person of the snapshot finds, by path
	// seed is where what is random in the next step begins, and hiddenSeed where
	// in one that somebody may not know of.
	seed, hiddenSeed uint64
}

// emptyFile is a new, migrated file.
var emptyFile = storetest.Template(func(path string) error {
	s, err := store.Open(context.Background(), path, store.Options{Migrate: sqllog.Migrate})
	if err != nil {
		return err
	}
	return s.Close()
})

// newWorld is the family before anything is hidden in it but what it begins with.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC),
		seed: 1000, hiddenSeed: 1 << 32, people: map[string]*person{}, ids: map[string]string{}, known: map[string][]string{}}
	w.open()
	w.found()
	w.furnish()
	return w
}

func (w *world) open() {
	w.t.Helper()
	passwordHash() // once, and not by the worlds' random numbers
	w.next()
	clock, logger := func() time.Time { return w.now }, slog.New(slog.DiscardHandler)
	changes := feed.New()
	var err error
	w.store, err = store.Open(w.t.Context(), emptyFile(w.t), store.Options{Hook: changes, Driver: countingDriver, Now: clock, Logger: logger})
	w.check(err)
	w.t.Cleanup(func() { _ = w.store.Close() })
	log, err := sqllog.Open(w.t.Context(), w.store.ReadDB(), sqllog.Options{})
	w.check(err)
	w.auth, err = api.NewAuth(w.store, api.AuthOptions{Secret: []byte(strings.Repeat("s", 32)), Now: clock, Logger: logger})
	w.check(err)
	w.api, err = api.New(w.store, w.auth, api.Options{Logger: logger})
	w.check(err)
	w.hub = realtime.NewHub(log, feed.NewAuthorizer(w.store, w.identify), realtime.Options{
		Logger: logger, InboundBurst: 1 << 20, MaxStrikes: 1 << 20,
		HeadInterval: time.Hour, // it would be counted
	})
	w.t.Cleanup(w.hub.Close)
	changes.Connect(w.hub)
}

// identify takes a user's id for their token.
func (w *world) identify(_ context.Context, token string) (realtime.Identity, error) {
	return realtime.Identity{User: token}, nil
}

// random begins what is random anew, in a way that depends on n alone.
func (w *world) random(n uint64) { cryptotest.SetGlobalRandom(w.t, n) }

// next begins what is random in the next step.
func (w *world) next() {
	w.seed++
	w.random(w.seed)
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// found creates the accounts.
func (w *world) found() {
	w.t.Helper()
	w.next()
	ada, err := w.store.Setup(w.t.Context(), gift.Family{Name: "Byron", Currency: "EUR"}, account("Ada"))
	w.check(err)
	w.enter("ada", ada)
	for _, name := range []string{"Ben", "Cleo", "Edith", "Gil"} {
		w.join(name, nil)
	}
}

// join lets somebody accept an invite of Ada's.
func (w *world) join(name string, as *gift.PersonID) {
	w.t.Helper()
	ctx := w.t.Context()
	w.next()
	_, err := w.store.CreateInvite(ctx, w.people["ada"].user.ID, name, as, w.now.Add(time.Hour))
	w.check(err)
	user, err := w.store.AcceptInvite(ctx, name, account(name), w.now)
	w.check(err)
	w.enter(strings.ToLower(name), user)
}

// password is everybody's, and passwordHash its hash, made once: hashing is slow
// on purpose.
const password = "correct horse battery"

var passwordHash = sync.OnceValue(func() string {
	hash, err := api.HashPassword(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return hash
})

func account(name string) gift.NewAccount {
	return gift.NewAccount{Name: name, Email: strings.ToLower(name) + "@example.org", PasswordHash: passwordHash()}
}

func (w *world) enter(name string, user gift.User) {
	w.t.Helper()
	p := &person{name: name, user: user}
	w.next()
	a := w.ask(p, "POST", "/auth/login", fmt.Sprintf(`{"email":"%s@example.org","password":%q}`, name, password))
	var login struct {
		AccessToken string `json:"access_token"`
	}
	w.check(json.Unmarshal([]byte(a.body), &login))
	if p.token = login.AccessToken; p.token == "" {
		w.t.Fatalf("%s cannot log in: %d %s", name, a.status, a.body)
	}
	w.people[name] = p
	w.ids[name], w.ids[name+".person"] = string(user.ID), string(*user.PersonID)
	w.learn()
}

// step is one request of somebody. Names after a $ stand for ids; save names
// the id of what comes back.
type step struct {
	by, method, path, body, save string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	// What it took of the database.
	statements, rows int64
}

// do takes a step, which must succeed.
func (w *world) do(s step) answer {
	w.t.Helper()
	a := w.try(s)
	if a.status >= 300 {
		w.t.Fatalf("%s %s %s of %s: %d %s", s.method, s.path, s.body, s.by, a.status, a.body)
	}
	return a
}

// try takes a step, and a second of time.
func (w *world) try(s step) answer {
	w.t.Helper()
	w.now = w.now.Add(time.Second)
	w.next()
	a := w.ask(w.people[s.by], s.method, w.fill(s.path), w.fill(s.body))
	if s.save != "" && a.status < 300 {
		var saved struct {
			ID     string
			GiftID string `json:"gift_id"`
		}
		w.check(json.Unmarshal([]byte(a.body), &saved))
		w.ids[s.save], w.ids[s.save+".gift"] = saved.ID, saved.GiftID
	}
	w.learn()
	return a
}

// ask sends a request.
func (w *world) ask(p *person, method, path, body string) answer {
	var sent io.Reader
	if body != "" {
		sent = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, "http://localhost:8000/api/v1"+path, sent).WithContext(w.t.Context())
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if r.RemoteAddr = "127.0.0.1:40000"; p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	r.Header.Set("X-Request-Id", "same")
	s, n := statements.Load(), rowsTouched.Load()
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	return answer{rec.Code, rec.Result().Header, rec.Body.String(), statements.Load() - s, rowsTouched.Load() - n}
}

// fill puts ids in the place of their names, the longest names first.
func (w *world) fill(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	names := make([]string, 0, len(w.ids))
	for name := range w.ids {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	for _, name := range names {
		text = strings.ReplaceAll(text, "$"+name, w.ids[name])
	}
	return text
}

// tables are where each kind of id is kept.
var tables = map[string]string{
	"user": "SELECT id FROM users", "person": "SELECT id FROM persons", "occasion": "SELECT id FROM occasions",
	"list": "SELECT id FROM lists", "gift": "SELECT id FROM gifts", "item": "SELECT id FROM list_items",
	"wish": "SELECT wish_id FROM list_items WHERE NOT surprise",
}

// learn notes the ids that are new.
func (w *world) learn() {
	w.t.Helper()
	for kind, query := range tables {
		rows, err := w.store.ReadDB().QueryContext(w.t.Context(), query+" ORDER BY 1")
		w.check(err)
		for rows.Next() {
			var id string
			w.check(rows.Scan(&id))
			if !slices.Contains(w.known[kind], id) {
				w.known[kind] = append(w.known[kind], id)
			}
		}
		w.check(rows.Err())
		w.check(rows.Close())
	}
}

// furnish gives the family lists, with cards for everybody.
func (w *world) furnish() {
	w.t.Helper()
	for _, s := range []step{
		{"ada", "POST", "/persons", `{"name":"Dora"}`, "dora"},
		{"ada", "POST", "/occasions", `{"name":"Christmas","type":"holiday","date":"2026-12-24","people":[{"person_id":"$ben.person"},{"person_id":"$cleo.person"},{"person_id":"$edith.person"},{"person_id":"$gil.person"}]}`, "christmas"},
		{"ben", "POST", "/lists", `{"name":"Ben wishes","type":"wishlist","occasion_id":"$christmas"}`, "wishlist"},
		{"ben", "POST", "/wishes", `{"list_id":"$wishlist","gift":{"name":"Kite"}}`, "kite"},
		{"cleo", "POST", "/lists", `{"name":"Cleo wishes","type":"wishlist"}`, "cleos"},
		{"cleo", "POST", "/wishes", `{"list_id":"$cleos","gift":{"name":"Harp"}}`, "harp"},
		{"edith", "POST", "/lists", `{"name":"Edith wishes","type":"wishlist"}`, "ediths"},
		{"edith", "POST", "/wishes", `{"list_id":"$ediths","gift":{"name":"Scarf"}}`, "scarf"},
		{"gil", "POST", "/lists", `{"name":"Gil wishes","type":"wishlist"}`, "gils"},
		{"gil", "POST", "/wishes", `{"list_id":"$gils","gift":{"name":"Drum"}}`, "drum"},
		{"ada", "POST", "/lists", `{"name":"Christmas presents","type":"ideas","occasion_id":"$christmas"}`, "board"},
		{"ada", "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Candles"}}`, "candles"},
		{"ada", "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Sledge"},"recipient_ids":["$dora"]}`, "sledge"},
		{"cleo", "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Globe"},"recipient_ids":["$dora"]}`, "globe"},
		{"ada", "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Tree"},"status":"selected"}`, "tree"},
		{"ada", "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Rope"},"recipient_ids":["$gil.person"]}`, "rope"},
		{"gil", "POST", "/gifts", `{"name":"Puzzle"}`, "puzzle"},
	} {
		w.do(s)
	}
	for _, name := range []string{"ben", "cleo", "edith", "gil"} {
		w.do(step{"ada", "POST", "/list-items", fmt.Sprintf(`{"list_id":"$board","gift":{"name":"%s"},"recipient_ids":["$%s.person"]}`, markerOf(name), name), "present-" + name})
	}
}
