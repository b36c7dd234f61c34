package service_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/familygifting/tidings/cmd/internal/service"
)

func TestGuardMetrics(t *testing.T) {
	for name, c := range map[string]struct {
		token, peer, header, value string
		want                       int
	}{
		"this machine":                 {"", "127.0.0.1:1", "", "", 200},
		"this machine, in IPv6":        {"", "[::1]:1", "", "", 200},
		"another one":                  {"", "192.0.2.1:1", "", "", 403},
		"nobody knows":                 {"", "@", "", "", 403},
		"by a proxy on it":             {"", "127.0.0.1:1", "X-Forwarded-For", "127.0.0.1", 403},
		"by another proxy on it":       {"", "127.0.0.1:1", "Forwarded", "for=127.0.0.1", 403},
		"without a token, with one":    {"", "192.0.2.1:1", "Authorization", "Bearer ", 403},
		"the token":                    {"s3cret", "192.0.2.1:1", "Authorization", "Bearer s3cret", 200},
		"another token":                {"s3cret", "192.0.2.1:1", "Authorization", "Bearer s3cres", 403},
		"the beginning of it":          {"s3cret", "192.0.2.1:1", "Authorization", "Bearer s3", 403},
		"this machine without a token": {"s3cret", "127.0.0.1:1", "", "", 403},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			r.RemoteAddr = c.peer
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			w := httptest.NewRecorder()
			service.GuardMetrics(c.token, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%d; want %d", w.Code, c.want)
			}
		})
	}
}
