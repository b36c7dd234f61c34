package localnet_test

import (
	"context"
	"testing"

	"github.com/familygifting/tidings/internal/localnet"
)

// Plain HTTP goes to this machine, and to a private network where that is allowed;
// never farther.
func TestPlainHTTPStaysNear(t *testing.T) {
	for host, want := range map[string]struct{ machine, private bool }{
		"localhost": {true, true}, "127.0.0.1": {true, true}, "::1": {true, true}, "app.localhost": {true, true},
		"10.1.2.3": {false, true}, "192.168.0.7": {false, true}, "fd00::1": {false, true}, "issuer": {false, true},
		"192.0.2.1": {false, false}, "2001:db8::1": {false, false}, "8.8.8.8": {false, false},
	} {
		if machine, private := localnet.MayBePlain(host, false), localnet.MayBePlain(host, true); machine != want.machine || private != want.private {
			t.Errorf("%s: %v, in a private network %v; want %v", host, machine, private, want)
		}
	}
	for address, want := range map[string]bool{"127.0.0.1:80": true, "10.0.0.1:80": true, "[fd00::1]:80": true, "192.0.2.1:80": false, "nonsense": false} {
		if err := localnet.OnlyNear(true)(context.Background(), "tcp", address, nil); (err == nil) != want {
			t.Errorf("dialing %s: %v; want allowed: %v", address, err, want)
		}
	}
}
