package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/familygifting/tidings/web"
)

var script = strings.Repeat("console.log('tidings');\n", 100)

func build() fstest.MapFS {
	return fstest.MapFS{
		".keep":            {},
		"index.html":       {Data: []byte(`<meta property="csp-nonce" nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>`)},
		"favicon.svg":      {Data: []byte("<svg/>")},
		"assets/app-1a.js": {Data: []byte(script)},
	}
}

func get(t *testing.T, files fstest.MapFS, path string, header ...string) *http.Response {
	t.Helper()
	ui, err := web.New(files)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "http://gifts.test:8000"+path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	ui.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEveryAddressIsThePage(t *testing.T) {
	nonces := map[string]bool{}
	for _, path := range []string{"/", "/lists", "/lists/0123456789abcdefghjk", "/index.html", "/join"} {
		res := get(t, build(), path)
		page := body(t, res.Body)
		found := regexp.MustCompile(`nonce="([A-Z2-7]{26})"`).FindAllStringSubmatch(page, -1)
		if res.StatusCode != http.StatusOK || len(found) != 2 || found[0][1] != found[1][1] {
			t.Fatalf("%s: status %d, page %q", path, res.StatusCode, page)
		}
		nonces[found[0][1]] = true
		csp := res.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'self'", "'nonce-" + found[0][1] + "'", "ws://gifts.test:8000", "img-src 'self' https: data:"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy %q lacks %q", path, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q allows something unsafe", path, csp)
		}
		if got := res.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
	if len(nonces) != 5 {
		t.Errorf("%d different nonces for 5 answers", len(nonces))
	}
}

func TestAssetsAreCachedAndCompressed(t *testing.T) {
	res := get(t, build(), "/assets/app-1a.js", "Accept-Encoding", "br, gzip")
	if res.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Fatalf("headers %v", res.Header)
	}
	zip, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := body(t, zip); got != script {
		t.Errorf("got %d bytes, want %d", len(got), len(script))
	}
	for _, header := range [][]string{nil, {"Accept-Encoding", "gzip;q=0"}} {
		if plain := get(t, build(), "/assets/app-1a.js", header...); body(t, plain.Body) != script {
			t.Errorf("with %v: not the plain file", header)
		}
	}
	again := get(t, build(), "/favicon.svg", "If-None-Match", get(t, build(), "/favicon.svg").Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("status %d for what the browser has already", again.StatusCode)
	}
}

func TestMissingFilesAreNotThePage(t *testing.T) {
	for _, path := range []string{"/assets/app-0f.js", "/robots.txt", "/.keep", "/../go.mod"} {
		if res := get(t, build(), path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
	}
}

func TestWithoutABuildItSaysSo(t *testing.T) {
	res := get(t, fstest.MapFS{".keep": {}}, "/lists")
	if got := body(t, res.Body); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got, "make build-giftboard") {
		t.Errorf("status %d: %s", res.StatusCode, got)
	}
}

func TestAStrangeHostStaysOutOfThePolicy(t *testing.T) {
	ui, err := web.New(build())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = "x; script-src *"
	w := httptest.NewRecorder()
	ui.ServeHTTP(w, r)
	if csp := w.Header().Get("Content-Security-Policy"); strings.Contains(csp, "script-src") {
		t.Errorf("policy %q", csp)
	}
}

func TestOnlyReading(t *testing.T) {
	ui, err := web.New(build())
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	ui.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("status %d", w.Code)
	}
}
