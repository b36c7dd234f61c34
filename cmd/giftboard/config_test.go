package main

import (
	"net/http/httptest"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/familygifting/tidings/gift/api"
)

// parse returns the settings of a server started with these arguments.
func parse(t *testing.T, args ...string) serverFlags {
	t.Helper()
	var c cli
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"serve"}, args...)); err != nil {
		t.Fatal(err)
	}
	return c.Serve.serverFlags
}

// X-Forwarded-For is believed of nobody, not even of this machine, unless it
// is named: whoever reaches the port could count their guesses to others.
func TestOnlyNamedProxiesAreBelieved(t *testing.T) {
	const local, proxy, client = "127.0.0.1:9", "192.0.2.7:9", "198.51.100.1"
	for _, c := range []struct {
		args       []string
		peer, want string
	}{
		{nil, local, "127.0.0.1"},
		{nil, "[::1]:9", "::1"},
		{nil, proxy, "192.0.2.7"},
		{[]string{"--trusted-proxies=127.0.0.1"}, local, client},
		{[]string{"--trusted-proxies=127.0.0.1"}, proxy, "192.0.2.7"},
		{[]string{"--trusted-proxies=127.0.0.1,192.0.2.0/24"}, proxy, client},
	} {
		trusted, err := parse(t, c.args...).proxies()
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-For", client)
		if got := (api.Proxies{Trusted: trusted}).ClientAddress(r).String(); got != c.want {
			t.Errorf("%v, from %s: %s instead of %s", c.args, c.peer, got, c.want)
		}
	}
}
