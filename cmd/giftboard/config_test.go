package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
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

// X-Forwarded-For counts only from a named proxy, even on this machine: otherwise any
// client could have its guesses counted to others.
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

// A database with a hard link in another directory could be served from there, too; one
// in this directory, as a restore leaves behind that was cut short, could not.
// Guarantees: F5
func TestADatabaseHasOneDirectory(t *testing.T) {
	f := dataFlags{Data: t.TempDir()}
	if err := os.WriteFile(f.database(), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := func(path string) {
		t.Helper()
		if err := os.Link(f.database(), path); err != nil {
			t.Fatal(err)
		}
		lock, err := f.lock()
		if err == nil {
			err = lock.Close()
		}
		inside := filepath.Dir(path) == f.Data
		if inside && err != nil || !inside && (err == nil || !strings.Contains(err.Error(), "put the copy in its place")) {
			t.Errorf("with the name %s: %v", path, err)
		}
	}
	link(filepath.Join(f.Data, "aside.db"))
	link(filepath.Join(t.TempDir(), "giftboard.db"))
}
