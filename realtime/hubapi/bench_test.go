package hubapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime/hublog"
)

// answerless is a [http.ResponseWriter] that costs nothing.
type answerless struct{ header http.Header }

func (w answerless) Header() http.Header         { return w.header }
func (answerless) WriteHeader(int)               {}
func (answerless) Write(p []byte) (int, error)   { return len(p), nil }
func (b *body) Read(p []byte) (n int, err error) { return b.Reader.Read(p) }
func (*body) Close() error                       { return nil }

// body is a request's, to be read again and again.
type body struct{ *strings.Reader }

// BenchmarkPublish is what a publication costs besides its transport.
func BenchmarkPublish(b *testing.B) {
	log := hublog.NewMemory(hublog.Options{})
	b.Cleanup(func() { _ = log.Close() })
	keys := new(Keys)
	keys.Set([]string{"dev"})
	mux := http.NewServeMux()
	hub := newHub(b, log)
	New(hub, log, Options{Keys: keys}).Register(mux)
	in := &body{strings.NewReader(one)}
	r, err := http.NewRequest(http.MethodPost, "/api/publish", in)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer dev")
	w := answerless{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		in.Reset(one)
		mux.ServeHTTP(w, r)
	}
}
