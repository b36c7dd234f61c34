package api_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/api"
	"github.com/familygifting/tidings/gift/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// password is everybody's in these tests.
const password = "correct horse battery"

// passwordHash is its hash, made once: hashing is slow on purpose.
var passwordHash = sync.OnceValue(func() string {
	hash, err := api.HashPassword(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return hash
})

// recorder is a store's hook that notes the kinds of the changes.
type recorder struct {
	mu    sync.Mutex
	kinds []string
	seq   int
}

func (r *recorder) OnCommit(_ context.Context, _ store.Tx, changes []gift.Change) (func(), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range changes {
		r.kinds = append(r.kinds, string(c.Kind))
		r.seq++
	}
	return nil, nil
}

func (r *recorder) Position(_ context.Context, _ store.Tx, scope gift.Scope) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprintf(`"%s:%s";epoch="e1";seq=%d`, scope.Kind, scope.ID, r.seq), nil
}

// take returns the kinds noted since it was called last, sorted.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	kinds := r.kinds
	r.kinds = nil
	slices.Sort(kinds)
	return kinds
}

// clock is a clock that only moves when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// dashboard is a server for one test, with nobody in it.
type dashboard struct {
	t     testing.TB
	path  string // the database file
	store *store.Store
	close func() // closes the store
	hook  *recorder
	clock *clock
	auth  *api.Auth
	api   *api.API
	log   *strings.Builder
	// ended are the logins whose end was told.
	ended []string
}

const setupToken = "the-setup-token"

// newDashboard opens a fresh database; adjust may change the options.
func newDashboard(t testing.TB, adjust ...func(*api.AuthOptions, *api.Options)) *dashboard {
	t.Helper()
	return openDashboard(t, filepath.Join(t.TempDir(), "test.db"), adjust...)
}

// openDashboard opens a database file, which may be there already.
func openDashboard(t testing.TB, path string, adjust ...func(*api.AuthOptions, *api.Options)) *dashboard {
	t.Helper()
	d := &dashboard{t: t, path: path, hook: &recorder{}, log: &strings.Builder{},
		clock: &clock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}}
	logger := slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	d.store, err = store.Open(t.Context(), path,
		store.Options{Hook: d.hook, Now: d.clock.Now, Logger: logger, Migrate: relaxDurability})
	if err != nil {
		t.Fatal(err)
	}
	d.close = sync.OnceFunc(func() {
		if err := d.store.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(d.close)
	authOptions := api.AuthOptions{
		Secret: []byte(strings.Repeat("s", 32)), SetupToken: setupToken, Now: d.clock.Now, Logger: logger,
		OnLoginEnd: func(id string) { d.ended = append(d.ended, id) },
	}
	options := api.Options{Logger: logger}
	for _, f := range adjust {
		f(&authOptions, &options)
	}
	if d.auth, err = api.NewAuth(d.store, authOptions); err != nil {
		t.Fatal(err)
	}
	if d.api, err = api.New(d.store, d.auth, options); err != nil {
		t.Fatal(err)
	}
	return d
}

// relaxDurability makes tests faster: no power is lost in them.
func relaxDurability(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "PRAGMA synchronous = OFF")
	return err
}

// request is what a test sends.
type request struct {
	method, path string
	// url is the address it is sent to. Default http://localhost:8000.
	url    string
	token  string
	cookie string
	body   string
	header map[string]string
}

// response is what came back.
type response struct {
	*http.Response
	body string
}

// send sends a request to the API.
func (d *dashboard) send(r request) response {
	d.t.Helper()
	if r.url == "" {
		r.url = "http://localhost:8000"
	}
	var body io.Reader
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	req := httptest.NewRequest(r.method, r.url+r.path, body).WithContext(d.t.Context())
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	if r.cookie != "" {
		req.AddCookie(&http.Cookie{Name: api.RefreshCookie, Value: r.cookie})
	}
	for name, value := range r.header {
		if value == "" {
			req.Header.Del(name)
		} else {
			req.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	d.api.ServeHTTP(w, req)
	res := w.Result()
	return response{res, w.Body.String()}
}

// decode reads a JSON answer.
func decode[T any](t testing.TB, res response) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(res.body), &v); err != nil {
		t.Fatalf("status %d, body %s: %v", res.StatusCode, res.body, err)
	}
	return v
}

