package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift/api"
	"github.com/familygifting/tidings/internal/strictjson"
)

// counted is a body that notes how much of it is read.
type counted struct {
	io.Reader
	read int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// sendBody sends a body whose length is announced, or is not (-1).
func (d *dashboard) sendBody(method, path, token string, body io.Reader, length int64) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost:8000/api/v1"+path, body)
	r.ContentLength = length
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	d.api.ServeHTTP(w, r)
	return w
}

// maxAnswer is the most that an answer to bad input has, whatever was sent.
const maxAnswer = 16 << 10

// No body is read before the user is known, except for a little where no login is needed.
// Guarantees: D1
func TestBodiesOfStrangersAreLeftUnread(t *testing.T) {
	t.Parallel()
	d := newDashboard(t)
	for _, c := range []struct {
		method, path string
		status, read int
	}{
		{post, "/gifts", 401, 0},
		{patch, "/gifts/zzzzzzzzzzzzzzzzzzzz", 401, 0},
		{post, "/nothing", 404, 0},
		{http.MethodPut, "/gifts", 405, 0},
		{"BREW", "/gifts", 405, 0},
		{get, "/gifts", 401, 0},
		{del, "/gifts/zzzzzzzzzzzzzzzzzzzz", 401, 0},
		{post, "/auth/refresh", 401, 0},
		{post, "/auth/logout", 204, 0},
		{post, "/auth/login", 413, api.MaxOpenBodyBytes + 1},
		{post, "/auth/register", 413, api.MaxOpenBodyBytes + 1},
		{post, "/auth/invites/check", 413, api.MaxOpenBodyBytes + 1},
		{post, "/setup", 413, api.MaxOpenBodyBytes + 1},
	} {
		for _, length := range []int64{-1, 1 << 20} {
			body := &counted{Reader: strings.NewReader(strings.Repeat("[", 1<<20))}
			w := d.sendBody(c.method, c.path, "", body, length)
			most := c.read
			if length > 0 {
				most = 0 // it is known to be too large
			}
			if w.Code != c.status || body.read > most || w.Body.Len() > maxAnswer || w.Header().Get("Connection") != "close" {
				t.Errorf("%s %s of %d bytes: status %d, read %d of at most %d, answer of %d bytes, Connection %q",
					c.method, c.path, length, w.Code, body.read, most, w.Body.Len(), w.Header().Get("Connection"))
			}
		}
	}
}

// A connection whose request was read, or has little to read, goes on.
func TestConnectionsGoOn(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	note := strings.Repeat("x", 1000)
	for _, body := range []string{`{"name":"X"}`, `{"name":"X","additional_links":[` + strings.Repeat(" ", 20_000) + `],"notes":"` + note + `"}`} {
		w := f.sendBody(post, "/gifts", f.ada.token, strings.NewReader(body), int64(len(body)))
		if got := w.Header().Get("Connection"); w.Code != 201 || got != "" {
			t.Errorf("status %d, Connection %q", w.Code, got)
		}
		if w := f.sendBody(post, "/gifts", "", strings.NewReader(body[:12]), 12); w.Code != 401 || w.Header().Get("Connection") != "" {
			t.Errorf("status %d, Connection %q", w.Code, w.Header().Get("Connection"))
		}
	}
}

// Whatever a body is, the answer about it is small.
// Guarantees: D6
func TestAnswersAboutBodiesAreSmall(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	name := strings.Repeat("n", 500_000)
	var many strings.Builder
	for i := range 50_000 {
		many.WriteString(`"m` + strconv.Itoa(i) + `":1,`)
	}
	for what, c := range map[string]struct {
		body   string
		status int
	}{
		"nested":             {strings.Repeat("[", 1<<20), 422},
		"nested objects":     {strings.Repeat(`{"a":`, 200_000), 422},
		"a bad last byte":    {`{"name":"` + name + "\xff", 422},
		"a bad name":         {`{"` + name + "\":\"\xff\"}", 422},
		"a long name":        {`{"name":"X","` + name + `":1}`, 422},
		"a long name, twice": {`{"` + name + `":1,"` + name + `":1}`, 422},
		"many names":         {`{` + many.String() + `"name":"X"}`, 422},
		"many links":         {`{"name":"X","additional_links":[` + strings.Repeat(`1,`, 300_000) + `1]}`, 422},
		"no end":             {`{"name":"` + name, 400},
	} {
		w := f.sendBody(post, "/gifts", f.ada.token, strings.NewReader(c.body), int64(len(c.body)))
		if w.Code != c.status || w.Body.Len() > maxAnswer {
			t.Errorf("%s: status %d instead of %d, an answer of %d bytes: %.300s", what, w.Code, c.status, w.Body.Len(), w.Body)
		}
	}
	for _, path := range []string{"/gifts?" + name[:10_000] + "=1", "/gifts?a=1&" + name[:10_000] + "=1&" + name[:10_000] + "=2", "/gifts?a=%z" + name[:10_000]} {
		if w := f.sendBody(get, path, f.ada.token, http.NoBody, 0); w.Code < 400 || w.Code > 422 || w.Body.Len() > maxAnswer {
			t.Errorf("status %d, an answer of %d bytes", w.Code, w.Body.Len())
		}
	}
}

