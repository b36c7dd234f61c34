package clientip_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/familygifting/tidings/internal/clientip"
)

func TestClientAddress(t *testing.T) {
	for name, c := range map[string]struct {
		trusted []string
		peer    string
		hops    []string
		want    string
	}{
		"no proxy":           {nil, "192.0.2.1:1", []string{"198.51.100.1"}, "192.0.2.1"},
		"a stranger's claim": {[]string{"127.0.0.1"}, "192.0.2.1:1", []string{"198.51.100.1"}, "192.0.2.1"},
		"a proxy":            {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		"an invention":       {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		"two proxies":        {[]string{"127.0.0.1", "10.0.0.0/8"}, "127.0.0.1:1", []string{"198.51.100.1", "10.1.2.3"}, "198.51.100.1"},
		"IPv4 in IPv6":       {[]string{"::ffff:127.0.0.1"}, "[::ffff:127.0.0.1]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"IPv6":               {[]string{"::1"}, "[::1]:1", []string{"2001:db8::1"}, "2001:db8::1"},
		"with a port":        {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		"IPv6 with a port":   {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"[2001:db8::1]:443"}, "2001:db8::1"},
		"IPv6 in brackets":   {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"[2001:db8::1]"}, "2001:db8::1"},
		"a comma at the end": {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"198.51.100.1, "}, "198.51.100.1"},
		"an empty line":      {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"198.51.100.1", ""}, "198.51.100.1"},
		"a proxy's port":     {[]string{"127.0.0.1", "10.0.0.0/8"}, "127.0.0.1:1", []string{"198.51.100.1", "10.1.2.3:80"}, "198.51.100.1"},
		"a port too many":    {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"198.51.100.1, 203.0.113.9:1:2"}, "127.0.0.1"},
		"no end of brackets": {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"198.51.100.1, [2001:db8::1"}, "127.0.0.1"},
		"nonsense":           {[]string{"127.0.0.1"}, "127.0.0.1:1", []string{"198.51.100.1, unknown"}, "127.0.0.1"},
		"nothing":            {[]string{"127.0.0.1"}, "127.0.0.1:1", nil, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			proxies, err := clientip.ParseProxies(c.trusted)
			if err != nil {
				t.Fatal(err)
			}
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.hops}}
			if got := proxies.ClientAddress(r).String(); got != c.want {
				t.Errorf("ClientAddress = %s; want %s", got, c.want)
			}
		})
	}
}

func TestParseProxiesRefuses(t *testing.T) {
	if _, err := clientip.ParseProxies([]string{"127.0.0.1", "proxy.example"}); err == nil || !strings.Contains(err.Error(), "proxy.example") {
		t.Errorf("ParseProxies: %v; want an error that names proxy.example", err)
	}
}