// refreshCookie returns the refresh cookie that an answer sets.
func (r response) refreshCookie(t testing.TB) *http.Cookie {
	t.Helper()
	return r.cookie(t, api.RefreshCookie)
}

// cookie returns the cookie of this name that an answer sets.
func (r response) cookie(t testing.TB, name string) *http.Cookie {
	t.Helper()
	for _, c := range r.Cookies() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("status %d without the cookie %s: %s", r.StatusCode, name, r.body)
	return nil
}

// want fails the test unless the answer has the status and contains all of parts.
func (r response) want(t testing.TB, status int, parts ...string) response {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("status %d instead of %d: %s", r.StatusCode, status, r.body)
	}
	for _, part := range parts {
		if !strings.Contains(r.body, part) {
			t.Errorf("the answer lacks %q: %s", part, r.body)
		}
	}
	return r
}

// family is a dashboard with people in it: Ada, the admin, and Ben and Cleo,
// with accounts, and Dora, a child without one.
type family struct {
	*dashboard
	ada, ben, cleo member
	dora           gift.PersonID
	// names stand for ids in a scenario's texts.
	names []string
}

// member is somebody with an account.
type member struct {
	user  gift.User
	token string
	login string
}

func newFamily(t testing.TB) *family {
	t.Helper()
	f := &family{dashboard: newDashboard(t)}
	ctx := t.Context()
	founder, err := f.store.Setup(ctx, gift.Family{Name: "Lovelace", Currency: "EUR"}, newAccount("Ada"))
	if err != nil {
		t.Fatal(err)
	}
	f.ada = f.enter(founder)
	f.ben = f.join("Ben")
	f.cleo = f.join("Cleo")
	dora, err := f.store.CreatePerson(ctx, f.by(f.ada), gift.PersonInput{Name: "Dora", Relationship: "daughter"})
	if err != nil {
		t.Fatal(err)
	}
	f.dora = dora.ID
	f.name("ada", f.ada.user.ID, "ben", f.ben.user.ID, "cleo", f.cleo.user.ID,
		"dora", f.dora, "person-ben", *f.ben.user.PersonID, "nobody", "zzzzzzzzzzzzzzzzzzzz")
	f.hook.take()
	return f
}

func newAccount(name string) gift.NewAccount {
	return gift.NewAccount{Name: name, Email: strings.ToLower(name) + "@example.org", PasswordHash: passwordHash()}
}

// join lets somebody accept an invite of Ada's.
func (f *family) join(name string) member {
	f.t.Helper()
	ctx, hash := f.t.Context(), "invite of "+name
	if _, err := f.store.CreateInvite(ctx, f.ada.user.ID, hash, nil, f.clock.Now().Add(time.Hour)); err != nil {
		f.t.Fatal(err)
	}
	user, err := f.store.AcceptInvite(ctx, hash, newAccount(name), f.clock.Now())
	if err != nil {
		f.t.Fatal(err)
	}
	return f.enter(user)
}

// enter logs somebody in.
func (f *family) enter(user gift.User) member {
	f.t.Helper()
	token, _, err := f.auth.Open(f.t.Context(), user.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	_, login, _, err := f.auth.Identify(f.t.Context(), token)
	if err != nil {
		f.t.Fatal(err)
	}
	return member{user, token, login}
}

// by is a mutation of somebody.
func (f *family) by(m member) gift.Call { return gift.Call{Actor: m.user.ID} }

// name lets $name stand for an id; pairs alternate.
func (f *family) name(pairs ...any) {
	for i := 0; i < len(pairs); i += 2 {
		f.names = append(f.names, "$"+pairs[i].(string), fmt.Sprint(pairs[i+1]))
	}
}

// fill puts ids in the place of their names, the longest names first.
func (f *family) fill(text string) string {
	type pair struct{ name, id string }
	var pairs []pair
	for i := 0; i < len(f.names); i += 2 {
		pairs = append(pairs, pair{f.names[i], f.names[i+1]})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return len(b.name) - len(a.name) })
	for _, p := range pairs {
		text = strings.ReplaceAll(text, p.name, p.id)
	}
	return text
}

// newRequest is a request from a peer, perhaps forwarded for somebody.
func newRequest(peer, forwarded string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = peer
	if forwarded != "" {
		r.Header.Set("X-Forwarded-For", forwarded)
	}
	return r
}
