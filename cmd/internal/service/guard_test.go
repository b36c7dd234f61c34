package service_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// Guarantees: A46
func TestMetricsGuard(t *testing.T) {
	const here = "127.0.0.1:9000"
	open, closed, proxied := service.MetricsGuard{}, service.MetricsGuard{Token: "s3cret"}, service.MetricsGuard{Proxied: true}
	for name, c := range map[string]struct {
		guard                     service.MetricsGuard
		peer, host, header, value string
		want                      int
	}{
		"this machine":                  {open, "127.0.0.1:1", here, "", "", 200},
		"this machine, in IPv6":         {open, "[::1]:1", "[::1]:9000", "", "", 200},
		"by its name":                   {open, "127.0.0.1:1", "localhost:9000", "", "", 200},
		"by another name":               {open, "127.0.0.1:1", "hub.example", "", "", 403},
		"by no name":                    {open, "127.0.0.1:1", "", "", "", 403},
		"another one":                   {open, "192.0.2.1:1", here, "", "", 403},
		"nobody knows":                  {open, "@", here, "", "", 403},
		"by a proxy on it":              {open, "127.0.0.1:1", here, "X-Forwarded-For", "127.0.0.1", 403},
		"by one that says nothing":      {open, "127.0.0.1:1", here, "X-Forwarded-For", "", 403},
		"by one that tells the scheme":  {open, "127.0.0.1:1", here, "X-Forwarded-Proto", "https", 403},
		"by one that says it right":     {open, "127.0.0.1:1", here, "Forwarded", "for=127.0.0.1", 403},
		"by nginx":                      {open, "127.0.0.1:1", here, "X-Real-IP", "192.0.2.1", 403},
		"by a gateway":                  {open, "127.0.0.1:1", here, "Via", "1.1 gateway", 403},
		"without a token, with one":     {open, "192.0.2.1:1", here, "Authorization", "Bearer ", 403},
		"behind known proxies":          {proxied, "127.0.0.1:1", here, "", "", 403},
		"the token":                     {closed, "192.0.2.1:1", "hub.example", "Authorization", "Bearer s3cret", 200},
		"the token, of a small bearer":  {closed, "192.0.2.1:1", "hub.example", "Authorization", "bearer s3cret", 200},
		"the token without its scheme":  {closed, "192.0.2.1:1", "hub.example", "Authorization", "s3cret", 403},
		"the token of another scheme":   {closed, "192.0.2.1:1", "hub.example", "Authorization", "Basic s3cret", 403},
		"another token":                 {closed, "192.0.2.1:1", "hub.example", "Authorization", "Bearer s3cres", 403},
		"the beginning of it":           {closed, "192.0.2.1:1", "hub.example", "Authorization", "Bearer s3", 403},
		"this machine without a token":  {closed, "127.0.0.1:1", here, "", "", 403},
		"the token, by a proxy with it": {service.MetricsGuard{Token: "s3cret", Proxied: true}, "127.0.0.1:1", here, "Authorization", "Bearer s3cret", 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			r.RemoteAddr, r.Host = c.peer, c.host
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			w := httptest.NewRecorder()
			c.guard.Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%d; want %d", w.Code, c.want)
			}
		})
	}
}
