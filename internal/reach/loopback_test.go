package reach_test

import (
	"testing"

	"github.com/familygifting/tidings/internal/reach"
)

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "app.localhost": true, "127.0.0.1": true, "127.8.9.1:80": true, "::1": true, "[::1]": true,
		"[::1]:80": true, "[::ffff:127.0.0.1]:80": true,
		"": false, ":80": false, "localhost.": false, "localhost.example": false, "notlocalhost": false, "127.0.0.1.example": false,
		"0.0.0.0": false, "192.0.2.1:80": false, "[::2]:80": false, "128.0.0.1": false,
	} {
		if got := reach.Loopback(host); got != want {
			t.Errorf("Loopback(%q) = %v", host, got)
		}
	}
}
