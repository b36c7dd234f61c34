package localnet_test

import (
	"net/url"
	"testing"

	"github.com/familygifting/tidings/internal/localnet"
)

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "app.localhost": true, "127.0.0.1": true, "127.8.9.1:80": true, "::1": true, "[::1]": true,
		"[::1]:80": true, "[::ffff:127.0.0.1]:80": true,
		"": false, ":80": false, "localhost.": false, "localhost.example": false, "notlocalhost": false, "127.0.0.1.example": false,
		"0.0.0.0": false, "192.0.2.1:80": false, "[::2]:80": false, "128.0.0.1": false,
	} {
		if got := localnet.Loopback(host); got != want {
			t.Errorf("Loopback(%q) = %v", host, got)
		}
	}
}

func TestLoopbackOrigin(t *testing.T) {
	for origin, want := range map[string]bool{
		"http://localhost:5173": true, "https://localhost": true, "http://127.0.0.1:3000": true, "http://[::1]:8080": true, "http://app.localhost:3000": true,
		"": false, "null": false, "localhost": false, "http://": false, "file://localhost": false, "http://localhost.example": false,
		"http://localhost:5173/": false, "http://localhost@evil.example": false, "http://evil@localhost": false, "http://192.0.2.1": false,
	} {
		if got := localnet.LoopbackOrigin(origin); got != want {
			t.Errorf("LoopbackOrigin(%q) = %v", origin, got)
		}
	}
}

func TestOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"https://Gifts.Example.org": "https://gifts.example.org", "https://gifts.example.org:443/": "https://gifts.example.org", "http://a:80": "http://a",
		"https://a:8443/b?c": "https://a:8443", "https://a:80": "https://a:80", "https://[2001:db8::1]:443": "https://[2001:db8::1]",
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := localnet.Origin(u); got != want {
			t.Errorf("Origin(%s) = %s; want %s", text, got, want)
		}
	}
}
