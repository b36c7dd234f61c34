package kills

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// What the hub and those who use it share.
const (
	tokenSecret = "0123456789abcdef0123456789abcdef"
	hubSecret   = "fedcba9876543210"
	hubBoards   = 3
)

// TestTidings (S1, S8, S11): the hub is killed while topics are withdrawn and given
// back, logins are revoked, and their readers come and go.
// Guarantees: S1, S8, S11, F2
func TestTidings(t *testing.T) {
	s := hubScene(t, build(t, "tidings"), true)
	s.play(*times)
	s.report()
}

// Without the withdrawals the same test fails.
// Guarantees: F3
func TestTidingsThatWithdrawsNothing(t *testing.T) {
	s := hubScene(t, build(t, "tidings"), false)
	s.play(0)
	s.leaky()
}

// hubScene is a hub whose subscribers a backend decides about. If withdraws
// is false, the backend takes topics away without withdrawing them at the hub.
func hubScene(t *testing.T, file string, withdraws bool) *scene {
	t.Helper()
	s, dir := newScene(t), t.TempDir()
	backend := &backend{denied: map[string]bool{}}
	asked := httptest.NewServer(backend)
	t.Cleanup(asked.Close)
	args := []string{
		"serve", "--addr=127.0.0.1:0", "--log=" + filepath.Join(dir, "events.db"), "--publish-key=" + hubSecret,
		"--jwt-secret-file=" + write(t, dir, "jwt", tokenSecret), "--authorize-secret-file=" + write(t, dir, "authorize", hubSecret),
		"--authorize-url=" + asked.URL, "--keep-count=100000", "--inbound-rate=0", "--max-strikes=0",
	}
	s.start = func(b bomb) *program { return start(t, b, file, args...) }
	loser, always := newReader("loser", hubToken("loser", "of the loser")), newReader("bystander", hubToken("bystander", "of the bystander"))
	always.always = true
	for n := range hubBoards {
		b := &hubBoard{scene: s, backend: backend, topic: fmt.Sprintf("list-items:%d", n), withdraws: withdraws}
		loser.follows(b.topic)
		always.follows(b.topic)
		s.keepers = append(s.keepers, s.newTaker(b.topic, loser, b))
	}
	s.readers = []*reader{loser, always}
	open := &hubBoard{scene: s, topic: "list-items:open"}
	always.follows(open.topic)
	s.keepers = append(s.keepers, &guests{scene: s, logins: hubLogins{s}, note: open.note, topic: open.topic})
	return s
}

func write(t *testing.T, dir, name, content string) (file string) {
	t.Helper()
	file = filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// hubToken returns what makes tokens of a user's login.
func hubToken(user, login string) func() string {
	return func() string {
		now := time.Now()
		claims := jwt.MapClaims{"sub": user, "sid": login, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
		signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(tokenSecret))
		if err != nil {
			panic(err)
		}
		return signed
	}
}

// backend decides who may read what: all, but for what is denied to the loser.
type backend struct {
	mu     sync.Mutex
	denied map[string]bool // topics
}

func (b *backend) deny(topic string, denied bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.denied[topic] = denied
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q struct{ User, Topic string }
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"allowed":%v}`, q.User != "loser" || !b.denied[q.Topic])
}

// hubBoard is a topic of the hub.
type hubBoard struct {
	*scene
	backend   *backend
	topic     string
	withdraws bool
}

func (b *hubBoard) note(p *program, mark int) error { return b.publish(p, mark, b.event(mark)) }

func (b *hubBoard) take(p *program, mark int) error {
	b.backend.deny(b.topic, true)
	if !b.withdraws {
		return b.note(p, mark)
	}
	return b.publish(p, mark, "["+b.withdrawal()+","+b.event(mark)+"]")
}

func (b *hubBoard) give(p *program, mark int) error {
	b.backend.deny(b.topic, false)
	return b.publish(p, mark, "["+b.withdrawal()+","+b.event(mark)+"]")
}

// withdrawal has the hub ask again about the loser.
func (b *hubBoard) withdrawal() string {
	return fmt.Sprintf(`{"withdraw":{"topic":%q,"users":["loser"]}}`, b.topic)
}

func (b *hubBoard) event(mark int) string {
	return fmt.Sprintf(`{"topic":%q,"event":"UPDATED","data":{"entity_id":"1","payload":{"notes":%q}}}`, b.topic, text(mark))
}

// publish publishes once, under a key that goes by the mark.
func (b *hubBoard) publish(p *program, mark int, body string) error {
	return b.post(p, "/api/publish", body, text(mark))
}

// post asks the hub for something, which it has to do.
func (s *scene) post(p *program, path, body, key string) error {
	header := []string{"Authorization", "Bearer " + hubSecret}
	if key != "" {
		header = append(header, "Idempotency-Key", key)
	}
	a, err := p.ask(request{http.MethodPost, path, body, header})
	if err == nil && (a.status != http.StatusOK || strings.Contains(a.body, `"error"`)) {
		return s.fail(p, "%s %s: %d %s", path, body, a.status, a.body)
	}
	return err
}

// hubLogins are logins at the hub's backend, which revokes them.
type hubLogins struct{ *scene }

func (l hubLogins) login(_ *program, number int) (string, error) {
	return hubToken(fmt.Sprint("guest", number), fmt.Sprint("login-", number))(), nil
}

func (l hubLogins) logout(p *program, token string) error {
	var claims jwt.MapClaims
	if _, _, err := jwt.NewParser().ParseUnverified(token, &claims); err != nil {
		return err
	}
	return l.post(p, "/api/revoke", fmt.Sprintf(`{"session":%q}`, claims["sid"]), "")
}