// stuck is a body that begins, and then does not go on until it is let go.
type stuck struct {
	begin   io.Reader
	waiting func()
	letGo   chan struct{}
}

func (s *stuck) Read(p []byte) (int, error) {
	if n, err := s.begin.Read(p); !errors.Is(err, io.EOF) {
		return n, err
	}
	s.waiting()
	<-s.letGo
	return 0, io.EOF
}

// Bodies that do not end hold no more than their budget; others, and the members,
// are served meanwhile.
// Guarantees: D2
func TestBodiesInFlightHaveABudget(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	const crowd = 2 * api.MaxAddressBodies / api.MaxOpenBodyBytes
	letGo, waiting, codes := make(chan struct{}), make(chan int), make(chan int)
	for range crowd {
		go func() {
			body := &stuck{strings.NewReader(strings.Repeat(" ", api.MaxOpenBodyBytes-1)), func() { waiting <- 0 }, letGo}
			codes <- f.sendBody(post, "/auth/login", "", body, -1).Code
		}()
	}
	stuckThere := 0
	for range crowd {
		select {
		case <-waiting:
			stuckThere++
		case code := <-codes:
			if code != http.StatusServiceUnavailable {
				t.Errorf("status %d", code)
			}
		}
	}
	if held := f.api.HeldBodies(); held > api.MaxAddressBodies || stuckThere == 0 || stuckThere == crowd {
		t.Errorf("%d bodies of one address hold %d bytes", stuckThere, held)
	}
	w := f.sendBody(post, "/auth/login", "", strings.NewReader(strings.Repeat(" ", api.MaxOpenBodyBytes)), -1)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("one more: status %d, Retry-After %q: %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
	if w := f.sendBody(post, "/gifts", f.ada.token, strings.NewReader(`{"name":"X"}`), -1); w.Code != 201 {
		t.Errorf("a member meanwhile: status %d: %s", w.Code, w.Body)
	}
	close(letGo)
	for range stuckThere {
		<-codes
	}
	if held := f.api.HeldBodies(); held != 0 {
		t.Errorf("%d bytes stay", held)
	}
}

// The API accepts only bodies that every reader reads the same, and no body breaks it.
// Guarantees: D3
func FuzzBodies(f *testing.F) {
	family := newFamily(f)
	token := family.ada.token
	ofDora := "/persons/" + string(family.dora)
	paths := []string{ofDora, "/gifts", "/persons", "/occasions", "/lists", "/list-items", "/auth/login", "/auth/register", "/setup", "/invites"}
	for i, seed := range []string{
		`{"name":"X","price":{"amount":1,"currency":"EUR"},"additional_links":[{"label":"a","url":"https://a.example"}]}`,
		`{"name":"X","name":"Y"}`, `{"Name":"X"}`, `{"name":"\ud800"}`, "{\"name\":\"\xff\"}", `[[[[]]]]`, `null`, `{"name":1e400}`,
		`{"email":"a@example.org","password":"b"}`, `{"name":"X","type":"holiday","date":"2026-12-24"}`,
	} {
		f.Add(byte(i), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		path, method := paths[int(which)%len(paths)], post
		if path == ofDora {
			method = patch
		}
		w := family.sendBody(method, path, token, bytes.NewReader(body), int64(len(body)))
		switch {
		case w.Code >= 500:
			t.Errorf("%s %q: status %d: %s", path, body, w.Code, w.Body)
		case w.Code < 300 && len(body) > 0 && strictjson.Check(body) != nil:
			t.Errorf("%s took %q", path, body)
		case w.Code >= 400 && w.Body.Len() > maxAnswer:
			t.Errorf("%s %q: an answer of %d bytes", path, body, w.Body.Len())
		}
		var answer any
		if w.Body.Len() > 0 && json.Unmarshal(w.Body.Bytes(), &answer) != nil {
			t.Errorf("%s %q: %s", path, body, w.Body)
		}
	})
}

// deadlined notes the first deadline that is set for reading.
type deadlined struct {
	*httptest.ResponseRecorder
	first time.Time
}

func (d *deadlined) SetReadDeadline(at time.Time) error {
	if d.first.IsZero() {
		d.first = at
	}
	return nil
}

// A stranger has less time for a body than a member, who has the server's.
// Guarantees: D2
func TestStrangersHaveADeadline(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	for path, want := range map[string]time.Duration{"/auth/login": api.OpenBodyTime, "/setup": api.OpenBodyTime, "/gifts": 0} {
		r := httptest.NewRequest(post, "http://localhost:8000/api/v1"+path, strings.NewReader(`{}`))
		r.Header.Set("Authorization", "Bearer "+f.ada.token)
		w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
		begin := time.Now()
		f.api.ServeHTTP(w, r)
		end := time.Now()
		if want == 0 && !w.first.IsZero() || want > 0 && (w.first.Before(begin.Add(want)) || w.first.After(end.Add(want))) {
			t.Errorf("%s: the deadline is %v after the begin; want %v", path, w.first.Sub(begin), want)
		}
	}
}
