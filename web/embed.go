// Package web is the dashboard's UI as it was built into the program.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

const (
	// indexFile is the page; every address of the UI is answered with it.
	indexFile = "index.html"
	// noncePlaceholder stands in the page where each answer gets its own nonce.
	noncePlaceholder = "__CSP_NONCE__"
	// assetsDir holds files whose names change with their content.
	assetsDir = "assets/"
	// minGzip is the size from which a file is worth compressing, in bytes.
	minGzip = 1024
)

// missing is shown when the program was built without its UI.
const missing = "The user interface is not part of this build.\n" +
	"Build it with `make build-giftboard`, or serve it with `npm run dev -w @tidings/web`.\n"

// UI serves a build of the UI. Its methods may be called from any goroutine.
type UI struct {
	// Static after construction.
	files map[string]file
	index []byte // nil if there is no build
}

// file is one file of the build, ready to be sent.
type file struct {
	contentType string
	etag        string
	plain       []byte
	gzip        []byte // nil if not worth it
	immutable   bool
}

// Handler serves the UI that is built into the program.
func Handler() (*UI, error) {
	build, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return New(build)
}

// New serves the files of a build.
func New(build fs.FS) (*UI, error) {
	u := &UI{files: map[string]file{}}
	err := fs.WalkDir(build, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Base(name)[0] == '.' {
			return err
		}
		content, err := fs.ReadFile(build, name)
		if err != nil {
			return err
		}
		if name == indexFile {
			u.index = content
			return nil
		}
		u.files[name], err = newFile(name, content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the built UI: %w", err)
	}
	return u, nil
}

func newFile(name string, content []byte) (file, error) {
	sum := sha256.Sum256(content)
	f := file{
		contentType: mime.TypeByExtension(path.Ext(name)),
		etag:        `"` + hex.EncodeToString(sum[:8]) + `"`,
		plain:       content,
		immutable:   strings.HasPrefix(name, assetsDir),
	}
	if f.contentType == "" {
		f.contentType = "application/octet-stream"
	}
	if len(content) < minGzip {
		return f, nil
	}
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return f, err
	}
	if _, err := zip.Write(content); err != nil {
		return f, err
	}
	if err := zip.Close(); err != nil {
		return f, err
	}
	// Pictures and fonts are compressed already.
	if out.Len() < len(content)*9/10 {
		f.gzip = out.Bytes()
	}
	return f, nil
}

// ServeHTTP implements http.Handler: a file of the build, else the page.
func (u *UI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET is possible here", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if f, ok := u.files[name]; ok {
		f.serve(w, r)
		return
	}
	if strings.HasPrefix(name, assetsDir) || u.index != nil && path.Ext(name) != "" && name != indexFile {
		// A page from before an update asks for what is no more: no fallback,
		// which the browser would take for a script.
		http.NotFound(w, r)
		return
	}
	u.servePage(w, r)
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", f.etag)
	h.Set("Cache-Control", "no-cache")
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == f.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.plain
	if f.gzip != nil && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = w.Write(body) // the client is gone if this fails
}

// acceptsGzip reports whether a client names gzip without refusing it.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, q, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";")
		if coding == "gzip" {
			return q != "q=0"
		}
	}
	return false
}

// servePage answers with the page, under a policy that only runs our own files.
func (u *UI) servePage(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if u.index == nil {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(missing)) // the client is gone if this fails
		return
	}
	nonce := rand.Text()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy(nonce, r.Host))
	_, _ = w.Write(bytes.ReplaceAll(u.index, []byte(noncePlaceholder), []byte(nonce)))
}

// policy is the page's Content-Security-Policy. Pictures may come from any
// https address, as gifts link to them. Sockets are named in full, since not
// every browser takes them for part of 'self'.
func policy(nonce, host string) string {
	connect := "connect-src 'self'"
	if isHost(host) {
		connect += " ws://" + host + " wss://" + host
	}
	return strings.Join([]string{
		"default-src 'self'",
		"img-src 'self' https: data:",
		"style-src 'self' 'nonce-" + nonce + "'",
		connect,
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// isHost reports whether a Host header may stand in a policy: names, addresses
// and ports have no other characters.
func isHost(host string) bool {
	return host != "" && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == ""
}
