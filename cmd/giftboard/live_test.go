package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/demo"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/realtime"
)

// patience is how long a test waits for what must come.
const patience = time.Minute

// dashboard is a server in this process.
type dashboard struct {
	*server
	t    *testing.T
	base string
	// stop ends it politely.
	stop func()
}

// open serves the sample family from a directory; adjust may change the flags.
func open(t *testing.T, dir string, adjust ...func(*serverFlags)) *dashboard {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	flags := serverFlags{dataFlags: dataFlags{Data: dir}, Addr: "127.0.0.1:0", DrainTimeout: patience}
	for _, f := range adjust {
		f(&flags)
	}
	s, err := newServer(ctx, flags, slog.New(slog.DiscardHandler), seedDemo)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx) }()
	stopped := false
	d := &dashboard{server: s, t: t, base: "http://" + s.listener.Addr().String()}
	d.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(d.stop)
	return d
}

// member is a browser of somebody who is logged in.
type member struct {
	d      *dashboard
	token  string
	user   gift.UserID
	cookie *http.Cookie
}

func (d *dashboard) login(l demo.Login) *member {
	d.t.Helper()
	m := &member{d: d}
	res, body := m.send(http.MethodPost, "/auth/login", fmt.Sprintf(`{"email":%q,"password":%q}`, l.Email, l.Password), "")
	var login struct {
		AccessToken string `json:"access_token"`
		User        gift.User
	}
	if err := json.Unmarshal(body, &login); err != nil || res.StatusCode != 200 {
		d.t.Fatalf("login: %s: %s", res.Status, body)
	}
	m.token, m.user, m.cookie = login.AccessToken, login.User.ID, res.Cookies()[0]
	return m
}

// send sends a request and returns the answer with its body.
func (m *member) send(method, path, body, mutationID string) (*http.Response, []byte) {
	m.d.t.Helper()
	r, err := http.NewRequest(method, m.d.base+"/api/v1"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		m.d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if m.token != "" {
		r.Header.Set("Authorization", "Bearer "+m.token)
	}
	if m.cookie != nil {
		r.AddCookie(m.cookie)
	}
	if mutationID != "" {
		r.Header.Set("Mutation-Id", mutationID)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil {
		m.d.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // it is read to its end
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		m.d.t.Fatal(err)
	}
	return res, answer
}

// get reads JSON.
func get[T any](m *member, path string) (v T, position string) {
	m.d.t.Helper()
	res, body := m.send(http.MethodGet, path, "", "")
	if err := json.Unmarshal(body, &v); err != nil || res.StatusCode != 200 {
		m.d.t.Fatalf("%s: %s: %s", path, res.Status, body)
	}
	return v, res.Header.Get("Tidings-Position")
}

// frame is what a test looks at in a frame.
type frame struct {
	Type, Code, Topic, Event, Epoch string
	Seq                             int64
	Recovered                       bool
	MutationID                      string `json:"mutation_id"`
	TraceID                         string `json:"trace_id"`
	Data                            struct {
		EntityID string `json:"entity_id"`
		UserID   string `json:"user_id"`
		Payload  json.RawMessage
	}
}

// socket is a member's WebSocket.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

// connect opens a socket and says who is there.
func (m *member) connect() *socket {
	m.d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(m.d.base, "http")+"/ws", nil)
	if err != nil {
		m.d.t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close() // it has none
	}
	s := &socket{m.d.t, conn}
	m.d.t.Cleanup(func() { _ = conn.CloseNow() }) // it may be closed already
	s.send(fmt.Sprintf(`{"action":"auth","token":%q}`, m.token))
	if f := s.next(); f.Type != "hello" {
		m.d.t.Fatalf("no hello but %+v", f)
	}
	return s
}

func (s *socket) send(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// next returns the next frame.
func (s *socket) next() frame {
	s.t.Helper()
	f, err := s.read()
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

func (s *socket) read() (f frame, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, text, err := s.conn.Read(ctx)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(text, &f)
}

// closed returns the code that the socket is closed with, and the frames before.
func (s *socket) closed() (websocket.StatusCode, []frame) {
	s.t.Helper()
	var frames []frame
	for {
		f, err := s.read()
		if err != nil {
			return websocket.CloseStatus(err), frames
		}
		frames = append(frames, f)
	}
}

// listsOf returns the lists that somebody sees.
func listsOf(m *member) map[gift.ListID]gift.List {
	m.d.t.Helper()
	page, _ := get[gift.PageOf[gift.List]](m, "/lists?limit=200")
	lists := map[gift.ListID]gift.List{}
	for _, l := range page.Items {
		lists[l.ID] = l
	}
	return lists
}

// shared returns a list about nobody, which both plan, and one that only the
// first one sees.
func shared(t *testing.T, a, b *member) (both, onlyA gift.ListID) {
	t.Helper()
	theirs := listsOf(b)
	for id, l := range listsOf(a) {
		other, seen := theirs[id]
		switch {
		case !seen:
			onlyA = id
		case l.PersonID == nil && other.Access == gift.AccessPlanner && l.ItemCount > 1:
			both = id
		}
	}
	if both == "" || onlyA == "" {
		t.Fatal("the sample family has no such lists")
	}
	return both, onlyA
}

func TestAMoveIsSeenByTheOther(t *testing.T) {
	d := open(t, t.TempDir())
	clara, jonas := d.login(demo.Logins()[0]), d.login(demo.Logins()[1])
	list, hidden := shared(t, clara, jonas)
	items, position := get[[]gift.ListItem](jonas, "/list-items?list_id="+string(list))
	watch := jonas.connect()
	watch.send(fmt.Sprintf(`{"action":"subscribe","topic":"list-items:%s"}`, list))
	subscribed := watch.next()
	if want := fmt.Sprintf(`"list-items:%s~%s";epoch="%s";seq=%d`, list, jonas.user, subscribed.Epoch, subscribed.Seq); position != want {
		t.Errorf("REST read at %s, the socket begins at %s", position, want)
	}

	to := gift.StatusReceived
	if items[0].Status == to {
		to = gift.StatusIdea
	}
	res, body := clara.send(http.MethodPost, "/list-items/"+string(items[0].ID)+"/move",
		fmt.Sprintf(`{"status":%q,"version":%d}`, to, items[0].Version), "move-1")
	if res.StatusCode != 200 {
		t.Fatalf("%s: %s", res.Status, body)
	}
	got := watch.next()
	if got.Event != "STATUS_CHANGED" || got.Seq != subscribed.Seq+1 || got.MutationID != "move-1" ||
		got.TraceID != res.Header.Get("X-Request-Id") || got.Data.UserID != string(clara.user) || got.Data.EntityID != string(items[0].ID) {
		t.Errorf("event %+v", got)
	}
	var payload, answer gift.ListItem
	if err := errors.Join(json.Unmarshal(got.Data.Payload, &payload), json.Unmarshal(body, &answer)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answer.SeenByAll(), payload); diff != "" {
		t.Errorf("the payload differs from the answer (-answer +payload):\n%s", diff)
	}

	// What is hidden and what is not there cannot be told apart.
	ask := func(topic string) frame {
		watch.send(fmt.Sprintf(`{"action":"subscribe","topic":%q}`, topic))
		f := watch.next()
		f.Topic = ""
		return f
	}
	unknown := ask("list-items:zzzzzzzzzzzzzzzzzzzz")
	if refused := ask("list-items:" + string(hidden)); unknown.Code != "forbidden" || fmt.Sprint(refused) != fmt.Sprint(unknown) {
		t.Errorf("hidden: %+v, unknown: %+v", refused, unknown)
	}
}

// A client goes on from its position across a restart of the server.
func TestResumeAcrossARestart(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	clara, jonas := d.login(demo.Logins()[0]), d.login(demo.Logins()[1])
	list, _ := shared(t, clara, jonas)
	items, _ := get[[]gift.ListItem](jonas, "/list-items?list_id="+string(list))
	watch := jonas.connect()
	watch.send(fmt.Sprintf(`{"action":"subscribe","topic":"list-items:%s"}`, list))
	from := watch.next()
	if err := watch.conn.CloseNow(); err != nil {
		t.Fatal(err)
	}
	if res, body := clara.send(http.MethodPatch, "/list-items/"+string(items[0].ID), `{"notes":"while away"}`, ""); res.StatusCode != 200 {
		t.Fatalf("%s: %s", res.Status, body)
	}
	d.stop()

	jonas.d = open(t, dir)
	watch = jonas.connect() // the access token outlives the restart
	watch.send(fmt.Sprintf(`{"action":"subscribe","topic":"list-items:%s","since":{"epoch":%q,"seq":%d}}`, list, from.Epoch, from.Seq))
	if f := watch.next(); f.Type != "subscribed" || !f.Recovered || f.Seq != from.Seq+1 {
		t.Errorf("answer %+v", f)
	}
	if f := watch.next(); f.Event != "UPDATED" || f.Seq != from.Seq+1 || !strings.Contains(string(f.Data.Payload), "while away") {
		t.Errorf("event %+v", f)
	}
}

// Logging out closes the sockets of that login, and of no other.
func TestLogoutClosesTheSockets(t *testing.T) {
	d := open(t, t.TempDir())
	phone, laptop := d.login(demo.Logins()[0]), d.login(demo.Logins()[0])
	one, two := phone.connect(), laptop.connect()
	if res, body := phone.send(http.MethodPost, "/auth/logout", "", ""); res.StatusCode != http.StatusNoContent {
		t.Fatalf("%s: %s", res.Status, body)
	}
	if code, _ := one.closed(); code != 3501 {
		t.Errorf("closed with %d", code)
	}
	two.send(`{"action":"ping"}`)
	if f := two.next(); f.Type != "pong" {
		t.Errorf("the other login's socket got %+v", f)
	}
	if res, _ := phone.send(http.MethodGet, "/auth/me", "", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the access token still works: %s", res.Status)
	}
}

// A server that stops says goodbye.
func TestStoppingDrainsTheSockets(t *testing.T) {
	d := open(t, t.TempDir())
	watch := d.login(demo.Logins()[0]).connect()
	stopped := make(chan struct{})
	go func() {
		d.stop()
		close(stopped)
	}()
	code, frames := watch.closed()
	if code != 3000 || len(frames) != 1 || frames[0].Type != "drain" {
		t.Errorf("closed with %d after %+v", code, frames)
	}
	<-stopped
}

func TestReadyTurnsRed(t *testing.T) {
	ask := func(o *ops, h http.HandlerFunc) int {
		w := httptest.NewRecorder()
		h(w, httptest.NewRequest(http.MethodGet, "/", nil))
		return w.Code
	}
	fine, gone := func(context.Context) error { return nil }, func(context.Context) error { return errors.New("disk gone") }
	with := func(c checks) *ops { return newOps(slog.New(slog.DiscardHandler), c, service.MetricsGuard{}) }
	working := with(checks{storage: fine, canary: fine})
	if ask(working, working.ready) != 200 || ask(working, working.health) != 200 {
		t.Error("a server that works is not ready")
	}
	working.leaving.Begin(t.Context(), 0)
	if ask(working, working.ready) != 503 || ask(working, working.health) != 200 {
		t.Error("a server that stops is alive, but not ready")
	}
	if broken := with(checks{storage: gone, canary: fine}); ask(broken, broken.ready) != 503 {
		t.Error("a server without storage is ready")
	}
	if wedged := with(checks{storage: fine, canary: gone}); ask(wedged, wedged.health) != 503 {
		t.Error("a server is healthy whose events do not come through")
	}
}

// A health check sends an event the way that all others go, and sees when it
// does not arrive though the process and its database are fine.
func TestHealthIsACanary(t *testing.T) {
	d := open(t, t.TempDir())
	ask := func() string {
		res, err := http.Get(d.base + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }() // it is read to its end
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(res.StatusCode, " ", strings.TrimSpace(string(body)))
	}
	flown := func() (seq realtime.Seq) {
		heads, err := d.events.Heads(t.Context(), []realtime.Topic{realtime.CanaryTopic})
		if err != nil {
			t.Fatal(err)
		}
		return heads[0].Seq
	}
	before := flown()
	if got := ask(); got != "200 ok" || flown() != before+1 {
		t.Errorf("a server that is well says %q, after %d canaries", got, flown()-before)
	}

	ill := open(t, t.TempDir())
	ill.hub.Close() // delivery is wedged; REST and the database are not
	d = ill
	if got := ask(); !strings.HasPrefix(got, "503 ") || !strings.Contains(got, "events do not come through") {
		t.Errorf("a server without its hub says %q", got)
	}
}

// A password that another process sets ends the account's logins here, sockets
// included.
func TestANewPasswordClosesTheSockets(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	clara, jonas := d.login(demo.Logins()[0]), d.login(demo.Logins()[1])
	hers, his := clara.connect(), jonas.connect()
	var out, errs bytes.Buffer
	if code := run([]string{"user", "set-password", "--data", dir, demo.Logins()[1].Email}, strings.NewReader("brand-new-password\n"), &out, &errs); code != 0 {
		t.Fatalf("set-password: %d: %s", code, &errs)
	}
	if code, _ := his.closed(); code != 3501 {
		t.Errorf("closed with %d", code)
	}
	hers.send(`{"action":"ping"}`)
	if f := hers.next(); f.Type != "pong" {
		t.Errorf("somebody else's socket got %+v", f)
	}
}

// A restored backup starts a new history, each time it is restored.
func TestARestoredBackupHasItsOwnEpoch(t *testing.T) {
	dir := t.TempDir()
	epoch := func(d *dashboard) string {
		m := d.login(demo.Logins()[0])
		for id, l := range listsOf(m) {
			if l.Access == gift.AccessPlanner {
				_, position := get[[]gift.ListItem](m, "/list-items?list_id="+string(id))
				return regexp.MustCompile(`epoch="([^"]+)"`).FindStringSubmatch(position)[1]
			}
		}
		t.Fatal("no list")
		return ""
	}
	first := open(t, filepath.Join(dir, "first"))
	epochs := map[string]bool{epoch(first): true}
	copied := filepath.Join(dir, "copy.db")
	if err := store.Backup(t.Context(), first.flags.database(), copied); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"second", "third"} {
		data := dataFlags{Data: filepath.Join(dir, name)}
		if err := data.prepare(); err != nil {
			t.Fatal(err)
		}
		copyTo(t, copied, data.database())
		restored := open(t, data.Data)
		epochs[epoch(restored)] = true
		restored.stop()
		if again := open(t, data.Data); !epochs[epoch(again)] {
			t.Error("a restart started a new epoch")
		}
	}
	if len(epochs) != 3 {
		t.Errorf("epochs %v", epochs)
	}
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
